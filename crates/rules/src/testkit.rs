//! Records for tests: squares on a grid of cells, with statements that are approved by decree.

use std::collections::BTreeSet;

use safelane_geometry::{MultiPolygon, Position, Ring, Shape};
use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Act, RecordId, RevisionId, State, Status};
use safelane_model::{Body, Date, Ground, How, Place};

use crate::content::Content;
use crate::record::{Record, Version};

/// One cell is about 8 m by 11 m.
pub const CELL_E7: i32 = 1_000;

/// The position of a corner of cells.
pub fn at(x: i32, y: i32) -> Position {
    Position::try_new_e7(184_000_000 + x * CELL_E7, 438_000_000 + y * CELL_E7).unwrap()
}

/// A rectangle of cells.
pub fn cells(west: i32, south: i32, east: i32, north: i32) -> Ground {
    let ring: Ring = [
        at(west, south),
        at(east, south),
        at(east, north),
        at(west, north),
    ]
    .into_iter()
    .collect();
    Ground::new(Shape::polygons(MultiPolygon::from_ring(ring)), How::Typed)
}

/// The m² of a rectangle of cells, in dm².
pub fn area(west: i32, south: i32, east: i32, north: i32) -> i64 {
    let ground = cells(west, south, east, north);
    safelane_geometry::measure::area_dm2(ground.polygons().unwrap()) as i64
}

/// A day of 2026.
pub fn day(n: i64) -> Date {
    "2026-01-01".parse::<Date>().unwrap().plus_days(n).unwrap()
}

/// A hazardous area's body.
pub fn hazard(class: &str, on: Date, ground: &Ground) -> Body {
    let mut body = Body::new()
        .with("classification", class)
        .with("contamination", vec!["ap-mine"])
        .with("status", "open")
        .with("opened_on", on.to_string());
    body.set_ground("ground", ground);
    body
}

/// A completion's body with one part.
pub fn completion(release: &str, on: Date, hazards: &[RecordId], ground: &Ground) -> Body {
    let mut part = Body::new().with("release", release).with("depth", 200);
    part.set_ground("ground", ground);
    Body::new()
        .with("report", "completion")
        .with("completed_on", on.to_string())
        .with("hazards", ids(hazards))
        .with("parts", vec![serde_json::to_value(part).unwrap()])
}

/// A survey's body that cancels one outline.
pub fn cancellation(on: Date, hazard: RecordId, ground: &Ground) -> Body {
    let mut outline = Body::new()
        .with("outcome", "cancelled")
        .with("hazard", hazard.to_string());
    outline.set_ground("ground", ground);
    Body::new()
        .with("day", on.to_string())
        .with("outlines", vec![serde_json::to_value(outline).unwrap()])
}

/// A progress report's body.
pub fn progress(on: Date, task: RecordId, worked_area: i64, ground: Option<&Ground>) -> Body {
    let mut body = Body::new()
        .with("report", "progress")
        .with("task", task.to_string())
        .with("day", on.to_string())
        .with("worked_area", worked_area)
        .with(
            "effort",
            vec![serde_json::json!({"method": "manual-detector", "people": 6, "time": 300})],
        );
    if let Some(ground) = ground {
        body.set_ground("ground", ground);
    }
    body
}

/// A task's body.
pub fn task(hazards: &[RecordId], ground: Option<&Ground>) -> Body {
    let mut body = Body::new()
        .with("name", "Road Bend")
        .with("activity", "clearance")
        .with("hazards", ids(hazards));
    if let Some(ground) = ground {
        body.set_ground("ground", ground);
    }
    body
}

/// An item's body.
pub fn item(on: Date, place: Position) -> Body {
    let mut body = Body::new()
        .with("category", "ap-mine")
        .with("quantity", 1)
        .with("depth", 80)
        .with("found_on", on.to_string());
    body.set_place("place", &Place::new(place, How::Fix));
    body
}

fn ids(records: &[RecordId]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}

/// A record in the making.
pub struct Making {
    record: Record,
}

/// A record without statements.
pub fn making(kind: &str, name: &str) -> Making {
    Making {
        record: Record {
            id: record(name),
            kind: kind.to_owned(),
            state: State::default(),
            versions: Vec::new(),
        },
    }
}

/// A record with one approved statement.
pub fn official(kind: &str, name: &str, body: &Body) -> Record {
    making(kind, name).then(body, Status::Official).done()
}

impl Making {
    /// Goes on from a record that is known.
    pub fn and(self, known: &Record) -> Self {
        Self {
            record: known.clone(),
        }
    }

    /// A statement that replaces the last one.
    pub fn then(self, body: &Body, status: Status) -> Self {
        let parents = self.record.versions.last().map(|last| last.id);
        self.from(parents.into_iter().collect(), body, status)
    }

    /// A statement with these parents; approved parents of an approved one are superseded.
    pub fn from(mut self, parents: Vec<RevisionId>, body: &Body, status: Status) -> Self {
        let content = Content::of_map(&self.record.kind, &body.0);
        self.push(Act::Put, parents, content, status);
        self
    }

    /// A `set-aside` of the last statement, approved.
    pub fn set_aside(mut self, on: Option<Date>) -> Self {
        let content = Content::Ends(crate::content::Ends {
            set_aside: true,
            on,
        });
        let parents = self.record.versions.last().map(|last| last.id);
        self.push(
            Act::SetAside,
            parents.into_iter().collect(),
            content,
            Status::Official,
        );
        self
    }

    fn push(&mut self, act: Act, parents: Vec<RevisionId>, content: Content, status: Status) {
        let n = self.record.versions.len();
        let id = RevisionId::of(format!("{} {n} {status:?}", self.record.id).as_bytes());
        if status == Status::Official {
            for version in &mut self.record.versions {
                if parents.contains(&version.id) {
                    version.status = Status::Superseded;
                }
            }
        }
        self.record.versions.push(Version {
            id,
            act,
            parents,
            author: Author::new("ana").person,
            status,
            approved: status == Status::Official,
            imported: act == Act::Import,
            approvals: Vec::new(),
            confirmed: BTreeSet::new(),
            content,
        });
    }

    /// Changes the last statement.
    pub fn tweak(mut self, change: impl FnOnce(&mut Version)) -> Self {
        change(self.record.versions.last_mut().unwrap());
        self
    }

    /// The ids so far.
    pub fn ids(&self) -> Vec<RevisionId> {
        self.record
            .versions
            .iter()
            .map(|version| version.id)
            .collect()
    }

    /// The record.
    pub fn done(mut self) -> Record {
        let officials = self.record.officials().map(|version| version.id).collect();
        self.record.state.officials = officials;
        let ends = |version: &Version| matches!(version.content, Content::Ends(_));
        let last = self.record.officials().last().map(|version| version.id);
        if self.record.officials().count() > 0 && self.record.officials().all(ends) {
            self.record.state.ended = last.map(safelane_ledger::resolve::Ended::SetAside);
        }
        self.record.state.two_versions = self.record.officials().count() > 1;
        self.record
    }
}
