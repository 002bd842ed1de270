//! Writes the GeoJSON that the map is given. Positions are whole 1e-7 degrees: longitude, latitude.

use std::fmt::Write as _;

/// No features.
pub const EMPTY: &str = r#"{"type":"FeatureCollection","features":[]}"#;

/// A ring or line of positions.
pub type Line = [(i64, i64)];

/// A collection that grows by features.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    features: Vec<String>,
}

impl Collection {
    /// Without features.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds polygons, each a list of rings (the outer first) that may be open: they are closed here.
    pub fn polygons(
        &mut self,
        polygons: &[Vec<Vec<(i64, i64)>>],
        record: Option<&str>,
        label: Option<&str>,
    ) {
        let polygon = |rings: &Vec<Vec<(i64, i64)>>| list(rings, |ring| closed(ring));
        let coordinates = list(polygons, polygon);
        self.feature("MultiPolygon", &coordinates, record, label);
    }

    /// Adds a line.
    pub fn line(&mut self, line: &Line, record: Option<&str>, label: Option<&str>) {
        self.feature("LineString", &list(line, point_text), record, label);
    }

    /// Adds a point.
    pub fn point(&mut self, at: (i64, i64), record: Option<&str>, label: Option<&str>) {
        self.feature("Point", &point_text(&at), record, label);
    }

    fn feature(
        &mut self,
        kind: &str,
        coordinates: &str,
        record: Option<&str>,
        label: Option<&str>,
    ) {
        let properties = serde_json::json!({ "record": record, "label": label });
        self.features.push(format!(
            r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        ));
    }

    /// The text.
    pub fn finish(&self) -> String {
        format!(
            r#"{{"type":"FeatureCollection","features":[{}]}}"#,
            self.features.join(",")
        )
    }
}

fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    let mut out = String::from("[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&write(item));
    }
    out.push(']');
    out
}

fn closed(ring: &[(i64, i64)]) -> String {
    let mut ring = ring.to_vec();
    if ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    list(&ring, point_text)
}

fn point_text(&(longitude, latitude): &(i64, i64)) -> String {
    let mut out = String::from("[");
    degrees(&mut out, longitude);
    out.push(',');
    degrees(&mut out, latitude);
    out.push(']');
    out
}

/// Exact: no floating point between the ledger and the map.
fn degrees(out: &mut String, e7: i64) {
    let (whole, part) = (
        e7.unsigned_abs() / 10_000_000,
        e7.unsigned_abs() % 10_000_000,
    );
    let sign = if e7 < 0 { "-" } else { "" };
    // Writing to a string cannot fail.
    let _ = write!(out, "{sign}{whole}.{part:07}");
}

/// A point with the circle of its accuracy (radius in mm): a picture, not a measurement.
pub fn position(longitude_e7: i64, latitude_e7: i64, radius_mm: i64) -> String {
    let latitude = latitude_e7 as f64 / 1e7;
    // One degree of latitude is about 111.2 km.
    let up = radius_mm as f64 / 1000.0 / 111_200.0 * 1e7;
    let across = up / latitude.to_radians().cos().max(0.01);
    let around = (0..32).map(|step| {
        let angle = f64::from(step) * std::f64::consts::TAU / 32.0;
        (
            longitude_e7 + (across * angle.cos()) as i64,
            latitude_e7 + (up * angle.sin()) as i64,
        )
    });
    let mut collection = Collection::new();
    collection.polygons(&[vec![around.collect()]], None, None);
    collection.point((longitude_e7, latitude_e7), None, None);
    collection.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_written_exactly_and_rings_are_closed() {
        let mut collection = Collection::new();
        collection.polygons(
            &[vec![vec![(-241_000_001, -5), (0, 10_000_000), (3, 4)]]],
            Some("r\"1"),
            None,
        );
        let value: serde_json::Value =
            serde_json::from_str(&collection.finish()).expect("valid JSON");
        assert_eq!(value["features"][0]["properties"]["record"], "r\"1");
        let ring = &value["features"][0]["geometry"]["coordinates"][0][0];
        assert_eq!(ring[0], serde_json::json!([-24.100_000_1, -0.000_000_5]));
        assert_eq!(ring[0], ring[3]);
    }
}
