//! What a record is called, and which photos it names.

use std::collections::BTreeSet;

use safelane_model::body::{self, Map};
use serde_json::Value;

use super::{Name, NamedMedia};
use crate::fold;
use crate::records::RecordSummary;

/// The reference and the temporary numbers.
pub fn reference(summary: &RecordSummary, names: &mut BTreeSet<Name>) {
    let reference = summary.reference.iter().map(|one| (0, one.as_str()));
    let aliases = summary.aliases.iter().map(|one| (1, one.as_str()));
    for (rank, text) in reference.chain(aliases) {
        add(names, rank, text);
    }
}

/// Numbers in other systems, and names.
pub fn names(map: &Map, names: &mut BTreeSet<Name>) {
    match map.get("other_references") {
        Some(Value::Array(list)) => list.iter().for_each(|one| other(one, names)),
        Some(one) => other(one, names),
        None => {}
    }
    for key in ["source_id", "name"] {
        if let Some(text) = body::text(map, key) {
            add(names, if key == "name" { 3 } else { 2 }, text);
        }
    }
}

/// A number is a text, or an object of texts such as `{system, number}`.
fn other(value: &Value, names: &mut BTreeSet<Name>) {
    match value {
        Value::String(text) => add(names, 2, text),
        Value::Object(map) => map
            .values()
            .filter_map(Value::as_str)
            .for_each(|text| add(names, 2, text)),
        _ => {}
    }
}

fn add(names: &mut BTreeSet<Name>, rank: u8, text: &str) {
    let text = fold(text);
    if !text.is_empty() {
        names.insert(Name { rank, text });
    }
}

/// Every photo that the body names, wherever.
pub fn media(map: &Map, found: &mut BTreeSet<NamedMedia>) {
    map.values().for_each(|value| walk(value, found));
}

fn walk(value: &Value, found: &mut BTreeSet<NamedMedia>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| walk(one, found)),
        Value::Object(map) => {
            let sha256 = body::text(map, "sha256").and_then(|text| text.parse().ok());
            if let Some(sha256) = sha256 {
                found.insert(NamedMedia {
                    sha256,
                    bytes: body::integer(map, "bytes").map_or(0, i64::unsigned_abs),
                    media_type: body::text(map, "type").unwrap_or_default().to_owned(),
                });
            }
            media(map, found);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
