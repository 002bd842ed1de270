//! Columns of a kind: one flat list for tables, CSV and map layers.

use std::borrow::Cow;

use serde_json::Value;

use crate::body::Map;
use crate::field::{Field, FieldType, Unit};
use crate::kinds::Kind;

/// One column: a field that fits into one cell.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Key of the field, with its unit where it has one, for example `depth_cm`.
    pub field: &'static Field,
}

/// The columns of a kind: all its fields but outlines, positions, photos, people and groups.
pub fn columns(kind: &Kind) -> Vec<Column> {
    kind.fields
        .iter()
        .filter(|field| {
            !matches!(
                field.ty,
                FieldType::Ground
                    | FieldType::Place
                    | FieldType::Photos
                    | FieldType::Person
                    | FieldType::Group(_)
            )
        })
        .map(|field| Column { field })
        .collect()
}

impl Column {
    /// Name of the column with its unit: `depth_cm`, `stated_area_m2`, `emergency_minutes_min`.
    pub fn name(&self) -> Cow<'static, str> {
        let key = self.field.key;
        match unit(self.field) {
            Some(Unit::Millimetres) => format!("{key}_m").into(),
            Some(Unit::SquareDecimetres) => format!("{key}_m2").into(),
            Some(Unit::Minutes) => format!("{key}_min").into(),
            Some(Unit::Count) | None => key.into(),
        }
    }

    /// The cell: numbers in metres and m², codes as they are, lists joined by `;`.
    pub fn cell(&self, body: &Map) -> Option<Value> {
        let value = body.get(self.field.key)?;
        Some(match (unit(self.field), value) {
            (Some(Unit::Millimetres), Value::Number(number)) => scaled(number.as_i64()?, 1_000.0),
            (Some(Unit::SquareDecimetres), Value::Number(number)) => {
                scaled(number.as_i64()?, 100.0)
            }
            (_, Value::Array(values)) => Value::String(
                values
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join(";"),
            ),
            (_, value) => value.clone(),
        })
    }
}

fn unit(field: &Field) -> Option<Unit> {
    match field.ty {
        FieldType::Integer { unit, .. } | FieldType::IntegerOrUnknown { unit, .. } => Some(unit),
        _ => None,
    }
}

fn scaled(number: i64, by: f64) -> Value {
    serde_json::Number::from_f64(number as f64 / by).map_or(Value::Bool(false), Value::Number)
}
