//! Bodies that hold, and some that do not.

use safelane_geometry::{MultiPolygon, Position, Ring, Shape};
use safelane_ledger::RecordId;
use safelane_model::{Body, Ground, How, Place};

/// A corner of cells of about 8 m by 11 m, near Sarajevo.
pub fn at(x: i32, y: i32) -> Position {
    Position::try_new_e7(184_000_000 + x * 1_000, 438_000_000 + y * 1_000).unwrap()
}

pub fn ring(corners: &[(i32, i32)]) -> Ground {
    let ring: Ring = corners.iter().map(|(x, y)| at(*x, *y)).collect();
    Ground::new(Shape::polygons(MultiPolygon::from_ring(ring)), How::Typed)
}

/// A rectangle of cells.
pub fn cells(west: i32, south: i32, east: i32, north: i32) -> Ground {
    ring(&[(west, south), (east, south), (east, north), (west, north)])
}

pub fn text(body: &Body) -> String {
    serde_json::to_string(body).unwrap()
}

pub fn hazard(ground: &Ground) -> String {
    let mut body = Body::new()
        .with("name", "Road bend")
        .with("classification", "sha")
        .with("contamination", vec!["ap-mine"])
        .with("status", "open")
        .with("opened_on", "2026-01-05");
    body.set_ground("ground", ground);
    text(&body)
}

pub fn item(at: Position) -> String {
    let mut body = Body::new()
        .with("category", "ap-mine")
        .with("quantity", 1)
        .with("depth", 50)
        .with("found_on", "2026-02-20");
    body.set_place("place", &Place::new(at, How::Fix));
    text(&body)
}

pub fn accident(at: Position) -> String {
    let mut body = Body::new()
        .with("event", "accident")
        .with("cause", "unknown");
    body.set_place("place", &Place::new(at, How::Fix));
    text(&body)
}

pub fn completion(hazard: RecordId, ground: &Ground) -> String {
    let mut part = Body::new()
        .with("release", "cleared")
        .with("depth", 200)
        .with("methods", vec!["manual-detector"]);
    part.set_ground("ground", ground);
    text(
        &Body::new()
            .with("report", "completion")
            .with("started_on", "2026-01-10")
            .with("completed_on", "2026-02-10")
            .with("hazards", vec![hazard.to_string()])
            .with("items_dealt_with", "yes")
            .with("parts", vec![serde_json::to_value(part).unwrap()]),
    )
}

/// A claimed release as an import writes it: no day, no depth, no hazardous area.
pub fn claimed(ground: &Ground) -> Body {
    let mut part = Body::new().with("release", "cleared");
    part.set_ground("ground", ground);
    Body::new()
        .with("report", "completion")
        .with("claimed", "yes")
        .with("items_dealt_with", "unknown")
        .with("hazards", serde_json::json!([]))
        .with("source_file", "cleared.geojson")
        .with("parts", vec![serde_json::to_value(part).unwrap()])
}

pub fn team(organisation: RecordId) -> String {
    text(
        &Body::new()
            .with("name", "Section 3")
            .with("organisation", organisation.to_string())
            .with("team_type", "manual-clearance"),
    )
}

pub fn task(team: RecordId, hazard: RecordId) -> Body {
    Body::new()
        .with("name", "Task 12")
        .with("activity", "clearance")
        .with("status", "in-progress")
        .with("required_depth", 200)
        .with("hazards", vec![hazard.to_string()])
        .with("teams", vec![team.to_string()])
}
