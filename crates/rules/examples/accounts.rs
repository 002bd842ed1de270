//! Times the accounts on the data of `bench/gen.py`:
//! `cargo run --release -p safelane-rules --example accounts -- DIR` with `hazards.ndjson` and
//! `releases.ndjson` in DIR. Reading is not counted; from nothing to all movements is.

use std::io::BufRead;
use std::time::Instant;

use safelane_geometry::{MultiPolygon, Polygon, Position, Ring, Shape};
use safelane_ledger::testkit::record;
use safelane_ledger::{Act, PersonId, RevisionId, State, Status};
use safelane_model::{Body, Ground, How};
use safelane_rules::accounts::{Books, By};
use safelane_rules::{Content, Record, Version};
use serde_json::Value;

fn ground(geometry: &Value) -> Ground {
    let ring = |points: &Value| -> Ring {
        let place = |point: &Value| {
            Position::from_degrees(point[0].as_f64().unwrap(), point[1].as_f64().unwrap()).unwrap()
        };
        points.as_array().unwrap().iter().map(place).collect()
    };
    let rings: Vec<Ring> = geometry["coordinates"]
        .as_array()
        .unwrap()
        .iter()
        .map(ring)
        .collect();
    let (exterior, holes) = rings.split_first().unwrap();
    let polygon = Polygon {
        exterior: exterior.clone(),
        holes: holes.to_vec(),
    };
    Ground::new(Shape::polygons(MultiPolygon(vec![polygon])), How::Imported)
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

fn features(dir: &str, file: &str) -> impl Iterator<Item = Value> {
    let file = std::fs::File::open(format!("{dir}/{file}.ndjson")).expect("the file of gen.py");
    std::io::BufReader::new(file)
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}

fn hazard(feature: &Value) -> Record {
    let class = feature["properties"]["kind"]
        .as_str()
        .unwrap()
        .to_lowercase();
    let mut body = Body::new()
        .with("classification", class)
        .with("contamination", vec!["ap-mine"])
        .with("status", "open");
    body.set_ground("ground", &ground(&feature["geometry"]));
    official(
        "hazardous-area",
        &format!("h{}", feature["properties"]["id"]),
        &body,
    )
}

fn release(feature: &Value) -> Record {
    let of = &feature["properties"];
    let hazard = record(&format!("h{}", of["hazard_id"])).to_string();
    let mut entry = Body::new().with("depth", 200);
    entry.set_ground("ground", &ground(&feature["geometry"]));
    let name = format!("r{}", of["id"]);
    if of["method"] == "cancelled" {
        let outline = entry.with("outcome", "cancelled").with("hazard", hazard);
        let outlines = vec![serde_json::to_value(outline).unwrap()];
        let body = Body::new()
            .with("day", of["date"].clone())
            .with("outlines", outlines);
        return official("non-technical-survey", &name, &body);
    }
    let entry = entry.with("release", of["method"].clone());
    let body = Body::new()
        .with("report", "completion")
        .with("completed_on", of["date"].clone())
        .with("hazards", vec![hazard])
        .with("parts", vec![serde_json::to_value(entry).unwrap()]);
    official("clearance", &name, &body)
}

fn main() {
    let dir = std::env::args().nth(1).expect("a folder");
    let mut records: Vec<Record> = features(&dir, "hazards").map(|f| hazard(&f)).collect();
    records.extend(features(&dir, "releases").map(|f| release(&f)));
    for _ in 0..3 {
        let start = Instant::now();
        let mut books = Books::of(&records);
        let made = start.elapsed();
        let (from, to) = ("1999-12-31".parse().unwrap(), "2026-12-31".parse().unwrap());
        let start = Instant::now();
        let totals = books.totals(from, to, By::Class);
        let summed = start.elapsed();
        let start = Instant::now();
        let changes = 200;
        for record in records.iter().rev().take(changes) {
            books.set(record);
        }
        let one = start.elapsed() / changes as u32;
        assert!(totals.all.closes());
        eprintln!(
            "{} records: from nothing {made:.2?}, totals {summed:.2?}, one change {one:.2?}; opening {} closing {} m2 (in dm2: {})",
            records.len(),
            totals.all.opening / 100,
            totals.all.closing / 100,
            totals.all.closing,
        );
    }
}
