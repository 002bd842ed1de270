//! JSON Schema (2020-12) of a kind's body, derived from its fields.

use serde_json::{Map, Value, json};

use crate::field::{Field, FieldType, Required};
use crate::kinds::Kind;

/// The schema of the kind's body.
pub fn schema(kind: &Kind) -> Value {
    let mut root = object(kind.fields);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!(format!("{}/{}", kind.name, kind.version));
    root
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.key.to_owned(), property(field)))
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required == Required::WhenShown && field.shown_when.is_none())
        .map(|field| field.key)
        .collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn property(field: &Field) -> Value {
    match field.ty {
        FieldType::Text { max, .. } => json!({ "type": "string", "maxLength": max }),
        FieldType::Integer { min, max, unit } => {
            json!({ "type": "integer", "minimum": min, "maximum": max, "x-unit": format!("{unit:?}") })
        }
        FieldType::IntegerOrUnknown { min, max, .. } => {
            json!({ "anyOf": [{ "type": "integer", "minimum": min, "maximum": max }, { "const": "unknown" }] })
        }
        FieldType::Date => json!({ "type": "string", "format": "date" }),
        FieldType::Choice(list) => json!({ "enum": list.codes }),
        FieldType::Choices(list) => json!({ "type": "array", "items": { "enum": list.codes } }),
        FieldType::Reference(kind) => json!({ "type": "string", "format": "uuid", "x-kind": kind }),
        FieldType::References(kind) => {
            json!({ "type": "array", "items": { "type": "string", "format": "uuid" }, "x-kind": kind })
        }
        FieldType::Person => json!({ "type": "string", "format": "uuid", "x-person": true }),
        FieldType::OtherReferences => json!({ "type": "array", "items": { "type": "string" } }),
        FieldType::Place => json!({ "type": "object", "required": ["at", "how"] }),
        FieldType::Ground => json!({ "type": "object", "required": ["shape", "how"] }),
        FieldType::Photos => {
            json!({ "type": "array", "items": { "type": "object", "required": ["sha256", "bytes", "type"] } })
        }
        FieldType::Group(fields) => json!({ "type": "array", "items": object(fields) }),
    }
}
