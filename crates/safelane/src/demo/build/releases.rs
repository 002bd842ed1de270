//! Ground that is released: completions and surveys.

use anyhow::Result;
use safelane_model::body::{Body, How, Place};
use serde_json::{Value, json};

use super::{Builder, ground, keys};
use crate::demo::table::{Completion, Survey};

/// When a release that was taken over from paper is signed, minutes after midnight.
const MORNING: i64 = 10 * 60;

impl Builder<'_> {
    pub(super) fn completions(&mut self) -> Result<()> {
        for (index, row) in self.table.completion.iter().enumerate() {
            let body = self.completion_body(row)?;
            let ago = self.signed(row.signed.unwrap_or(row.days_ago));
            let target = (self.record(&format!("completion {index}")), "clearance");
            let statement = self.story.put(row.by.get_ref(), ago, target, body);
            self.story.at_minute(statement, MORNING);
            self.story.approve(statement, keys(&row.approved));
        }
        Ok(())
    }

    fn completion_body(&self, row: &Completion) -> Result<Body> {
        let hazard = *row.hazard.get_ref();
        let (plot, depth) = (self.plot(hazard)?, row.depth_cm * 10);
        let mut parts = Vec::new();
        for part in &row.part {
            let ground = ground(plot.ring(&part.ring), How::Legs);
            let mut entry =
                json!({ "release": part.release, "ground": ground, "methods": row.methods });
            if part.release == "cleared" {
                entry["depth"] = depth.into();
            }
            parts.push(entry);
        }
        let mut body = Body::new()
            .with("report", "completion")
            .with("team", self.team_of(row.by.get_ref(), row.team.as_ref())?)
            .with("hazards", json!([self.hazard_reference(hazard)]))
            .with("started_on", self.date(row.started)?)
            .with("completed_on", self.date(row.days_ago)?)
            .with("depth", depth)
            .with("methods", json!(row.methods))
            .with("items_dealt_with", "yes")
            .with(
                "residual_risk",
                format!(
                    "Made up: below {} cm and outside the boundary nothing was searched.",
                    row.depth_cm
                ),
            )
            .with("parts", Value::Array(parts));
        if let Some(task) = &row.task {
            body.set("task", self.reference(&format!("task {}", task.get_ref())));
        }
        if let Some(note) = &row.note {
            body.set("note", note.as_str());
        }
        Ok(body)
    }

    pub(super) fn surveys(&mut self) -> Result<()> {
        for (index, row) in self.table.survey.iter().enumerate() {
            let body = self.survey_body(row)?;
            let ago = self.signed(row.days_ago);
            let target = (
                self.record(&format!("survey {index}")),
                "non-technical-survey",
            );
            let statement = self.story.put(row.by.get_ref(), ago, target, body);
            self.story.approve(statement, keys(&row.approved));
        }
        Ok(())
    }

    fn survey_body(&self, row: &Survey) -> Result<Body> {
        let hazard = *row.hazard.get_ref();
        let plot = self.plot(hazard)?;
        let mut outline = json!({ "hazard": self.hazard_reference(hazard) });
        match &row.cancelled {
            Some(ring) => {
                outline["outcome"] = "cancelled".into();
                outline["ground"] = json!(ground(plot.ring(ring), How::Legs));
                outline["criteria"] = json!(row.criteria);
            }
            None => outline["outcome"] = "no-change".into(),
        }
        let mut evidence = vec![json!({ "directness": "none", "note": row.note })];
        for metres in &row.points {
            let place = Place::new(plot.at(*metres), How::Averaged);
            evidence.push(json!({
                "directness": "direct", "direct_evidence": "visual-observation", "place": place,
            }));
        }
        let methods = ["key-informants", "household-visits", "site-inspection"];
        let mut body = Body::new()
            .with("survey_type", "field")
            .with("day", self.date(row.days_ago)?)
            .with("team", self.team_of(row.by.get_ref(), None)?)
            .with("methods", json!(methods))
            .with("informants", row.informants)
            .with("evidence", Value::Array(evidence))
            .with("outlines", json!([outline]));
        if let Some(task) = &row.task {
            body.set("task", self.reference(&format!("task {}", task.get_ref())));
        }
        Ok(body)
    }
}
