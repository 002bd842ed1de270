//! Shapes as GeoJSON (RFC 7946): degrees, outer rings against the clock.

use safelane_geometry::{MultiPolygon, Position, Ring};
use serde_json::{Value, json};

/// A position.
pub fn position(at: Position) -> Value {
    json!([at.lon_degrees(), at.lat_degrees()])
}

/// A place.
pub fn point(at: Position) -> Value {
    json!({"type": "Point", "coordinates": position(at)})
}

/// Polygons; one alone is a `Polygon`.
pub fn polygons(shape: &MultiPolygon) -> Value {
    let shape = shape.clone().oriented();
    let mut all: Vec<Value> = shape
        .polygons()
        .iter()
        .map(|polygon| Value::Array(polygon.rings().map(ring).collect()))
        .collect();
    if all.len() == 1 {
        return json!({"type": "Polygon", "coordinates": all.remove(0)});
    }
    json!({"type": "MultiPolygon", "coordinates": all})
}

fn ring(ring: &Ring) -> Value {
    let positions = ring.positions();
    Value::Array(
        positions
            .iter()
            .chain(positions.first())
            .map(|at| position(*at))
            .collect(),
    )
}

/// A feature.
pub fn feature(geometry: Value, properties: Value) -> Value {
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

/// A collection of features.
pub fn collection(features: Vec<Value>) -> Value {
    json!({"type": "FeatureCollection", "features": features})
}
