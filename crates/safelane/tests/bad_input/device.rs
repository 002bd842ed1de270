//! What a form says of a body before anybody signs it: the very function that the app calls.

use std::collections::BTreeSet;

use safelane_geometry::{Bbox, Position};
use safelane_model::check::{Context, Severity, problems};
use safelane_model::kinds;
use serde_json::{Value, json};

use crate::Outcome;
use crate::table::{Case, Try};

/// The problems of one body, exactly those of the table; a question begins with `?`.
pub fn attempt(case: &Case, one: &Try) -> Outcome {
    let kind = one.kind.as_deref().unwrap_or("hazardous-area");
    let kind = kinds::find(kind.split('/').next().unwrap_or(kind)).expect("a kind");
    let body: Value = serde_json::from_str(&body(case, one)).expect("a body");
    let context = Context {
        today: "2026-11-25".parse().expect("a day"),
        area: Bbox::around([corner(15.7, 42.5), corner(19.7, 45.4)]),
    };
    let found: BTreeSet<String> = problems(kind, body.as_object().expect("an object"), &context)
        .into_iter()
        .map(|problem| match problem.severity {
            Severity::Stops => problem.code.to_owned(),
            Severity::Asks => format!("?{}", problem.code),
        })
        .collect();
    let wanted: BTreeSet<String> = one.problems.iter().cloned().collect();
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{found:?}"))
    }
}

fn corner(lon: f64, lat: f64) -> Position {
    Position::from_degrees(lon, lat).expect("on the earth")
}

/// The body of a try: its own, or a hazardous area of the case's shape.
pub fn body(case: &Case, one: &Try) -> String {
    if let Some(body) = &one.body {
        return body.clone();
    }
    let mut body = json!({
        "classification": "sha", "contamination": ["ap-mine"], "status": "open", "opened_on": "2026-01-05",
    });
    if let Some(shape) = &case.shape {
        let shape: Value = serde_json::from_str(shape).expect("coordinates");
        let parts = if shape[0][0][0].is_array() {
            shape
        } else {
            json!([shape])
        };
        let polygons: Vec<Value> = (parts.as_array().expect("parts").iter())
            .map(|part| part.as_array().expect("rings").iter().map(ring).collect())
            .collect();
        body["ground"] =
            json!({ "how": "typed", "shape": { "type": "Polygons", "polygons": polygons } });
    }
    body.to_string()
}

/// A ring as the app keeps it: whole numbers of 1e-7 degree, the first place not repeated at the end.
fn ring(ring: &Value) -> Value {
    let whole = |number: &Value| (number.as_f64().expect("a number") * 1e7).round() as i64;
    let places = ring.as_array().expect("places").iter();
    let mut places: Vec<Value> = places
        .map(|at| Value::from(vec![whole(&at[0]), whole(&at[1])]))
        .collect();
    if places.len() > 1 && places.first() == places.last() {
        places.pop();
    }
    Value::from(places)
}
