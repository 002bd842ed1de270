//! Civilian-risk zones.

use anyhow::Result;
use safelane_model::body::{Body, How};
use serde_json::json;

use super::{Builder, ground, keys};
use crate::demo::table::Zone;

impl Builder<'_> {
    pub(super) fn zones(&mut self) -> Result<()> {
        for (index, row) in self.table.zone.iter().enumerate() {
            let body = self.zone_body(row)?;
            let target = (self.record(&format!("zone {index}")), "civilian-risk-zone");
            let statement = self.story.put(row.by.get_ref(), row.days_ago, target, body);
            self.story.approve(statement, keys(&row.approved));
        }
        Ok(())
    }

    fn zone_body(&mut self, row: &Zone) -> Result<Body> {
        let [width, height] = row.size;
        let shape = self.isle.plot(row.at).rect([0.0, 0.0, width, height]);
        let hazards = row.hazards.iter();
        let hazards: Vec<_> = hazards
            .map(|one| self.hazard_reference(*one.get_ref()))
            .collect();
        let mut body = Body::new()
            .with("name", row.name.as_str())
            .with("basis", row.basis.as_str())
            .with("threat", json!(row.threat))
            .with("visited_on", self.date(row.days_ago)?)
            .with("hazards", json!(hazards))
            .with("groups", json!(row.groups))
            .with("women", row.women)
            .with("men", row.men)
            .with("girls", row.girls)
            .with("boys", row.boys)
            .with("newcomers", row.newcomers)
            .with("reached_by_education", row.reached)
            .with("reasons", json!(row.reasons))
            .with("alternatives", row.alternatives.as_str())
            .with("marking", row.marking.as_str())
            .with("minutes_to_care", row.minutes_to_care)
            .with("advice", json!(row.advice));
        match row.entries {
            Some(entries) => body.set("entries_per_month", entries),
            None => body.set("entries_per_month", "unknown"),
        }
        if let Some(answer) = &row.road_or_ploughed {
            body.set("road_or_ploughed", answer.as_str());
        }
        body.set_ground("ground", &ground(shape, How::Walked));
        self.photos(&row.photos, row.days_ago, &mut body)?;
        Ok(body)
    }
}
