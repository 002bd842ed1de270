//! The hazardous areas with their histories.
//!
//! The hub's numbers only rise, so every hazardous area was first heard of, in the order of its
//! number, when the programme's register was taken over: some as no more than an indication.

use anyhow::{Context as _, Result};
use safelane_exchange::import::{self, Options};
use safelane_geometry::{Metres, MultiPolygon};
use safelane_ledger::RecordId;
use safelane_model::body::{Body, How, Place};
use serde_json::json;

use super::{Builder, ground, keys};
use crate::demo::ground::{Isle, Outline, Plot, planar_m2};
use crate::demo::story::{self, Target, When};
use crate::demo::table::{Hazard, HazardVersion, Import, Table};

/// Minutes after midnight at which the register was taken over, and what closed since.
const REGISTER: i64 = 8 * 60;
const SINCE: i64 = 12 * 60;
/// When an ending of a day is signed: after the release of that day is approved.
const EVENING: i64 = 19 * 60;
/// Hub references of everything else begin here.
const OTHERS: u64 = 501;

/// The frame of a hazardous area in which its outlines, and those of what releases it, come closest
/// to their m².
pub(super) fn plot(isle: &Isle, table: &Table, row: &Hazard) -> Plot {
    let mut outlines: Vec<Outline<'_>> = row.version.iter().filter_map(outline_of).collect();
    let parts = (table.completion.iter())
        .filter(|done| *done.hazard.get_ref() == row.number)
        .flat_map(|done| &done.part)
        .map(|part| part.ring.as_slice());
    let cancelled = (table.survey.iter())
        .filter(|survey| *survey.hazard.get_ref() == row.number)
        .filter_map(|survey| survey.cancelled.as_deref());
    let versions = table.version.iter();
    outlines.extend(
        versions
            .filter(|version| *version.hazard.get_ref() == row.number)
            .map(|version| (version.outline.as_slice(), version.m2)),
    );
    outlines.extend(parts.chain(cancelled).map(|ring| (ring, planar_m2(ring))));
    isle.plot_of(row.at, &outlines)
}

fn outline_of(version: &HazardVersion) -> Option<Outline<'_>> {
    Some((version.outline.as_deref()?, version.m2?))
}

impl Builder<'_> {
    pub(super) fn hazard_record(&self, number: u64) -> RecordId {
        let row = self
            .table
            .hazard(number)
            .and_then(|row| row.import.as_ref());
        match row.and_then(|file| self.imported(number, file).ok()) {
            Some(converted) => converted.record,
            None => self.record(&format!("hazard {number}")),
        }
    }

    pub(super) fn hazard_target(&self, number: u64) -> Target {
        (self.hazard_record(number), "hazardous-area")
    }

    pub(super) fn hazards(&mut self) -> Result<()> {
        let began = self.table.programme.began;
        for row in &self.table.hazard {
            let target = self.hazard_target(row.number);
            self.story.numbers_from(began, REGISTER, row.number);
            if let Some(file) = &row.import {
                let bytes = self.file_of(row.number, file)?;
                let file = file.file.clone();
                let when = When {
                    ago: began,
                    minute: REGISTER,
                };
                let record = target.0;
                self.story.import(
                    when,
                    story::Import {
                        record,
                        file,
                        bytes,
                    },
                );
            }
            self.history(row)?;
        }
        self.story.numbers_from(began, EVENING, OTHERS);
        Ok(())
    }

    fn history(&mut self, row: &Hazard) -> Result<()> {
        let target = self.hazard_target(row.number);
        let mut outline = None;
        let mut body = self.first_body(row)?;
        for (index, version) in row.version.iter().enumerate() {
            outline = outline_of(version).or(outline);
            self.apply(row, version, outline, index, &mut body)?;
            body.clear("photos");
            self.photos(&version.photos, version.days_ago, &mut body)?;
            let by = version.by.as_ref().unwrap_or(&row.by).get_ref();
            let ago = self.signed(version.days_ago);
            let statement = self.story.put(by, ago, target, body.clone());
            self.story
                .at_minute(statement, minute(self, version, index));
            self.story.approve(statement, keys(&version.approved));
        }
        if let Some(aside) = &row.set_aside {
            let body = Body::new()
                .with("on", self.date(aside.days_ago)?)
                .with("reason", aside.reason.as_str());
            let by = row.by.get_ref();
            let statement = self.story.set_aside(by, aside.days_ago, target, body);
            self.story.approve(statement, keys(&aside.approved));
        }
        Ok(())
    }

    fn first_body(&self, row: &Hazard) -> Result<Body> {
        let (place, district) = (row.place.get_ref(), row.district.get_ref());
        let place = self.table.place(place, district);
        let place = place.with_context(|| format!("hazard {}: no such place", row.number))?;
        let mut body = Body::new()
            .with("name", row.name.as_str())
            .with("status", "open")
            .with("opening", "new")
            .with(
                "admin_area",
                self.reference(&format!("district {district}")),
            )
            .with("settlement", self.reference(&format!("place {place}")));
        if !row.paper.is_empty() {
            body.set("other_references", json!(row.paper));
        }
        if let Some(file) = &row.import {
            let imported = self.imported(row.number, file)?.body;
            for key in [
                "source_file",
                "source_id",
                "as_of",
                "repair",
                "ground",
                "extra",
            ] {
                if let Some(value) = imported.get(key) {
                    body.set(key, value.clone());
                }
            }
        }
        Ok(body)
    }

    /// What a version changes.
    fn apply(
        &self,
        row: &Hazard,
        version: &HazardVersion,
        outline: Option<Outline<'_>>,
        index: usize,
        body: &mut Body,
    ) -> Result<()> {
        let day = self.date(version.days_ago)?;
        if let Some(class) = &version.class {
            body.set("classification", class.as_str());
        }
        if let Some(contamination) = &version.contamination {
            body.set("contamination", json!(contamination));
        }
        if index == 0 || version.opening.is_some() {
            body.set("opened_on", day.as_str());
        } else {
            body.set("changed_on", day.as_str());
        }
        for (key, text) in [
            ("status", &version.status),
            ("opening", &version.opening),
            ("marking", &version.marking),
            ("suspension_reason", &version.suspended_because),
            ("note", &version.note),
        ] {
            if let Some(text) = text {
                body.set(key, text.as_str());
            }
        }
        if version.status.as_deref() == Some("closed") {
            body.set("closed_on", day);
        }
        if let Some(from) = &version.from {
            body.set("opened_from", self.hazard_reference(*from.get_ref()));
        }
        if let Some(depth) = version.depth_cm {
            body.set("required_depth", depth * 10);
        }
        for (key, ago) in [
            ("marking_inspected_on", version.marking_inspected),
            ("last_visited_on", version.visited),
        ] {
            if let Some(ago) = ago {
                body.set(key, self.date(ago)?);
            }
        }
        if let (Some(used), Some(depth)) = (&version.intended_use, version.intended_depth_cm) {
            body.set("intended_use", json!([used]));
            body.set("intended_depth", depth * 10);
        }
        if let Some(m2) = version.paper_m2 {
            body.set("stated_area", m2 * 100);
        }
        if version.lifted == Some(true) {
            body.set("reported_lifted", "yes");
        }
        evidence(version, body);
        self.place(row, outline, body)
    }

    /// An outline, or the point of an indication.
    fn place(&self, row: &Hazard, outline: Option<Outline<'_>>, body: &mut Body) -> Result<()> {
        let plot = self.plot(row.number)?;
        if let Some((outline, m2)) = outline {
            body.clear("place");
            body.set_ground("ground", &ground(plot.scaled(outline, m2), How::Legs));
        } else if row.import.is_none() {
            body.set_place("place", &Place::new(plot.at([0.0, 0.0]), How::Drawn));
        }
        Ok(())
    }

    /// Both versions replace the official one; neither knows of the other.
    pub(super) fn versions(&mut self) -> Result<()> {
        for row in &self.table.version {
            let number = *row.hazard.get_ref();
            let hazard = self.hazard(number)?;
            let first = hazard
                .version
                .first()
                .context("a hazard without a version")?;
            let mut body = self.first_body(hazard)?;
            let outline = (row.outline.as_slice(), row.m2);
            self.apply(hazard, first, Some(outline), 0, &mut body)?;
            body.set("changed_on", self.date(row.days_ago)?);
            let target = self.hazard_target(number);
            self.story.put(row.by.get_ref(), row.days_ago, target, body);
        }
        Ok(())
    }

    /// The outline of a hazardous area as it was drawn first.
    pub(super) fn outline(&self, number: u64) -> Result<MultiPolygon> {
        let versions = self.hazard(number)?.version.iter();
        let (outline, m2) = (versions.rev().find_map(outline_of))
            .with_context(|| format!("hazard {number} has no outline"))?;
        Ok(self.plot(number)?.scaled(outline, m2))
    }

    /// The made-up file with a broken outline.
    fn file_of(&self, number: u64, file: &Import) -> Result<Vec<u8>> {
        let hazard = self.hazard(number)?;
        let plot = self.isle.plot(hazard.at);
        let degrees = |metres: &[f64; 2]| {
            let at = plot.at(*metres);
            [at.lon_degrees(), at.lat_degrees()]
        };
        let ring: Vec<[f64; 2]> = (file.ring.iter().chain(file.ring.first()))
            .map(degrees)
            .collect();
        Ok(serde_json::to_vec(&json!({
            "type": "FeatureCollection",
            "features": [{
                "type": "Feature",
                "properties": { "id": file.id, "class": "indication", "name": hazard.name },
                "geometry": { "type": "Polygon", "coordinates": [ring] },
            }],
        }))?)
    }

    /// The record that the importer makes of it.
    fn imported(&self, number: u64, file: &Import) -> Result<import::Converted> {
        let whole: serde_json::Value = serde_json::from_slice(&self.file_of(number, file)?)?;
        let raw = serde_json::to_vec(&whole["features"][0])?;
        import::convert(&raw, &self.import_options(&file.file)?)
            .map_err(|error| anyhow::anyhow!("hazard {number}: {error}"))
    }

    fn import_options(&self, file: &str) -> Result<Options> {
        Ok(Options {
            kind: import::kind("hazardous-area")?,
            id_column: Some("id".to_owned()),
            as_of: self.day(self.table.programme.began)?,
            source_file: file.to_owned(),
            uncertainty_radius: Metres::new(100.0),
            ledger: self.ledger,
            demo: true,
        })
    }
}

/// When a version is signed.
fn minute(builder: &Builder<'_>, version: &HazardVersion, index: usize) -> i64 {
    match index {
        0 => REGISTER,
        _ if version.days_ago >= builder.table.programme.began => SINCE,
        _ => EVENING,
    }
}

/// Classes need their sort of evidence.
fn evidence(version: &HazardVersion, body: &mut Body) {
    let Some(evidence) = &version.evidence else {
        return;
    };
    let direct = body.get("classification").and_then(|class| class.as_str()) == Some("cha");
    let (sort, list, other) = if direct {
        ("direct", "direct_evidence", "indirect_evidence")
    } else {
        ("indirect", "indirect_evidence", "direct_evidence")
    };
    body.set("evidence", sort);
    body.clear(other);
    body.set(list, json!([evidence]));
}
