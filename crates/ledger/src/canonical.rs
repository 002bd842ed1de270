//! Exact bytes: RFC 8785 (JCS) narrowed to objects with ASCII keys, arrays, strings, booleans and
//! integers below 2^53.
//!
//! No `null`, fraction, exponent, duplicate key, lone surrogate or U+0000; at most
//! [`MAX_DEPTH`] levels. Within this subset the canonical form is easy to make with any JSON tool:
//! keys sorted by byte, no white space, only the escapes that JSON demands.

mod read;
mod write;

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use read::parse;
pub use write::write;

/// Levels of nested objects and arrays that are read.
pub const MAX_DEPTH: usize = 64;

/// The largest magnitude of an integer, 2^53 - 1: what every JSON tool reads without loss.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// A value that has a canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Keys are ASCII; the map's order is the canonical one.
    Object(BTreeMap<String, Value>),
    /// Values in their given order.
    Array(Vec<Value>),
    /// Unicode text without U+0000.
    String(String),
    /// Within [`MAX_INTEGER`] of zero.
    Integer(i64),
    /// `true` or `false`.
    Bool(bool),
}

impl Value {
    /// The member `key` of an object; `None` for any other value.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(list) => Some(list),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is an integer.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth, if this is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }
}

/// Why bytes are not canonical, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{flaw} at byte {offset}")]
pub struct NotCanonical {
    /// Byte offset of the first flaw.
    pub offset: usize,
    /// What is wrong there.
    pub flaw: Flaw,
}

/// What can be wrong with bytes that claim to be canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not JSON.
    #[error("not JSON")]
    Syntax,
    /// Bytes that are not UTF-8.
    #[error("invalid UTF-8")]
    Utf8,
    /// `null`: an absent value is left out.
    #[error("null (leave the key out instead)")]
    Null,
    /// A fraction or an exponent.
    #[error("a number that is not an integer")]
    NotAnInteger,
    /// An integer of 2^53 or more.
    #[error("an integer of 2^53 or more")]
    IntegerTooLarge,
    /// The same key twice in one object.
    #[error("a key given twice")]
    DuplicateKey,
    /// A key outside ASCII.
    #[error("a key that is not ASCII")]
    NonAsciiKey,
    /// Half of a surrogate pair.
    #[error("half of a surrogate pair")]
    LoneSurrogate,
    /// U+0000, which a PostgreSQL text cannot hold.
    #[error("the character U+0000")]
    NulCharacter,
    /// More than [`MAX_DEPTH`] levels.
    #[error("nested too deep")]
    TooDeep,
    /// JSON of the subset, written another way (order, white space, escapes, `-0`).
    #[error("not the canonical form")]
    Form,
}

/// Why a value of ours has no canonical bytes, or canonical bytes are not that type.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The bytes are not canonical, or the value holds a fraction, a null or an odd key.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// The value does not have the shape of the type.
    #[error("not the expected shape: {0}")]
    Shape(#[from] serde_json::Error),
}

/// Whether these bytes are their own canonical form.
pub fn is_canonical(bytes: &[u8]) -> bool {
    parse_canonical(bytes).is_ok()
}

/// Reads bytes that must be their own canonical form.
pub fn parse_canonical(bytes: &[u8]) -> Result<Value, NotCanonical> {
    let value = parse(bytes)?;
    let canonical = write(&value);
    if canonical == bytes {
        return Ok(value);
    }
    let offset = canonical
        .iter()
        .zip(bytes)
        .take_while(|(a, b)| a == b)
        .count();
    Err(NotCanonical {
        offset,
        flaw: Flaw::Form,
    })
}

/// The canonical bytes of anything that serialises within the subset.
///
/// Refuses `None` that is not skipped, floats, and non-ASCII keys.
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, ConvertError> {
    Ok(write(&to_value(value)?))
}

/// The [`Value`] of anything that serialises within the subset.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ConvertError> {
    // By way of text, so that one parser alone decides what belongs to the subset.
    Ok(parse(&serde_json::to_vec(value)?)?)
}

/// Reads a type from bytes that must be canonical.
pub fn from_canonical<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ConvertError> {
    parse_canonical(bytes)?;
    read_shape(bytes)
}

/// Reads a type from a value.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, ConvertError> {
    read_shape(&write(value))
}

/// Reads a type from JSON bytes, without a look at their form.
///
/// By way of text, because the app reads text everywhere else: serde's readers are compiled once for each
/// sort of input, and a phone fetches every one of them.
pub(crate) fn read_shape<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ConvertError> {
    let text =
        std::str::from_utf8(bytes).map_err(<serde_json::Error as serde::de::Error>::custom)?;
    Ok(serde_json::from_str(text)?)
}
