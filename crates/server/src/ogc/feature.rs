//! One record as a feature.

use safelane_geometry::{MultiPolygon, Position, overlay};
use safelane_model::body;
use safelane_model::columns::columns;
use safelane_model::kinds::{self, Kind};
use safelane_rules::accounts::Reports;
use safelane_rules::danger;
use serde_json::{Map, Value, json};

use crate::board::{BoardData, Known, standing_word};
use crate::geojson;

/// Degrees to which places are rounded for readers who may not see them exactly: some 4 km.
const ROUGHLY: f64 = 0.05;

/// A record as GeoJSON, with all its marks. `exact` gives exact places of items and accidents.
pub fn feature(board: &BoardData, known: &Known, demo: bool, exact: bool) -> Value {
    let rough = !exact && known.has_exact_danger();
    json!({
        "type": "Feature",
        "id": known.summary.record,
        "geometry": geometry(board, known, rough),
        "properties": properties(board, known, demo, rough),
    })
}

/// S7, S11: of a hazardous area all that counts for danger; of everything else what is official,
/// else what is reported.
fn geometry(board: &BoardData, known: &Known, rough: bool) -> Value {
    let record = &known.record;
    if record.is_ended() && known.summary.open.is_empty() {
        return Value::Null;
    }
    let shapes = if known.summary.kind == "hazardous-area" {
        hazard(board, known)
    } else {
        let official = record
            .officials()
            .flat_map(|version| version.content.shapes());
        let mut shapes: Vec<MultiPolygon> =
            official.map(|shape| MultiPolygon::clone(shape)).collect();
        if shapes.is_empty() {
            let current = record
                .current()
                .flat_map(|version| version.content.shapes());
            shapes = current.map(|shape| MultiPolygon::clone(shape)).collect();
        }
        shapes
    };
    match shapes.as_slice() {
        [] => {
            let of_versions = record.current().find_map(|version| version.content.point());
            let at = of_versions.or_else(|| Some(body::place(&known.body, "place")?.at));
            at.map_or(Value::Null, |at| {
                geojson::point(if rough { roughly(at) } else { at })
            })
        }
        [only] => geojson::polygons(only),
        several => geojson::polygons(&overlay::union(several).to_shape()),
    }
}

/// What the map shows of a hazardous area: what remains of it, and what is reported beyond it.
fn hazard(board: &BoardData, known: &Known) -> Vec<MultiPolygon> {
    danger::features(&known.record, &board.world)
        .into_iter()
        .filter(|feature| feature.danger)
        .filter_map(|feature| match (feature.remaining, feature.shape) {
            (Some(ground), _) => Some(ground),
            (None, shape) => shape.as_polygons().cloned(),
        })
        .filter(|shape| !shape.is_empty())
        .collect()
}

fn roughly(at: Position) -> Position {
    let round = |degrees: f64| (degrees / ROUGHLY).floor() * ROUGHLY + ROUGHLY / 2.0;
    Position::from_degrees(round(at.lon_degrees()), round(at.lat_degrees())).unwrap_or(at)
}

fn properties(board: &BoardData, known: &Known, demo: bool, rough: bool) -> Value {
    let mut map = Map::new();
    if demo {
        map.insert("demo".to_owned(), json!(true));
    }
    let row = &known.row;
    map.insert("reference".to_owned(), json!(row.reference));
    map.insert("standing".to_owned(), json!(standing_word(row.standing)));
    let waits = !known.summary.open.is_empty() || !known.summary.returned.is_empty();
    map.insert("reported_not_yet_reviewed".to_owned(), json!(waits));
    map.insert("two_versions".to_owned(), json!(known.summary.two_versions));
    map.insert(
        "alarm".to_owned(),
        json!(board.alarms.contains_key(&row.record)),
    );
    map.insert("received".to_owned(), json!(row.received));
    if rough {
        map.insert("place_is_rough".to_owned(), json!(true));
    }
    if let Some(area) = row.area {
        map.insert("area_m2".to_owned(), json!(area as f64 / 100.0));
    }
    if let Some(account) = board.books().account(row.record) {
        map.insert(
            "remaining_m2".to_owned(),
            json!(account.remaining as f64 / 100.0),
        );
        let work = board.books().work_on_hazard(row.record, Reports::Approved);
        let worked = work.map_or(0, |work| work.worked);
        map.insert(
            "worked_not_released_m2".to_owned(),
            json!(worked as f64 / 100.0),
        );
    }
    if let Some(kind) = kinds::find(&row.kind) {
        for column in columns(kind) {
            let cell = column.cell(&known.body).unwrap_or(Value::Null);
            map.entry(column.name()).or_insert(cell);
        }
    }
    Value::Object(map)
}

/// The names of a kind's properties, for the description of the API.
pub fn property_names(kind: &Kind) -> Vec<String> {
    let own = [
        "reference",
        "standing",
        "reported_not_yet_reviewed",
        "two_versions",
        "alarm",
        "received",
        "area_m2",
    ];
    let columns = columns(kind).into_iter().map(|column| column.name());
    own.into_iter().map(str::to_owned).chain(columns).collect()
}
