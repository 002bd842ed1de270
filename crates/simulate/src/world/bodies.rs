//! What people write down, and where.

use safelane_geometry::{MultiPolygon, Position, Ring, Shape};
use safelane_ledger::{Digest, RecordId};
use safelane_model::{Body, Ground, How, Place};

use super::World;
use super::people::What;
use crate::scenario::Trouble;

/// Cells of a hazardous area.
pub const CELLS: i32 = 4;

/// A corner; regions are 24 km apart.
pub(super) fn at(region: i32, x: i32, y: i32) -> Position {
    let lon = 184_000_000 + region * 3_000_000 + x * 1_000;
    Position::try_new_e7(i64::from(lon), i64::from(438_000_000 + y * 1_000))
        .expect("a position in Bosnia")
}

pub(super) fn rectangle(
    region: i32,
    (west, south): (i32, i32),
    (east, north): (i32, i32),
) -> Ground {
    let corners = [(west, south), (east, south), (east, north), (west, north)];
    let ring: Ring = corners.iter().map(|(x, y)| at(region, *x, *y)).collect();
    Ground::new(Shape::polygons(MultiPolygon::from_ring(ring)), How::Typed)
}

/// The ground of a hazardous area.
pub fn hazard_ground(region: i32, row: i32) -> Ground {
    rectangle(region, (0, row * 20), (CELLS * 10, row * 20 + 10))
}

/// One cell of it.
pub fn cell_ground(region: i32, row: i32, cell: i32) -> Ground {
    rectangle(
        region,
        (cell * 10, row * 20),
        (cell * 10 + 10, row * 20 + 10),
    )
}

pub(super) fn hazard_body(region: i32, row: i32) -> Body {
    let mut body = Body::new()
        .with("name", format!("Row {row}"))
        .with("classification", "sha")
        .with("contamination", vec!["ap-mine"])
        .with("status", "open")
        .with("opened_on", "2026-01-05");
    body.set_ground("ground", &hazard_ground(region, row));
    body
}

pub(super) fn completion_body(hazard: RecordId, region: i32, row: i32, cell: i32) -> Body {
    let mut part = Body::new()
        .with("release", "cleared")
        .with("depth", 200)
        .with("methods", vec!["manual-detector"]);
    part.set_ground("ground", &cell_ground(region, row, cell));
    Body::new()
        .with("report", "completion")
        .with("started_on", "2026-01-10")
        .with("completed_on", "2026-02-10")
        .with("hazards", vec![hazard.to_string()])
        .with("items_dealt_with", "yes")
        .with("parts", vec![serde_json::json!(part)])
}

impl World {
    pub(super) fn task_body(&self, team: usize, hazards: &[RecordId]) -> Body {
        let hazards: Vec<String> = hazards.iter().map(ToString::to_string).collect();
        Body::new()
            .with("name", format!("Task {team}"))
            .with("activity", "clearance")
            .with("status", "in-progress")
            .with("required_depth", 200)
            .with("hazards", hazards)
            .with("teams", vec![self.teams[team % 2].to_string()])
    }

    pub(super) fn perhaps_invalid(&mut self, mut body: Body) -> Body {
        if self.strikes(Trouble::Invalid, 300) {
            body.set("classification", "cha");
            body.set("evidence", "indirect");
        }
        body
    }

    pub(super) fn outside(&mut self, region: i32) -> Place {
        let (x, y) = (self.rng.below(40) as i32, -100 - self.rng.below(100) as i32);
        Place::new(at(region, x, y), How::Fix)
    }

    pub(super) fn item_body(&mut self, region: i32) -> Body {
        let mut body = Body::new()
            .with("category", "ap-mine")
            .with("quantity", 1)
            .with("depth", 50)
            .with("found_on", "2026-02-20");
        let place = self.outside(region);
        body.set_place("place", &place);
        body
    }

    pub(super) fn with_photo(&mut self, index: usize, body: Body) -> Body {
        if !self.rng.chance(300) {
            return body;
        }
        let mut bytes = vec![0xff, 0xd8, 0xff];
        for _ in 0..(20 + self.rng.below(200)) {
            bytes.push(self.rng.draw() as u8);
        }
        let sha256 = Digest::of(&bytes);
        let photo = serde_json::json!({
            "sha256": sha256.to_string(), "bytes": bytes.len(), "type": "image/jpeg",
        });
        self.devices[index].disk.photos.insert(sha256, bytes);
        body.with("photos", vec![photo])
    }

    pub(super) fn progress_body(
        &mut self,
        hazard: RecordId,
        (region, row, cell): (i32, i32, i32),
    ) -> Body {
        let tasks: Vec<(RecordId, usize)> = self
            .records
            .iter()
            .filter_map(|(record, what)| match what {
                What::Task { team } => Some((*record, *team)),
                _ => None,
            })
            .collect();
        let (task, team) = tasks[self.rng.below(tasks.len())];
        let effort = serde_json::json!({"method": "manual-detector", "people": 6, "time": 300});
        let mut body = Body::new()
            .with("report", "progress")
            .with("task", task.to_string())
            .with("team", self.teams[team].to_string())
            .with("day", "2026-02-20")
            .with("hazards", vec![hazard.to_string()])
            .with("ground_by", "outline")
            .with("worked_area", 800_000)
            .with("effort", vec![effort])
            .with("accidents", "none")
            .with("visitors", "none");
        body.set_ground("ground", &cell_ground(region, row, cell));
        body
    }
}
