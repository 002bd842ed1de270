//! Remaining areas against Shapely 2.2 (GEOS) and pyproj's geodesic areas.
//!
//! `goldens/remaining.ndjson`: 60 hazardous areas with their releases from `bench/gen.py S`, edges
//! with points on their geodesic every 50 m, each release taken away in the order of its day.

use safelane_geometry::{MultiPolygon, Polygon, Position, Ring, Shape};
use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Received, Role};
use safelane_model::{Body, Ground, How};
use safelane_rules::accounts::Books;
use safelane_rules::{Record, Table};
use serde_json::Value;

fn shape(rings: &Value) -> MultiPolygon {
    let ring = |points: &Value| -> Ring {
        let position = |point: &Value| {
            let number = |at: usize| i32::try_from(point[at].as_i64().unwrap()).unwrap();
            Position::try_new_e7(number(0), number(1)).unwrap()
        };
        points.as_array().unwrap().iter().map(position).collect()
    };
    let rings: Vec<Ring> = rings.as_array().unwrap().iter().map(ring).collect();
    let (exterior, holes) = rings.split_first().unwrap();
    MultiPolygon(vec![Polygon {
        exterior: exterior.clone(),
        holes: holes.to_vec(),
    }])
}

fn ground(rings: &Value) -> Ground {
    Ground::new(Shape::polygons(shape(rings)), How::Typed)
}

/// A record through the ledger: stated by Ana, approved by Cora and Ada.
fn approved(name: &str, kind: &str, body: &Body) -> Record {
    let (mut ana, mut cora, mut ada) =
        (Author::new("ana"), Author::new("cora"), Author::new("ada"));
    let text = serde_json::to_string(body).unwrap();
    let put = ana.put(record(name), kind, &[], &text);
    let (first, second) = (cora.approve(&put, &[]), ada.approve(&put, &[]));
    let received: Vec<Received> = vec![
        ana.received(&put, &[Role::Field]),
        cora.received(&first, &[Role::Coordinator]),
        ada.received(&second, &[Role::Approver]),
    ];
    Record::of(&received, &Table::default()).unwrap()
}

fn release(way: &str, date: &str, part: &Ground) -> (&'static str, Body) {
    let hazard = record("h").to_string();
    if way == "cancelled" {
        let mut outline = Body::new().with("outcome", way).with("hazard", hazard);
        outline.set_ground("ground", part);
        let outlines = vec![serde_json::to_value(outline).unwrap()];
        return (
            "non-technical-survey/1",
            Body::new().with("day", date).with("outlines", outlines),
        );
    }
    let mut entry = Body::new().with("release", way).with("depth", 200);
    entry.set_ground("ground", part);
    let body = Body::new()
        .with("report", "completion")
        .with("completed_on", date)
        .with("hazards", vec![hazard])
        .with("parts", vec![serde_json::to_value(entry).unwrap()]);
    ("clearance/1", body)
}

#[test]
fn remaining_areas_are_those_of_shapely() {
    let lines = include_str!("goldens/remaining.ndjson").lines();
    let mut compared = 0;
    for line in lines {
        let case: Value = serde_json::from_str(line).unwrap();
        let mut body = Body::new()
            .with("classification", "cha")
            .with("contamination", vec!["ap-mine"])
            .with("status", "open");
        body.set_ground("ground", &ground(&case["hazard"]));
        let mut records = vec![approved("h", "hazardous-area/1", &body)];
        let mut expected = vec![case["area"].as_f64().unwrap()];
        for (n, one) in case["releases"].as_array().unwrap().iter().enumerate() {
            let text = |key: &str| one[key].as_str().unwrap();
            let (kind, body) = release(text("way"), text("date"), &ground(&one["ground"]));
            records.push(approved(&format!("r{n}"), kind, &body));
            expected.push(one["remaining"].as_f64().unwrap());
        }
        let books = Books::of(&records);
        let account = books.account(record("h")).unwrap();
        assert_eq!(account.movements.len(), expected.len());
        for (movement, expected) in account.movements.iter().zip(&expected) {
            let ours = movement.remaining as f64 / 100.0;
            let allowed = 0.02 + expected * 1e-6;
            assert!(
                (ours - expected).abs() <= allowed,
                "{ours} and {expected}: {movement:?}"
            );
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}
