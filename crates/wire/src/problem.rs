//! Problems as the API tells them: RFC 9457, with codes that never change.
//!
//! The table below is the only source of codes, statuses and titles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The media type of a [`Problem`].
pub const CONTENT_TYPE: &str = "application/problem+json";

/// What went wrong, what is kept, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:safelane:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of this code, in English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This occurrence: what happened, what is kept, what to do next.
    pub detail: String,
    /// What a program decides by.
    pub code: Code,
    /// Problems of single fields, all at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The field's key, or a JSON pointer.
    pub field: String,
    /// A translation key.
    pub key: String,
    /// What the sentence names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Problem {
    /// A problem of this code with the words for this occurrence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:safelane:problem:{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code,
            fields: Vec::new(),
        }
    }

    /// With the problems of single fields.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldProblem>) -> Self {
        self.fields = fields;
        self
    }
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// A problem's stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $code)] $name,)+
            /// A code that this program does not know yet; the status says the most.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Code {
            /// All codes of the table.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ Self::Unknown => "unknown" }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ Self::Unknown => 500 }
            }

            /// The title, in English.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ Self::Unknown => "Unknown problem" }
            }
        }
    };
}

problems! {
    /// Not JSON, an unknown field, a wrong type.
    BadRequest = "bad-request", 400, "The request could not be read";
    /// A parameter of the address that is unknown or out of its bounds.
    BadParameter = "bad-parameter", 400, "A parameter could not be read";
    /// Nobody is signed in.
    SignInNeeded = "sign-in-needed", 401, "Sign in first";
    /// A device's session asks to read.
    PasswordNeeded = "password-needed", 401, "Give the password again to read";
    /// Name or password.
    WrongPassword = "wrong-password", 401, "Name or password is wrong";
    /// The proof of a device does not hold.
    ProofFailed = "proof-failed", 401, "The device could not prove itself";
    /// An invitation that was used or is too old.
    InviteUsed = "invite-used", 410, "The link was used or has run out";
    /// Signed in, without the right.
    NotAllowed = "not-allowed", 403, "Not allowed";
    /// The device was revoked or is held.
    DeviceRevoked = "device-revoked", 403, "This device may not send any more";
    /// A request from another site.
    ForeignOrigin = "foreign-origin", 403, "The request came from another site";
    /// No such thing, or not for this reader.
    NotFound = "not-found", 404, "Not found";
    /// The address exists for other methods.
    MethodNotAllowed = "method-not-allowed", 405, "Not possible here";
    /// No representation that the client accepts.
    NotAcceptable = "not-acceptable", 406, "No such format";
    /// Something changed meanwhile.
    Conflict = "conflict", 409, "Changed meanwhile";
    /// The upload does not go on from where the hub is.
    WrongOffset = "wrong-offset", 409, "The upload goes on at another byte";
    /// A body larger than the limit.
    TooLarge = "too-large", 413, "Too large";
    /// A media type that is not taken here.
    UnsupportedMediaType = "unsupported-media-type", 415, "This type of file is not taken";
    /// Read, but against the rules; `fields` has all of it.
    Invalid = "invalid", 422, "Some values cannot be accepted";
    /// A file's bytes do not have the hash of its name.
    HashMismatch = "hash-mismatch", 422, "The file does not have the hash of its name";
    /// An import file that could not be read.
    UnreadableFile = "unreadable-file", 422, "The file could not be read";
    /// Too many tries.
    TooManyRequests = "too-many-requests", 429, "Too many requests; wait a little";
    /// The answer would be behind the log number asked for.
    NotYet = "not-yet", 503, "The answer is not ready yet";
    /// The disk is full or read-only; nothing was taken.
    StorageFull = "storage-full", 507, "The disk is full";
    /// The disk failed; nothing was taken, and the server ends.
    StorageFailed = "storage-failed", 503, "The disk failed";
    /// A fault of ours; the log of the server has the cause.
    Internal = "internal", 500, "A fault in the server";
}
