//! One feature of a file becomes one record's body; nothing with a position is dropped (S4).

use safelane_geometry::{Metres, MultiPolygon, Position, Ring, Shape, measure, repair};
use safelane_ledger::{LedgerId, RecordId};
use safelane_model::body::{Body, Ground, How, Map, Place};
use safelane_model::{Date, Kind, kinds};
use serde_json::{Value, json};
use uuid::Uuid;

mod bodies;
mod report;
mod shapes;
mod strict;

pub use report::{FeatureReport, Outcome, Report, Totals};
pub(crate) use shapes::Shapes;

/// What is the same for every feature of a file.
#[derive(Clone, Debug)]
pub struct Options {
    /// Kind of the records.
    pub kind: &'static Kind,
    /// Property that holds the source's id; without it the id follows from the content.
    pub id_column: Option<String>,
    /// Date of information.
    pub as_of: Date,
    /// Name of the file.
    pub source_file: String,
    /// Radius around a hazard without a usable outline (S4).
    pub uncertainty_radius: Metres,
    /// The programme's ledger: part of every record id.
    pub ledger: LedgerId,
    /// Whether it is a demo; a real programme takes nothing that a demo gave out.
    pub demo: bool,
}

/// Kinds that files are read into.
pub const KINDS: &[&str] = &[
    "hazardous-area",
    "clearance",
    "accident",
    "admin-area",
    "settlement",
];

/// Why a kind cannot be read from a file.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} cannot be imported; these can: hazardous-area, clearance, accident, admin-area, settlement"
)]
pub struct UnknownKind(String);

/// The kind of this name, if files are read into it.
pub fn kind(name: &str) -> Result<&'static Kind, UnknownKind> {
    KINDS
        .contains(&name)
        .then(|| kinds::find(name))
        .flatten()
        .ok_or_else(|| UnknownKind(name.to_owned()))
}

/// A feature that became a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Converted {
    /// Record id: the same for the same feature, whenever and in whichever order it is read.
    pub record: RecordId,
    /// The body, without salt.
    pub body: Body,
    /// Taken as it was, repaired or buffered.
    pub outcome: Outcome,
    /// What was done, in words.
    pub reason: Option<String>,
    /// Area of the outline as written, m².
    pub area_before_m2: Option<f64>,
    /// Area as taken, m².
    pub area_after_m2: Option<f64>,
}

impl Converted {
    /// Its line of the report.
    pub fn line(&self) -> FeatureReport {
        FeatureReport {
            position: 0,
            outcome: self.outcome,
            reason: self.reason.clone(),
            record: Some(self.record),
            area_before_m2: self.area_before_m2,
            area_after_m2: self.area_after_m2,
        }
    }
}

/// A feature as read: its properties and whatever positions it has.
pub(crate) struct Feature {
    pub properties: Map,
    pub geometry: Geometry,
}

/// A geometry as read and rounded to 1e-7 degree.
pub(crate) enum Geometry {
    Point(Position),
    Shapes(Shapes),
}

/// Turns the raw text of one feature into a body, or says why it cannot be taken.
pub fn convert(raw: &[u8], options: &Options) -> Result<Converted, String> {
    let feature = read(raw)?;
    let made_up = feature.properties.get("demo") == Some(&Value::Bool(true));
    if made_up && !options.demo {
        return Err("it is made-up data of a demo, and this programme is real".into());
    }
    let record = record_id(&feature, options)?;
    bodies::body(feature, record, options, raw)
}

/// UUIDv5 of ledger, kind and the source's id, else of the rounded geometry with the properties.
fn record_id(feature: &Feature, options: &Options) -> Result<RecordId, String> {
    let name = if let Some(column) = &options.id_column {
        let value = feature.properties.get(column);
        // A fraction, or more digits than a number keeps, would be another id than the file's.
        if matches!(value, Some(Value::Number(number)) if !number.is_i64() && !number.is_u64()) {
            return Err(format!(
                "its number in the id column \"{column}\" cannot be kept exactly; write ids as texts"
            ));
        }
        let id = value.and_then(as_text);
        let id = id.ok_or_else(|| format!("it has no value in the id column \"{column}\""))?;
        format!("{}\nid\n{}", options.kind.name, id.trim())
    } else {
        let geometry = match &feature.geometry {
            Geometry::Point(at) => json!(at),
            Geometry::Shapes(shapes) => json!(shapes.all()),
        };
        let properties: std::collections::BTreeMap<_, _> = feature.properties.iter().collect();
        format!(
            "{}\ncontent\n{geometry}\n{}",
            options.kind.name,
            json!(properties)
        )
    };
    let ledger: Uuid = options.ledger.uuid();
    Ok(RecordId::new(Uuid::new_v5(&ledger, name.as_bytes())))
}

/// The text of a property, if it is a text, number or truth value.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn read(raw: &[u8]) -> Result<Feature, String> {
    let value = strict::parse(raw).map_err(|error| format!("it is no valid JSON: {error}"))?;
    let feature = value.as_object().ok_or("it is no GeoJSON feature")?;
    if feature.get("type").and_then(Value::as_str) != Some("Feature") {
        return Err("it is no GeoJSON feature".into());
    }
    let properties = match feature.get("properties") {
        Some(Value::Object(map)) => map.clone(),
        _ => Map::new(),
    };
    let Some(Value::Object(geometry)) = feature.get("geometry") else {
        return Err("it has no position".into());
    };
    Ok(Feature {
        properties,
        geometry: shapes::read(geometry)?,
    })
}
