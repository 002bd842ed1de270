//! Names of things in the ledger. None has a default, so none is ever invented by accident.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A text that is not the name it claims to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct BadName {
    expected: &'static str,
}

impl BadName {
    pub(crate) const fn new(expected: &'static str) -> Self {
        Self { expected }
    }
}

/// Implements text form and serde (as that text) over `to_string` and `parse`.
macro_rules! as_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(input)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use as_text;

macro_rules! hash_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps 32 bytes that are this hash.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The SHA-256 of some bytes.
            pub fn of(bytes: &[u8]) -> Self {
                Self(Sha256::digest(bytes).into())
            }

            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                lower_hex(text).map(Self).ok_or(BadName { expected: "64 lower-case hex digits" })
            }
        }

        as_text!($name);
    };
}

/// Lower-case hex of exactly `N` bytes: one text for one value.
pub(crate) fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (!text.bytes().any(|b| b.is_ascii_uppercase())).then_some(bytes)
}

macro_rules! uuid_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that names this.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                Uuid::try_parse(text)
                    .ok()
                    .map(Self)
                    .filter(|name| name.to_string() == text)
                    .ok_or(BadName { expected: "a UUID in lower case with hyphens" })
            }
        }

        as_text!($name);
    };
}

hash_name! {
    /// The name of a revision: SHA-256 of its exact bytes.
    RevisionId
}
hash_name! {
    /// SHA-256 of a body, a photo or a leaf.
    Digest
}
uuid_name! {
    /// A programme; the same on all its hubs.
    LedgerId
}

/// The first bytes of every demo programme's UUID: `de30de30-…`. Nothing real begins so.
const DEMO_PREFIX: [u8; 4] = [0xde, 0x30, 0xde, 0x30];

impl LedgerId {
    /// The id of a demo programme, from 16 random bytes: whoever sees a revision of it knows that
    /// it is made up, whatever else it says.
    pub fn demo(mut random: [u8; 16]) -> Self {
        random[..4].copy_from_slice(&DEMO_PREFIX);
        Self::new(Uuid::from_bytes(random))
    }

    /// Whether everything of this programme is made up.
    pub fn is_demo(self) -> bool {
        self.uuid().as_bytes().starts_with(&DEMO_PREFIX)
    }
}

uuid_name! {
    /// One thing in the world.
    RecordId
}
uuid_name! {
    /// A person; the name is kept beside the ledger.
    PersonId
}
uuid_name! {
    /// One person in one browser profile, with one key; or a hub with its key.
    DeviceId
}
uuid_name! {
    /// A Safelane server; the same UUID is the [`DeviceId`] of its key.
    HubId
}
uuid_name! {
    /// All that one press submits.
    SubmissionId
}

impl HubId {
    /// The device under which this hub signs revisions.
    pub const fn device(self) -> DeviceId {
        DeviceId(self.0)
    }
}

/// A record kind and the version of its body, written `clearance/1`.
///
/// Kinds that this program does not know pass through unharmed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindVersion {
    name: String,
    version: u32,
}

impl KindVersion {
    /// Accepts a name of lower-case letters, digits and hyphens and a version from 1.
    pub fn new(name: &str, version: u32) -> Result<Self, BadName> {
        let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = (1..=64).contains(&name.len()) && name.bytes().all(letters);
        if !fits || !name.as_bytes()[0].is_ascii_lowercase() || version == 0 {
            return Err(BadName {
                expected: "a kind and version like clearance/1",
            });
        }
        Ok(Self {
            name: name.to_owned(),
            version,
        })
    }

    /// The kind, such as `clearance`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the body, from 1.
    pub const fn version(&self) -> u32 {
        self.version
    }
}

impl fmt::Display for KindVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.version)
    }
}

impl FromStr for KindVersion {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let (name, version) = text.split_once('/').unwrap_or((text, ""));
        let kind = Self::new(name, version.parse().unwrap_or(0))?;
        // One text for one value: no `+1`, no `01`.
        if kind.to_string() == text {
            Ok(kind)
        } else {
            Err(BadName {
                expected: "a kind and version like clearance/1",
            })
        }
    }
}

as_text!(KindVersion);

/// The number that people say, such as `DEMO-0147`: given by the hub when it first receives a record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

impl Reference {
    /// The programme's prefix and the next number, at least four digits.
    pub fn number(prefix: &str, number: u64) -> Result<Self, BadName> {
        format!("{prefix}-{number:04}").parse()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Reference {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadName {
                expected: "a reference",
            })
        }
    }
}

as_text!(Reference);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_is_known_by_the_name_of_its_ledger() {
        assert!(LedgerId::demo([7; 16]).is_demo());
        assert!(!LedgerId::new(Uuid::from_bytes([7; 16])).is_demo());
    }
}
