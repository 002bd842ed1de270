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
///
/// ```
/// let text = r#"{"how":"drawn","shape":{"polygons":[[[[0,0],[9,0],[9,9]]]],"type":"Polygons"}}"#;
/// let ground: safelane_model::Ground = serde_json::from_str(text).unwrap();
/// assert_eq!(ground.polygons().unwrap().vertex_count(), 3);
/// ```
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
    let value = map.get(key)?;
    ground_at_once(value).or_else(|| Ground::deserialize(value).ok())
}

/// The shape that a value is, if it is one.
pub fn shape(value: &Value) -> Option<Shape> {
    shape_at_once(value).or_else(|| Shape::deserialize(value).ok())
}

/// Reads the positions from where they are. What serde makes of a flattened structure and of a tag that
/// may come last copies each of them twice before; most of a hub's reading is outlines. None where
/// anything is unusual: then serde decides.
fn shape_at_once(value: &Value) -> Option<Shape> {
    let map = value.as_object()?;
    Some(match map.get("type")?.as_str()? {
        "Point" => Shape::Point {
            at: Position::deserialize(map.get("at")?).ok()?,
        },
        "Line" => Shape::Line {
            points: Vec::deserialize(map.get("points")?).ok()?,
        },
        "Polygons" => Shape::Polygons {
            polygons: MultiPolygon::deserialize(map.get("polygons")?).ok()?,
        },
        _ => return None,
    })
}

fn ground_at_once(value: &Value) -> Option<Ground> {
    let map = value.as_object()?;
    let shape = shape_at_once(map.get("shape")?)?;
    // An outline that encloses nothing stands in while the rest is read.
    let mut rest = Map::new();
    for (key, value) in map.iter().filter(|(key, _)| *key != "shape") {
        rest.insert(key.clone(), value.clone());
    }
    rest.insert("shape".to_owned(), nothing());
    let ground = Ground::deserialize(Value::Object(rest)).ok()?;
    Some(Ground { shape, ..ground })
}

fn nothing() -> Value {
    serde_json::json!({ "type": "Polygons", "polygons": [] })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Grounds and shapes as programs write them, as they do not, and broken.
    fn values() -> Vec<Value> {
        let ring = json!([[0, 0], [9, 0], [9, 9]]);
        let area =
            json!({ "polygons": [[ring.clone(), ring.clone()], [ring]], "type": "Polygons" });
        let far = json!({ "at": [1_900_000_000_i64, 0], "type": "Point" });
        let shapes = [
            json!({ "at": [1, -2], "type": "Point" }),
            json!({ "points": [[1, 2], [3, 4]], "type": "Line" }),
            area.clone(),
            json!({ "at": [1, 2], "polygons": "another program's", "type": "Point" }),
            json!({ "points": [], "type": "Line" }),
            json!({ "polygons": [[]], "type": "Polygons" }),
            json!({ "type": "Circle" }),
            json!({ "type": 0, "at": [1, 2] }),
            json!(["Point", [1, 2]]),
            json!({ "at": [1.5, 2], "type": "Point" }),
            json!({ "at": [1, 2] }),
            far,
            json!("no shape"),
        ];
        let mut values: Vec<Value> = shapes.to_vec();
        values.extend(shapes.map(|shape| json!({ "how": "drawn", "shape": shape })));
        values.extend([
            json!({ "how": "lanes", "shape": area, "statistic": "radius95", "accuracy_mm": 300,
                    "raw": { "legs": [[1, 2]] }, "unknown": { "a": 1 } }),
            json!({ "how": "by magic", "shape": area }),
            json!({ "shape": area }),
            json!({ "how": "drawn" }),
            json!({ "how": "drawn", "shape": area, "typed": 7 }),
        ]);
        values
    }

    #[test]
    fn outlines_read_at_once_are_those_that_serde_reads() {
        let mut read = (0, 0);
        for value in values() {
            let (slow_shape, slow_ground) = (
                Shape::deserialize(&value).ok(),
                Ground::deserialize(&value).ok(),
            );
            if let Some(at_once) = shape_at_once(&value) {
                read.0 += 1;
                assert_eq!(Some(at_once), slow_shape, "{value}");
            }
            if let Some(at_once) = ground_at_once(&value) {
                read.1 += 1;
                assert_eq!(Some(at_once), slow_ground, "{value}");
            }
            assert_eq!(shape(&value), slow_shape, "{value}");
            let map = Map::from_iter([("ground".to_owned(), value.clone())]);
            assert_eq!(ground(&map, "ground"), slow_ground, "{value}");
        }
        assert!(
            read.0 >= 5 && read.1 >= 6,
            "most are read at once: {read:?}"
        );
    }
}
