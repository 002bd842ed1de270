//! The box around everything that a body draws.

use safelane_geometry::{Bbox, Position};
use safelane_model::body::{self, Map};
use serde::Deserialize;
use serde_json::Value;

/// The box around every shape and position of a body, of kinds that this program knows and of
/// others; none when it draws nothing.
///
/// Raw legs and samples, and where photos were taken, are no part of what the record covers.
pub fn bbox_of(body: &Map) -> Option<Bbox> {
    let mut bbox = None;
    for value in body.values() {
        walk(value, &mut bbox);
    }
    bbox
}

fn walk(value: &Value, bbox: &mut Option<Bbox>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| walk(one, bbox)),
        Value::Object(map) if map.contains_key("sha256") => {}
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "raw" => {}
                    "shape" => match body::shape(value) {
                        Some(shape) => join(bbox, shape.bbox()),
                        None => walk(value, bbox),
                    },
                    "at" => match Position::deserialize(value) {
                        Ok(at) => join(bbox, Bbox::around([at])),
                        Err(_) => walk(value, bbox),
                    },
                    _ => walk(value, bbox),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn join(bbox: &mut Option<Bbox>, other: Option<Bbox>) {
    *bbox = match (*bbox, other) {
        (Some(a), Some(b)) => Some(a.join(b)),
        (a, b) => a.or(b),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(json: &str) -> Option<[i32; 4]> {
        let body: Map = serde_json::from_str(json).unwrap();
        bbox_of(&body).map(|b| [b.west, b.south, b.east, b.north])
    }

    #[test]
    fn shapes_places_and_groups_count_and_photos_and_raw_legs_do_not() {
        let ground = r#"{"how":"drawn","shape":{"type":"Polygons","polygons":[[[[0,0],[9,0],[9,9]]]]},"raw":{"at":[500,500]}}"#;
        let place = r#"{"at":[-4,20],"how":"fix"}"#;
        let photo = r#"{"sha256":"00","position":{"at":[900,900],"how":"fix"}}"#;
        let body =
            format!(r#"{{"ground":{ground},"items":[{{"place":{place}}}],"photos":[{photo}]}}"#);
        assert_eq!(bbox(&body), Some([-4, 0, 9, 20]));
    }

    #[test]
    fn a_body_without_a_shape_has_no_box() {
        assert_eq!(bbox(r#"{"name":"at","at":"09:00"}"#), None);
        assert_eq!(
            bbox(r#"{"ground":{"shape":{"type":"Polygons","polygons":[]}}}"#),
            None
        );
    }
}
