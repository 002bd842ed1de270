//! Land-release accounts: from nothing, after one change, and the sums.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use rayon::prelude::*;
use safelane_geometry::{Area, MultiPolygon, Shape};
use safelane_ledger::testkit::record;
use safelane_ledger::{Act, PersonId, RevisionId, State, Status};
use safelane_model::{Body, Ground, How};
use safelane_rules::accounts::{Books, By};
use safelane_rules::{Content, Record, Version};
use serde_json::{Value, json};

use crate::features;

const CHANGES: usize = 200;

/// Prints one line. Reading is not counted; from records in memory to every movement is.
pub fn measure(folder: &Path) -> Result<()> {
    let mut records = Vec::new();
    for feature in features::of(folder, "hazards")? {
        records.push(hazard(&feature)?);
    }
    let areas = records.len();
    for feature in features::of(folder, "releases")? {
        records.push(release(&feature)?);
    }
    let (nothing, mut books) = features::timed(3, || Books::of(&records));
    let (from, to) = ("1990-12-31".parse()?, "2026-12-31".parse()?);
    let (sums, totals) = features::timed(3, || books.totals(from, to, By::Class));
    let start = Instant::now();
    for record in records.iter().rev().take(CHANGES) {
        books.set(record);
    }
    let change = start.elapsed() / CHANGES as u32;
    anyhow::ensure!(totals.all.closes(), "the identity closes");
    let line = json!({
        "row": "accounts from nothing",
        "areas": areas,
        "releases": records.len() - areas,
        "seconds": nothing.as_secs_f64(),
        "us_per_area": nothing.as_secs_f64() * 1e6 / areas as f64,
        "totals_seconds": sums.as_secs_f64(),
        "one_change_ms": change.as_secs_f64() * 1e3,
        "opening_m2": totals.all.opening as f64 / 100.0,
        "closing_m2": totals.all.closing as f64 / 100.0,
        "peak_mb": features::peak_mb(),
    });
    println!("{line}");
    national(folder)
}

/// Every class of ground of the whole country, each m² once: what was cleared, reduced, cancelled,
/// and what is left of confirmed and of suspected areas, the more certain first.
fn national(folder: &Path) -> Result<()> {
    let mut grounds: BTreeMap<String, Vec<MultiPolygon>> = BTreeMap::new();
    for (name, key) in [("hazards", "kind"), ("releases", "method")] {
        for feature in features::of(folder, name)? {
            let which = feature["properties"][key].as_str().unwrap_or_default();
            if let Shape::Polygons { polygons } = features::shape(&feature)? {
                grounds.entry(which.to_owned()).or_default().push(polygons);
            }
        }
    }
    let names = ["cleared", "reduced", "cancelled", "CHA", "SHA"];
    let run = || {
        let unions: Vec<Area> = (names.par_iter())
            .map(|name| {
                let shapes = grounds.get(*name).map_or(&[][..], Vec::as_slice);
                let areas: Vec<Area> = shapes.par_iter().map(Area::of).collect();
                Area::union(&areas)
            })
            .collect();
        let each: Vec<f64> = (0..names.len())
            .into_par_iter()
            .map(|n| unions[n].difference(&unions[..n]).area().get())
            .collect();
        each
    };
    let (took, each) = features::timed(3, run);
    let m2: serde_json::Map<String, Value> = (names.iter().zip(&each))
        .map(|(name, m2)| ((*name).to_owned(), json!(m2)))
        .collect();
    let line = json!({
        "row": "national totals, nothing twice",
        "seconds": took.as_secs_f64(),
        "m2": m2,
    });
    println!("{line}");
    Ok(())
}

fn ground(shape: Shape) -> Ground {
    Ground::new(shape, How::Imported)
}

fn official(kind: &str, name: &str, body: &Body) -> Record {
    Record {
        id: record(name),
        kind: kind.to_owned(),
        state: State::default(),
        versions: vec![Version {
            id: RevisionId::of(name.as_bytes()),
            act: Act::Put,
            parents: Vec::new(),
            author: PersonId::new(record("author").uuid()),
            status: Status::Official,
            approved: true,
            imported: false,
            approvals: Vec::new(),
            confirmed: std::collections::BTreeSet::new(),
            content: Content::of_map(kind, &body.0),
        }],
    }
}

fn hazard(feature: &Value) -> Result<Record> {
    let class = feature["properties"]["kind"].as_str().unwrap_or("SHA");
    let mut body = Body::new()
        .with("classification", class.to_lowercase())
        .with("contamination", vec!["ap-mine"])
        .with("status", "open");
    body.set_ground("ground", &ground(features::shape(feature)?));
    let name = format!("h{}", feature["properties"]["id"]);
    Ok(official("hazardous-area", &name, &body))
}

fn release(feature: &Value) -> Result<Record> {
    let of = &feature["properties"];
    let hazard = record(&format!("h{}", of["hazard_id"])).to_string();
    let mut entry = Body::new().with("depth", 200);
    entry.set_ground("ground", &ground(features::shape(feature)?));
    let name = format!("r{}", of["id"]);
    if of["method"] == "cancelled" {
        let outline = entry.with("outcome", "cancelled").with("hazard", hazard);
        let body = Body::new()
            .with("day", of["date"].clone())
            .with("outlines", vec![serde_json::to_value(outline)?]);
        return Ok(official("non-technical-survey", &name, &body));
    }
    let entry = entry.with("release", of["method"].clone());
    let body = Body::new()
        .with("report", "completion")
        .with("completed_on", of["date"].clone())
        .with("hazards", vec![hazard])
        .with("parts", vec![serde_json::to_value(entry)?]);
    Ok(official("clearance", &name, &body))
}
