//! Daily reports: whole series, and those that a story is told about.

use anyhow::{Context as _, Result};
use safelane_ledger::{Comment, RecordId};
use safelane_model::body::{Body, How};
use serde_json::{Value, json};

use super::{Builder, Report, ground};
use crate::demo::story::Statement;
use crate::demo::table::{Progress, Series};

/// Minutes that each deminer of the demo works in a day.
const MINUTES: i64 = 330;

impl Builder<'_> {
    pub(super) fn work(&mut self) -> Result<()> {
        for row in &self.table.series {
            self.series(row)?;
        }
        let mut named = Vec::new();
        for (index, row) in self.table.progress.iter().enumerate() {
            let statement = self.report(index, row, &named)?;
            named.extend(row.key.as_deref().map(|key| (key, statement)));
        }
        Ok(())
    }

    /// A strip of the block for each day, from the south.
    fn series(&mut self, row: &Series) -> Result<()> {
        let [east, north, width, height] = row.block;
        let (by, task) = (row.by.get_ref(), row.task.get_ref());
        let hazard = self.hazard_of(task)?;
        let mut left = (width * height).round() as i64;
        let mut done = 0.0;
        for ago in row.days() {
            let m2 = left.min(row.m2_a_day);
            left -= m2;
            // The last strip ends where the block does.
            let until = if left == 0 {
                height
            } else {
                done + m2 as f64 / width
            };
            let strip = [
                [east, north + done],
                [east + width, north + done],
                [east + width, north + until],
                [east, north + until],
            ];
            let mut body = self.report_body(by, None, task, ago)?;
            body.set("effort", effort("manual-detector", row.people, MINUTES));
            body.set("ground_by", "outline");
            body.set("worked_area", m2 * 100);
            let shape = self.plot(hazard)?.ring(&strip);
            body.set_ground("ground", &ground(shape, How::Legs));
            let middle = [east + width / 2.0, north + f64::midpoint(done, until)];
            let record = self.record(&format!("report {task} {by} {ago}"));
            let statement = self.story.put(by, ago, (record, "clearance"), body);
            self.story.approve(statement, ["ash"]);
            self.note(by, task, ago, (record, statement), (true, Some(middle)));
            done = until;
        }
        Ok(())
    }

    fn report(
        &mut self,
        index: usize,
        row: &Progress,
        named: &[(&str, Statement)],
    ) -> Result<Statement> {
        let body = self.progress_body(row)?;
        let (by, task) = (row.by.get_ref(), row.task.get_ref());
        let ago = row.signed.unwrap_or(row.days_ago);
        let record = self.record(&format!("progress {index}"));
        let statement = match &row.corrects {
            Some(key) => {
                let old = named.iter().find(|(name, _)| name == key.get_ref());
                let (_, old) = old.context("a report corrects a later row")?;
                self.story.correct(by, ago, *old, body)
            }
            None => self.story.put(by, ago, (record, "clearance"), body),
        };
        self.story.fate(statement, row.fate);
        if row.approved {
            self.story.approve(statement, ["ash"]);
        }
        if let Some(words) = &row.returned {
            let comment = Comment {
                field: row.returned_field.clone(),
                vertex: None,
                text: words.clone(),
            };
            self.story.send_back(statement, "ash", comment);
        } else if row.fate.is_none() && row.corrects.is_none() {
            let told = (row.approved, None);
            self.note(by, task, row.days_ago, (record, statement), told);
        }
        Ok(statement)
    }

    fn note(
        &mut self,
        by: &str,
        task: &str,
        ago: i64,
        (record, statement): (RecordId, Statement),
        (approved, middle): (bool, Option<[f64; 2]>),
    ) {
        self.reports.push(Report {
            by: by.to_owned(),
            task: task.to_owned(),
            ago,
            record,
            statement,
            approved,
            middle,
        });
    }

    fn report_body(
        &self,
        by: &str,
        team: Option<&crate::demo::table::Named>,
        task: &str,
        ago: i64,
    ) -> Result<Body> {
        let hazard = self.hazard_of(task)?;
        let mut body = Body::new()
            .with("report", "progress")
            .with("task", self.reference(&format!("task {task}")))
            .with("team", self.team_of(by, team)?)
            .with("day", self.date(ago)?)
            .with("hazards", json!([self.hazard_reference(hazard)]))
            .with("accidents", "none")
            .with("visitors", "none");
        if let Some(depth) = self.task(task)?.depth_cm {
            body.set("depth", depth * 10);
        }
        Ok(body)
    }

    fn progress_body(&mut self, row: &Progress) -> Result<Body> {
        let task = row.task.get_ref();
        let mut body = self.report_body(row.by.get_ref(), row.team.as_ref(), task, row.days_ago)?;
        let (people, minutes) = match &row.stand_down {
            Some(_) => (0, 0),
            None => (row.people, MINUTES),
        };
        let method = row.method.as_deref().unwrap_or("manual-detector");
        body.set("effort", effort(method, people, minutes));
        for (key, text) in [
            ("stand_down", &row.stand_down),
            ("reason", &row.reason),
            ("note", &row.note),
        ] {
            if let Some(text) = text {
                body.set(key, text.as_str());
            }
        }
        self.worked(row, &mut body)?;
        if let Some(sheet) = &row.sheet {
            let signed = row.signed.unwrap_or(row.days_ago);
            body.set("paper", "photographed");
            body.set("entered_by", self.person_reference(row.by.get_ref())?);
            body.set(
                "reported_by_person",
                self.person_reference(sheet.reported_by.get_ref())?,
            );
            body.set("sheet", json!([self.photo(&sheet.picture, signed)?]));
        }
        Ok(body)
    }

    /// By lanes, by an outline, or by a number alone.
    fn worked(&self, row: &Progress, body: &mut Body) -> Result<()> {
        let plot = self.plot(self.hazard_of(row.task.get_ref())?)?;
        if let Some(lanes) = &row.lanes {
            let entries: Vec<Value> = (1..)
                .zip(lanes)
                .map(|(lane, metres)| json!({ "lane": lane, "length": metres * 1_000 }))
                .collect();
            body.set("ground_by", "lanes");
            body.set("lanes", Value::Array(entries));
            body.set("lane_width", 1_000);
            body.set("worked_area", lanes.iter().sum::<i64>() * 100);
            if let Some(from) = row.lanes_from {
                body.set_ground("ground", &ground(plot.lanes(from, lanes), How::Lanes));
            }
            return Ok(());
        }
        let by = if row.rect.is_some() {
            "outline"
        } else {
            "number"
        };
        body.set("ground_by", by);
        body.set("worked_area", row.m2.unwrap_or(0) * 100);
        if let Some(rect) = row.rect {
            body.set_ground("ground", &ground(plot.rect(rect), How::Legs));
        }
        Ok(())
    }
}

fn effort(method: &str, people: i64, minutes: i64) -> Value {
    json!([{ "method": method, "people": people, "time": minutes }])
}
