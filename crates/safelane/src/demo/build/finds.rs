//! Items of explosive ordnance, accidents and incidents.

use anyhow::{Context as _, Result, bail};
use safelane_geometry::Position;
use safelane_ledger::SubmissionId;
use safelane_model::Statistic;
use safelane_model::body::{Body, How, Place};
use serde_json::json;

use super::{Builder, keys};
use crate::demo::table::{Accident, Item, Named};

/// When what is settled from the start is signed, minutes after midnight: before the release.
const SETTLED: i64 = 8 * 60 + 30;
/// Accuracy of a position that was averaged, mm.
const AVERAGED: i64 = 3_000;

impl Builder<'_> {
    pub(super) fn items(&mut self) -> Result<()> {
        for (index, row) in self.table.item.iter().enumerate() {
            self.item(index, row)?;
        }
        Ok(())
    }

    fn item(&mut self, index: usize, row: &Item) -> Result<()> {
        let by = row.by.get_ref();
        let report = self.reports.iter().position(|report| {
            let task = row.task.as_ref().map(Named::get_ref);
            report.by == *by && Some(&report.task) == task && report.ago == row.found
        });
        let mut body = self.item_body(row)?;
        let middle = report.and_then(|at| self.reports[at].middle);
        let mut place = Place::new(self.item_at(row, middle)?, How::Averaged);
        place.accuracy_mm = Some(AVERAGED);
        place.statistic = Statistic::Radius95;
        body.set_place("place", &place);
        self.photos(&row.photos, row.found, &mut body)?;
        // Found while working: the report of that day is named, and goes in the same press.
        if let Some(at) = report {
            body.set("clearance", self.reports[at].record.to_string());
        }
        let target = (self.record(&format!("item {index}")), "explosive-ordnance");
        let statement = self.story.put(by, self.signed(row.found), target, body);
        if row.before_release {
            self.story.at_minute(statement, SETTLED);
        }
        let Some(report) = report.map(|at| &self.reports[at]) else {
            self.story.approve(statement, keys(&row.approved));
            return Ok(());
        };
        let press = SubmissionId::new(self.id(&format!("press {}", report.record)));
        let (report, approved) = (report.statement, report.approved);
        self.story.together(press, &[report, statement]);
        if approved {
            self.story.approve(statement, ["ash"]);
        }
        Ok(())
    }

    fn item_body(&self, row: &Item) -> Result<Body> {
        let team = self.team_of(row.by.get_ref(), row.team.as_ref())?;
        let found = self.date(row.found)?;
        let mut body = Body::new()
            .with("category", row.category.as_str())
            .with("ordnance_type", row.ordnance_type.as_str())
            .with("quantity", row.quantity)
            .with("condition", "intact")
            .with("depth", row.depth_cm * 10)
            .with("found_by", row.found_by.as_deref().unwrap_or("detector"))
            .with("found_on", found)
            .with("found_at", row.minute.unwrap_or(9 * 60 + 20))
            .with("team", team.as_str());
        if let Some(step) = &row.step {
            let on = self.date(row.step_on.unwrap_or(row.found))?;
            body.set("life", json!([{ "step": step, "on": on, "team": team }]));
        }
        if let Some(task) = &row.task {
            body.set("task", self.reference(&format!("task {}", task.get_ref())));
        }
        if row.before_release {
            body.set("before_release", "yes");
        }
        if let Some(lane) = row.lane {
            body.set("lane", lane);
        }
        if let Some(note) = &row.note {
            body.set("note", note.as_str());
        }
        Ok(body)
    }

    fn item_at(&self, row: &Item, middle: Option<[f64; 2]>) -> Result<Position> {
        if let Some(km) = row.km {
            return Ok(self.isle.at(km));
        }
        let hazard = match (&row.hazard, &row.task) {
            (Some(number), _) => *number.get_ref(),
            (None, Some(task)) => self.hazard_of(task.get_ref())?,
            (None, None) => bail!("an item has neither km nor hazard nor task"),
        };
        let metres = row.at.or(middle).with_context(|| {
            format!(
                "no report of {:?} {} days ago, and no `at`",
                row.by.get_ref(),
                row.found
            )
        })?;
        Ok(self.plot(hazard)?.at(metres))
    }

    pub(super) fn accidents(&mut self) -> Result<()> {
        for (index, row) in self.table.accident.iter().enumerate() {
            let mut body = self.accident_body(row)?;
            self.photos(&row.photos, row.days_ago, &mut body)?;
            let ago = self.signed(row.days_ago);
            let target = (self.record(&format!("accident {index}")), "accident");
            let statement = self.story.put(row.by.get_ref(), ago, target, body);
            self.story.approve(statement, keys(&row.approved));
        }
        Ok(())
    }

    /// Answers to checks whose sentence holds no figures.
    pub(super) fn answers(&mut self) -> Result<()> {
        for (index, row) in self.table.answer.iter().enumerate() {
            let item = self
                .table
                .item_keyed(row.item.get_ref())
                .context("no such item")?;
            let records = [
                format!("item {item}"),
                format!("task {}", row.task.get_ref()),
            ];
            let records = records.map(|name| self.reference(&name));
            let body = Body::new()
                .with("code", row.code.as_str())
                .with("records", json!(records))
                .with("answer", "explained")
                .with("figures", "")
                .with("reason", row.reason.as_str());
            let target = (self.record(&format!("answer {index}")), "check-answer");
            self.story.put(row.by.get_ref(), row.days_ago, target, body);
        }
        Ok(())
    }

    pub(super) fn civilian_reports(&mut self) -> Result<()> {
        for (index, row) in self.table.civilian_report.iter().enumerate() {
            let (place, district) = (row.place.get_ref(), row.district.get_ref());
            let settlement = self.table.place(place, district).context("no such place")?;
            let mut body = Body::new()
                .with("about", row.about.as_str())
                .with("category", row.category.as_str())
                .with("quantity", 1)
                .with("seen_on", self.date(row.seen)?)
                .with("reported_on", self.date(row.days_ago)?)
                .with("description", row.description.as_str())
                .with("landmark", row.landmark.as_str())
                .with(
                    "admin_area",
                    self.reference(&format!("district {district}")),
                )
                .with("settlement", self.reference(&format!("place {settlement}")))
                .with("urgency", row.urgency.as_str())
                .with("response", row.response.as_str())
                .with("responded_on", self.date(row.responded)?)
                .with("other_references", json!([row.number]));
            let mut place = Place::new(self.isle.at(row.km), How::Drawn);
            place.accuracy_mm = Some(100_000);
            body.set_place("place", &place);
            let target = (
                self.record(&format!("civilian report {index}")),
                "civilian-report",
            );
            let by = row.by.get_ref();
            let statement = self.story.put(by, row.responded, target, body);
            self.story.approve(statement, keys(&row.approved));
        }
        Ok(())
    }

    fn accident_body(&self, row: &Accident) -> Result<Body> {
        let (place, district) = (row.place.get_ref(), row.district.get_ref());
        let settlement = self.table.place(place, district).context("no such place")?;
        let yes_no = |yes| if yes { "yes" } else { "no" };
        let mut body = Body::new()
            .with("event", row.event.as_str())
            .with("cause", row.cause.as_str())
            .with("on", self.date(row.days_ago)?)
            .with("demining", yes_no(row.demining))
            .with(
                "admin_area",
                self.reference(&format!("district {district}")),
            )
            .with("settlement", self.reference(&format!("place {settlement}")))
            .with("note", row.note.as_str());
        for (key, number) in [
            ("at", row.minute),
            ("killed", row.killed),
            ("injured", row.injured),
            ("outcome_unknown", row.outcome_unknown),
        ] {
            if let Some(number) = number {
                body.set(key, number);
            }
        }
        if row.before_release {
            body.set("before_release", "yes");
        }
        if let Some(number) = &row.hazard {
            body.set("hazard", self.hazard_reference(*number.get_ref()));
        }
        let at = match (&row.hazard, row.at, row.km) {
            (Some(number), Some(metres), None) => self.plot(*number.get_ref())?.at(metres),
            (_, None, Some(km)) => self.isle.at(km),
            _ => bail!("an accident has either hazard and at, or km"),
        };
        let mut place = Place::new(at, How::Averaged);
        place.accuracy_mm = Some(AVERAGED);
        place.statistic = Statistic::Radius95;
        body.set_place("place", &place);
        Ok(body)
    }
}
