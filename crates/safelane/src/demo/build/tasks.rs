//! Task orders with their emergency cards.

use anyhow::Result;
use safelane_model::body::{Body, How, Place};
use serde_json::json;

use super::{Builder, ground, keys};
use crate::demo::table::Task;

/// When a task is ordered, minutes after midnight.
const MORNING: i64 = 7 * 60;

impl Builder<'_> {
    pub(super) fn tasks(&mut self) -> Result<()> {
        for row in &self.table.task {
            let mut body = self.order(row)?;
            emergency(self, row, &mut body);
            self.task_ground(row, &mut body)?;
            let target = (self.record(&format!("task {}", row.key)), "task");
            let statement = self.story.put("ash", row.starts, target, body);
            self.story.at_minute(statement, MORNING);
        }
        Ok(())
    }

    fn order(&self, row: &Task) -> Result<Body> {
        let hazards = row.hazards.iter();
        let hazards: Vec<_> = hazards
            .map(|one| self.hazard_reference(*one.get_ref()))
            .collect();
        let teams: Vec<_> = keys(&row.teams)
            .map(|team| self.team_reference(team))
            .collect();
        let mut body = Body::new()
            .with("name", row.name.as_str())
            .with("activity", row.activity.as_str())
            .with("status", row.status.as_str())
            .with("hazards", json!(hazards))
            .with("teams", json!(teams))
            .with("starts_on", self.date(row.starts)?)
            .with("ends_on", self.date(row.ends)?);
        for (key, centimetres) in [
            ("required_depth", row.depth_cm),
            ("lane_width", row.lane_width_cm),
        ] {
            if let Some(centimetres) = centimetres {
                body.set(key, centimetres * 10);
            }
        }
        for (key, number) in [("lanes", row.lanes), ("people", row.people)] {
            if let Some(number) = number {
                body.set(key, number);
            }
        }
        if let Some(note) = &row.note {
            body.set("note", note.as_str());
        }
        Ok(body)
    }

    fn task_ground(&self, row: &Task, body: &mut Body) -> Result<()> {
        if let Some(number) = row.hazards.first().map(|one| *one.get_ref()) {
            let hazard = self.hazard(number)?;
            let (district, place) = (hazard.district.get_ref(), hazard.place.get_ref());
            body.set(
                "admin_area",
                self.reference(&format!("district {district}")),
            );
            if let Some(place) = self.table.place(place, district) {
                body.set("settlement", self.reference(&format!("place {place}")));
            }
            let outline = match &row.boundary {
                Some(metres) => self.plot(number)?.ring(metres),
                None => self.outline(number)?,
            };
            body.set_ground("ground", &ground(outline, How::Taken));
        }
        if let Some(km) = row.benchmark {
            body.set_place("benchmark", &Place::new(self.isle.at(km), How::Averaged));
        }
        Ok(())
    }
}

fn emergency(builder: &Builder<'_>, row: &Task, body: &mut Body) {
    let card = &builder.table.emergency;
    body.set("emergency_radio", card.radio.as_str());
    body.set("emergency_phone", card.phone.as_str());
    body.set("emergency_hospital", card.hospital.as_str());
    body.set("emergency_minutes", row.minutes);
    body.set("emergency_route", row.route.as_str());
    if let Some(km) = row.benchmark {
        body.set_place(
            "emergency_place",
            &Place::new(builder.isle.at(km), How::Averaged),
        );
    }
}
