//! Values of a body in words, by the kind's own description of its fields.

use std::collections::BTreeMap;

use safelane_ledger::RecordId;
use safelane_model::field::{Field, FieldType, Unit};
use safelane_model::{kinds, paper};
use serde_json::{Map, Value};

use crate::i18n::{format, label};

/// Names of records and people that a body refers to.
pub type Names = BTreeMap<RecordId, String>;

/// A field's path, for example `lanes.3.length`, in words: "Lanes · 4 · Length".
pub fn path(kind: &str, path: &str) -> String {
    let mut fields = kinds::find(kind).map_or(&[][..], |kind| kind.fields);
    let mut words = Vec::new();
    let first = path.split('.').next().unwrap_or_default();
    let mut inside = format!("field.{}", paper::words_of(kind, first));
    for part in path.split('.') {
        if let Ok(index) = part.parse::<usize>() {
            words.push((index + 1).to_string());
            continue;
        }
        let Some(field) = fields.iter().find(|field| field.key == part) else {
            words.push(part.to_owned());
            continue;
        };
        inside = format!("{inside}.{}", field.key);
        words.push(label(&inside));
        if let FieldType::Group(inner) = field.ty {
            fields = inner;
        }
    }
    words.join(" · ")
}

/// The field at a path.
pub fn field_at(kind: &str, path: &str) -> Option<Field> {
    let mut fields = kinds::find(kind)?.fields;
    let mut found = None;
    for part in path
        .split('.')
        .filter(|part| part.parse::<usize>().is_err())
    {
        let field = fields.iter().find(|field| field.key == part)?;
        if let FieldType::Group(inner) = field.ty {
            fields = inner;
        }
        found = Some(*field);
    }
    found
}

/// A value in words.
pub fn value(kind: &str, field: &Field, value: &Value, names: &Names) -> String {
    match (field.ty, value) {
        (FieldType::Choice(list), Value::String(code)) => {
            label(&format!("code.{}.{code}", list.key))
        }
        (FieldType::Choices(list), Value::Array(codes)) => joined(
            codes
                .iter()
                .filter_map(Value::as_str)
                .map(|code| label(&format!("code.{}.{code}", list.key))),
        ),
        (
            FieldType::Integer { unit, .. } | FieldType::IntegerOrUnknown { unit, .. },
            Value::Number(number),
        ) => amount(field.key, unit, number.as_i64().unwrap_or_default()),
        (FieldType::IntegerOrUnknown { .. }, Value::String(_)) => label("code.yes-no.unknown"),
        (FieldType::Date, Value::String(date)) => format::date(date),
        (FieldType::Reference(_) | FieldType::Person, Value::String(id)) => name(id, names),
        (FieldType::References(_), Value::Array(ids)) => joined(
            ids.iter()
                .filter_map(Value::as_str)
                .map(|id| name(id, names)),
        ),
        (FieldType::Place, Value::Object(place)) => position(place),
        (FieldType::Ground, Value::Object(ground)) => ground_words(ground),
        (FieldType::Photos, Value::Array(photos)) => t!("desk.photos", count = photos.len()),
        (FieldType::Group(fields), Value::Array(entries)) => joined(
            entries
                .iter()
                .filter_map(Value::as_object)
                .map(|entry| self::entry(kind, fields, entry, names)),
        ),
        (FieldType::OtherReferences, Value::Array(texts)) => {
            joined(texts.iter().filter_map(Value::as_str).map(str::to_owned))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// One entry of a group on one line.
fn entry(kind: &str, fields: &[Field], entry: &Map<String, Value>, names: &Names) -> String {
    fields
        .iter()
        .filter_map(|field| Some(value(kind, field, entry.get(field.key)?, names)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn amount(key: &str, unit: Unit, number: i64) -> String {
    match unit {
        Unit::Millimetres if key.contains("depth") => format::depth_mm(number),
        Unit::Millimetres => format::length_mm(number),
        Unit::SquareDecimetres => format::area_dm2(number),
        Unit::Minutes if key == "time" => format::hours(number),
        Unit::Minutes if key.ends_with("_at") || key == "at" => {
            format!("{:02}:{:02}", number / 60, number % 60)
        }
        Unit::Minutes => t!("desk.minutes", count = number),
        Unit::Count => format::number(number),
    }
}

fn name(id: &str, names: &Names) -> String {
    id.parse::<RecordId>()
        .ok()
        .and_then(|id| names.get(&id).cloned())
        .unwrap_or_else(|| t!("desk.not_named").to_owned())
}

fn position(place: &Map<String, Value>) -> String {
    let at = place.get("at").and_then(Value::as_array);
    let part = |index: usize| at.and_then(|at| at.get(index)).and_then(Value::as_i64);
    match (part(0), part(1)) {
        (Some(lon), Some(lat)) => {
            let shown = format::position(lon, lat);
            match place.get("accuracy_mm").and_then(Value::as_i64) {
                Some(mm) => format!("{shown} ±{}", format::length_mm(mm)),
                None => shown,
            }
        }
        _ => t!("desk.not_named").to_owned(),
    }
}

fn ground_words(ground: &Map<String, Value>) -> String {
    let points = ground.get("shape").map_or(0, count_positions);
    let outline = t!("desk.outline_points", count = points);
    let read: Option<safelane_model::Ground> =
        serde_json::from_value(Value::Object(ground.clone())).ok();
    match read.as_ref().and_then(safelane_model::Ground::polygons) {
        Some(shape) => format!(
            "{outline}, {}",
            format::area_dm2(safelane_geometry::measure::area_dm2(shape) as i64)
        ),
        None => outline,
    }
}

fn count_positions(value: &Value) -> usize {
    match value {
        Value::Array(parts) if parts.len() == 2 && parts.iter().all(Value::is_number) => 1,
        Value::Array(parts) => parts.iter().map(count_positions).sum(),
        Value::Object(map) => map.values().map(count_positions).sum(),
        _ => 0,
    }
}
