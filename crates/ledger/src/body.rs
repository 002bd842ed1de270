//! Bodies of judgements and removals, and the salt that every body carries.
//!
//! A body stands beside its revision, which holds only its digest. The salt keeps that digest from
//! betraying a withheld or erased body to somebody who guesses at it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::canonical::{ConvertError, Value, from_value, to_value, write};
use crate::id::{BadName, RecordId, RevisionId, as_text, lower_hex};

/// The key under which a body carries its salt.
pub const SALT_KEY: &str = "salt";

/// 128 random bits, drawn anew for every body by its author's device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// Wraps 16 bytes from a good source of randomness.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Salt {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        lower_hex(text)
            .map(Self)
            .ok_or(BadName::new("32 lower-case hex digits"))
    }
}

as_text!(Salt);

/// The bytes of a body: its fields and the salt.
pub fn salt_body(mut fields: BTreeMap<String, Value>, salt: Salt) -> Vec<u8> {
    fields.insert(SALT_KEY.to_owned(), Value::String(salt.to_string()));
    write(&Value::Object(fields))
}

/// Whether a value can be a body: an object with a salt.
pub fn is_salted(body: &Value) -> bool {
    let salt = body.get(SALT_KEY).and_then(Value::as_str);
    salt.is_some_and(|text| text.parse::<Salt>().is_ok())
}

/// The bytes of a body given as a type, with the salt put in.
pub fn encode_body<T: Serialize>(body: &T, salt: Salt) -> Result<Vec<u8>, ConvertError> {
    match to_value(body)? {
        Value::Object(fields) => Ok(salt_body(fields, salt)),
        _ => Err(ConvertError::Shape(serde::ser::Error::custom(
            "a body is an object",
        ))),
    }
}

/// Reads a body as a type; fields that the type does not know are left aside.
pub fn decode_body<T: DeserializeOwned>(body: &Value) -> Result<T, ConvertError> {
    from_value(body)
}

/// The body of an `approve`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The official statements that the person saw.
    pub officials: Vec<RevisionId>,
    /// Codes of the alarms and checks that the person confirmed by name.
    #[serde(default)]
    pub confirmed: Vec<String>,
}

/// The body of a `return`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnBody {
    /// What the reviewer says.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// What validation found, when a hub returns by itself.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// A reviewer's words about a statement, a field of it, or a vertex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The key of the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The corner that is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertex: Option<Vertex>,
    /// The words.
    pub text: String,
}

/// One corner of a shape, each counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vertex {
    /// Which polygon.
    pub polygon: u32,
    /// Which ring of it; 0 is the outer one.
    pub ring: u32,
    /// Which position of the ring.
    pub vertex: u32,
}

/// One flaw that validation found: a translation key and its arguments, never a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The translation key.
    pub key: String,
    /// What the sentence names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// The key of the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The corner that is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertex: Option<Vertex>,
}

/// The body of a `remove` or a `set-aside`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// A code: `duplicate`, `test`, `wrong-task`, or one of the programme's list.
    pub reason: String,
    /// The person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The record that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<RecordId>,
}
