//! The programme's own small map on this device: coast, rivers, roads and buildings, drawn as lines below everything
//! else. It says nothing about hazards, so that it is asked for once a page and may be missing.

use safelane_geometry::Position;
use safelane_wire::desk::BASEMAP;
use serde_json::Value;

use crate::platform::http;
use crate::platform::store::{self, Area};

const KEY: &str = "basemap";

/// What lies on this device.
pub async fn kept() -> Vec<Vec<Position>> {
    match store::get(Area::State, KEY).await {
        Ok(Some(text)) => lines(&text),
        Ok(None) | Err(_) => Vec::new(),
    }
}

/// Asks the hub and keeps the answer; `None` where nothing came.
pub async fn fetch() -> Option<Vec<Vec<Position>>> {
    let text = http::get_text(BASEMAP).await.ok()?;
    store::put(Area::State, KEY, &text).await.ok()?;
    Some(lines(&text))
}

/// The lines of a GeoJSON collection: its line strings, and the outer rings of its polygons.
fn lines(geojson: &str) -> Vec<Vec<Position>> {
    let whole: Value = serde_json::from_str(geojson).unwrap_or_default();
    let features = whole["features"].as_array().map_or(&[][..], Vec::as_slice);
    features.iter().filter_map(line).collect()
}

fn line(feature: &Value) -> Option<Vec<Position>> {
    let geometry = feature.get("geometry")?;
    let coordinates = geometry.get("coordinates")?;
    let points = match geometry.get("type")?.as_str()? {
        "LineString" => coordinates,
        "Polygon" => coordinates.get(0)?,
        _ => return None,
    };
    let position =
        |pair: &Value| Position::from_degrees(pair.get(0)?.as_f64()?, pair.get(1)?.as_f64()?).ok();
    points.as_array()?.iter().map(position).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_outer_rings_are_drawn_and_what_is_broken_is_left_out() {
        let text = r#"{"features":[
            {"geometry":{"type":"LineString","coordinates":[[17.0,44.0],[17.1,44.0]]}},
            {"geometry":{"type":"Polygon","coordinates":[[[17.0,44.0],[17.1,44.0],[17.1,44.1],[17.0,44.0]]]}},
            {"geometry":{"type":"LineString","coordinates":[[17.0,944.0],[17.1,44.0]]}},
            {"geometry":{"type":"Point","coordinates":[17.0,44.0]}}]}"#;
        let counts: Vec<usize> = lines(text).iter().map(Vec::len).collect();
        assert_eq!(counts, [2, 4]);
        assert_eq!(lines("no map"), Vec::<Vec<Position>>::new());
    }
}
