//! The body of a statement: what a form filled in, readable by key.
//!
//! Values are JSON without fractions and without null: coordinates in 1e-7 degree, lengths in
//! millimetres, areas in square decimetres, durations in minutes (design section 3). Keys that a
//! kind does not know are kept: a newer program may.

use safelane_geometry::{MultiPolygon, Position, Shape};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::Date;

/// A JSON object in the order of its keys.
pub type Map = serde_json::Map<String, Value>;

/// A body: the map of a kind's fields.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body(pub Map);

impl Body {
    /// An empty body.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field, for chained building.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.set(key, value);
        self
    }

    /// Sets a field.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// Empties a field: the key goes, since a body holds no null.
    pub fn clear(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Sets a position.
    pub fn set_place(&mut self, key: &str, place: &Place) {
        self.set(key, to_value(place));
    }

    /// Sets an outline.
    pub fn set_ground(&mut self, key: &str, ground: &Ground) {
        self.set(key, to_value(ground));
    }
}

impl std::ops::Deref for Body {
    type Target = Map;

    fn deref(&self) -> &Map {
        &self.0
    }
}

fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Bool(false))
}

/// A number that may be known to be unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// The number.
    Number(i64),
    /// Asked, and nobody knows.
    Unknown,
}

/// How a geometry came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Computed from metres per lane.
    Lanes,
    /// By bearings and taped distances.
    Legs,
    /// Walked with a receiver.
    Walked,
    /// The mean of several fixes.
    Averaged,
    /// The phone's own position, once.
    Fix,
    /// Drawn on the map.
    Drawn,
    /// Coordinates typed in.
    Typed,
    /// From another system's file.
    Imported,
    /// Taken over from another record.
    Taken,
}

impl How {
    /// Whether an outline of this origin is a sketch: good for progress, never the boundary of a
    /// release (design section 4).
    pub fn is_sketch(self) -> bool {
        matches!(self, Self::Walked | Self::Fix | Self::Drawn)
    }
}

/// The statistic that an accuracy is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// Radius that holds 95 % (the browser's).
    Radius95,
    /// Radius that holds 68 % (Android's own).
    Radius68,
    /// One standard deviation along each axis.
    Sigma,
    /// Not stated: counts 1.62 times (S8).
    #[default]
    NotStated,
}

/// Coordinates as a person typed them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Typed {
    /// The text, letter by letter.
    pub text: String,
    /// Datum, for example `WGS 84`.
    pub datum: String,
    /// Format, for example `MGRS`.
    pub format: String,
}

/// A position with how it came about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The position, WGS 84, in 1e-7 degree.
    pub at: Position,
    /// How it came about.
    pub how: How,
    /// Accuracy in millimetres, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_mm: Option<i64>,
    /// Which statistic the accuracy is.
    #[serde(default)]
    pub statistic: Statistic,
    /// Text as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<Typed>,
    /// Keys of newer programs, kept.
    #[serde(flatten)]
    pub more: Map,
}

impl Place {
    /// A position of this origin, without stated accuracy.
    pub fn new(at: Position, how: How) -> Self {
        Self {
            at,
            how,
            accuracy_mm: None,
            statistic: Statistic::NotStated,
            typed: None,
            more: Map::new(),
        }
    }
}

/// A shape with how it came about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ground {
    /// The shape, WGS 84, in 1e-7 degree.
    pub shape: Shape,
    /// How it came about.
    pub how: How,
    /// Accuracy of its points in millimetres, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_mm: Option<i64>,
    /// Which statistic the accuracy is.
    #[serde(default)]
    pub statistic: Statistic,
    /// Coordinates as typed, point by point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<Typed>,
    /// Raw legs of a traverse, or raw samples: kept beside the shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Value>,
    /// Keys of newer programs, kept.
    #[serde(flatten)]
    pub more: Map,
}

impl Ground {
    /// A shape of this origin, without stated accuracy.
    pub fn new(shape: Shape, how: How) -> Self {
        Self {
            shape,
            how,
            accuracy_mm: None,
            statistic: Statistic::NotStated,
            typed: Vec::new(),
            raw: None,
            more: Map::new(),
        }
    }

    /// The area parts of the shape; nothing for points and lines.
    pub fn polygons(&self) -> Option<&MultiPolygon> {
        match &self.shape {
            Shape::Polygons { polygons } => Some(polygons),
            _ => None,
        }
    }
}

/// A photo that a body names.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Photo {
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    /// Number of bytes.
    pub bytes: u64,
    /// Media type.
    #[serde(rename = "type")]
    pub media_type: String,
    /// What it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// When it was taken, RFC 3339 UTC, by the device's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// Where it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Place>,
}

/// Text of a field.
pub fn text<'a>(map: &'a Map, key: &str) -> Option<&'a str> {
    map.get(key)?.as_str()
}

/// Whole number of a field.
pub fn integer(map: &Map, key: &str) -> Option<i64> {
    map.get(key)?.as_i64()
}

/// Whole number of a field, or `unknown`.
pub fn known(map: &Map, key: &str) -> Option<Known> {
    match map.get(key)? {
        Value::String(word) if word == "unknown" => Some(Known::Unknown),
        value => value.as_i64().map(Known::Number),
    }
}

/// Day of a field.
pub fn date(map: &Map, key: &str) -> Option<Date> {
    text(map, key)?.parse().ok()
}

/// Texts or codes of a field.
pub fn texts<'a>(map: &'a Map, key: &str) -> Vec<&'a str> {
    list(map, key).iter().filter_map(Value::as_str).collect()
}

/// Record id of a field.
pub fn uuid(map: &Map, key: &str) -> Option<Uuid> {
    Uuid::try_parse(text(map, key)?).ok()
}

/// Record ids of a field.
pub fn uuids(map: &Map, key: &str) -> Vec<Uuid> {
    texts(map, key)
        .into_iter()
        .filter_map(|id| Uuid::try_parse(id).ok())
        .collect()
}

/// Position of a field.
pub fn place(map: &Map, key: &str) -> Option<Place> {
    Place::deserialize(map.get(key)?).ok()
}

/// Outline of a field.
pub fn ground(map: &Map, key: &str) -> Option<Ground> {
    Ground::deserialize(map.get(key)?).ok()
}

/// Photos of a field.
pub fn photos(map: &Map, key: &str) -> Vec<Photo> {
    list(map, key)
        .iter()
        .filter_map(|photo| Photo::deserialize(photo).ok())
        .collect()
}

/// Entries of a group.
pub fn entries<'a>(map: &'a Map, key: &str) -> Vec<&'a Map> {
    list(map, key).iter().filter_map(Value::as_object).collect()
}

fn list<'a>(map: &'a Map, key: &str) -> &'a [Value] {
    map.get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
