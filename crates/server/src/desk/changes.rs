//! What approval would change: square metres, and the ground to look at.

use safelane_ledger::{RecordId, RevisionId, Status};
use safelane_rules::record::Version;
use safelane_rules::{Content, World as _, review};
use safelane_store::StatementRow;
use safelane_wire::desk::AreaChange;
use serde_json::{Value, json};

use crate::board::{BoardData, Known};
use crate::geojson;

/// Square metres before and after, for all statements of one press.
pub fn areas(board: &BoardData, rows: &[StatementRow]) -> Vec<AreaChange> {
    let mut changes: Vec<AreaChange> = Vec::new();
    for row in rows {
        let Some(known) = board.get(row.record) else {
            continue;
        };
        let Some(version) = known.record.version(row.revision) else {
            continue;
        };
        for change in review::areas(&known.record, version, &board.world) {
            let change = AreaChange {
                what: change.what.code().to_owned(),
                record: Some(change.record),
                before: change.before,
                after: change.after,
            };
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
    }
    changes
}

/// The statement over what is known there, as GeoJSON.
pub fn ground(board: &BoardData, known: &Known, revision: RevisionId) -> Value {
    let mut features = Vec::new();
    for version in known.record.current() {
        let role = if version.id == revision {
            "this"
        } else {
            "before"
        };
        draw(&mut features, role, &known.record.id, version);
    }
    // What a report is about stands beside it although it may lie elsewhere.
    let mut boxes: Vec<_> = known.summary.bbox.into_iter().collect();
    for links in known.row.links.values() {
        boxes.extend(links.iter().filter_map(|id| {
            let named = board.get(*id)?;
            matches!(named.summary.kind.as_str(), "hazardous-area" | "task")
                .then_some(named.summary.bbox)?
        }));
    }
    let Some(around) = boxes.into_iter().reduce(safelane_geometry::Bbox::join) else {
        return geojson::collection(features);
    };
    for record in board.world.near(around) {
        // Villages stand on the map itself.
        if record.id == known.record.id || record.kind == "settlement" {
            continue;
        }
        for version in record.current() {
            let role = match (&version.content, version.status == Status::Official) {
                (Content::Hazard(_), _) => "hazard",
                (Content::Progress(_), _) => "worked",
                (Content::Completion(_) | Content::Survey(_), true) => "released",
                (Content::Item(_), _) => "item",
                _ => "other",
            };
            draw(&mut features, role, &record.id, version);
        }
    }
    geojson::collection(features)
}

fn draw(features: &mut Vec<Value>, role: &str, record: &RecordId, version: &Version) {
    let properties = json!({
        "role": role,
        "record": record,
        "revision": version.id,
        "reported": version.status != Status::Official,
    });
    for shape in version.content.shapes() {
        features.push(geojson::feature(
            geojson::polygons(shape),
            properties.clone(),
        ));
    }
    if version.content.shapes().is_empty()
        && let Some(at) = version.content.point()
    {
        features.push(geojson::feature(geojson::point(at), properties));
    }
}
