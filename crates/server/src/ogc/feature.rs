//! One record as a feature.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safelane_geometry::{MultiPolygon, Position, overlay};
use safelane_ledger::RecordId;
use safelane_model::body;
use safelane_model::columns::columns;
use safelane_model::kinds::{self, Kind};
use safelane_rules::accounts::Reports;
use safelane_rules::danger;
use serde::Serialize;
use serde_json::{Value, json};

use crate::board::{BoardData, Known, standing_word};
use crate::geojson::{self, Geometry};

/// Degrees to which places are rounded for readers who may not see them exactly: some 4 km.
const ROUGHLY: f64 = 0.05;

/// A record as GeoJSON, with all its marks.
#[derive(Serialize)]
#[serde(tag = "type")]
pub struct Feature {
    id: RecordId,
    geometry: Option<Geometry>,
    properties: Properties,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Value>,
}

/// Names in the order of writing.
type Properties = BTreeMap<Cow<'static, str>, Value>;

impl Feature {
    /// `exact` gives exact places of items and accidents.
    pub fn of(board: &BoardData, known: &Known, demo: bool, exact: bool) -> Self {
        let rough = !exact && known.has_exact_danger();
        Self {
            id: known.summary.record,
            geometry: geometry(board, known, rough),
            properties: properties(board, known, demo, rough),
            links: None,
        }
    }

    /// With where it and its collection are.
    pub fn with_links(mut self, links: Value) -> Self {
        self.links = Some(links);
        self
    }
}

/// S7, S11: of a hazardous area all that counts for danger; of everything else what is official,
/// else what is reported.
fn geometry(board: &BoardData, known: &Known, rough: bool) -> Option<Geometry> {
    let record = &known.record;
    if record.is_ended() && known.summary.open.is_empty() {
        return None;
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
            let at = of_versions.or_else(|| Some(body::place(&known.body(), "place")?.at))?;
            Some(geojson::point(if rough { roughly(at) } else { at }))
        }
        [only] => Some(geojson::polygons(only)),
        several => Some(geojson::polygons(&overlay::union(several).to_shape())),
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

fn properties(board: &BoardData, known: &Known, demo: bool, rough: bool) -> Properties {
    let row = &known.row;
    let waits = !known.summary.open.is_empty() || !known.summary.returned.is_empty();
    let mut all = vec![
        ("reference", json!(row.reference)),
        ("standing", json!(standing_word(row.standing))),
        ("reported_not_yet_reviewed", json!(waits)),
        ("two_versions", json!(known.summary.two_versions)),
        ("alarm", json!(board.alarms.contains_key(&row.record))),
        ("received", json!(row.received)),
    ];
    if demo {
        all.push(("demo", json!(true)));
    }
    if rough {
        all.push(("place_is_rough", json!(true)));
    }
    let m2 = |area: i64| json!(area as f64 / 100.0);
    if let Some(area) = row.area {
        all.push(("area_m2", m2(area)));
    }
    if let Some(account) = board.books().account(row.record) {
        let work = board.books().work_on_hazard(row.record, Reports::Approved);
        all.push(("remaining_m2", m2(account.remaining)));
        let worked = work.map_or(0, |work| work.worked);
        all.push(("worked_not_released_m2", m2(worked)));
    }
    let own = all
        .into_iter()
        .map(|(name, value)| (Cow::from(name), value));
    let mut map: Properties = own.collect();
    if let Some(kind) = kinds::find(&row.kind) {
        let body = known.body();
        for column in columns(kind) {
            let cell = column.cell(&body).unwrap_or(Value::Null);
            map.entry(column.name()).or_insert(cell);
        }
    }
    map
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
    let columns = columns(kind)
        .into_iter()
        .map(|column| column.name().into_owned());
    own.into_iter().map(str::to_owned).chain(columns).collect()
}
