//! Shapes as GeoJSON (RFC 7946): degrees, outer rings against the clock.

use safelane_geometry::{MultiPolygon, Position, Ring};
use serde::Serialize;
use serde_json::{Value, json};

/// A place.
pub fn point(at: Position) -> Geometry {
    Geometry::Point {
        coordinates: degrees(at),
    }
}

/// Polygons; one alone is a `Polygon`.
pub fn polygons(shape: &MultiPolygon) -> Geometry {
    let shape = shape.clone().oriented();
    let mut all: Vec<Rings> = shape
        .polygons()
        .iter()
        .map(|polygon| polygon.rings().map(ring).collect())
        .collect();
    if all.len() == 1 {
        return Geometry::Polygon {
            coordinates: all.remove(0),
        };
    }
    Geometry::MultiPolygon { coordinates: all }
}

/// Longitude and latitude.
type Degrees = [f64; 2];
type Rings = Vec<Vec<Degrees>>;

/// A geometry as it is written: a page of a collection has thousands of positions, and a tree of
/// values for them costs more than all the rest.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type")]
pub enum Geometry {
    Point { coordinates: Degrees },
    Polygon { coordinates: Rings },
    MultiPolygon { coordinates: Vec<Rings> },
}

fn degrees(at: Position) -> Degrees {
    [at.lon_degrees(), at.lat_degrees()]
}

fn ring(ring: &Ring) -> Vec<Degrees> {
    let positions = ring.positions();
    let closed = positions.iter().chain(positions.first());
    closed.map(|at| degrees(*at)).collect()
}

/// A feature.
pub fn feature(geometry: Geometry, properties: Value) -> Value {
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

/// A collection of features.
pub fn collection(features: Vec<Value>) -> Value {
    json!({"type": "FeatureCollection", "features": features})
}
