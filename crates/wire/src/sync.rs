//! Push and pull: the one way in, and the way to a device's own store.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use safelane_ledger::canonical::ConvertError;
use safelane_ledger::{
    Answer, Head, Leaf, ReceivedAt, RevisionId, Signature, SignedRevision, SignedText, Tier,
};

/// `POST`: [`PushRequest`] to [`PushAnswer`].
pub const PUSH: &str = "/api/sync/push";

/// `GET`: [`PullQuery`] to [`PullAnswer`].
pub const PULL: &str = "/api/sync/pull";

/// `GET`: server-sent events, each an [`Event`] as JSON in `data`.
pub const EVENTS: &str = "/api/events";

/// Revisions in one push.
pub const MAX_PUSH_REVISIONS: usize = 500;

/// Bytes of one push.
pub const MAX_PUSH_BYTES: usize = 4 * 1024 * 1024;

/// Entries in one answer to a pull.
pub const MAX_PULL_ENTRIES: usize = 500;

/// A revision as it travels: exact texts, never re-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionText {
    /// The canonical JSON that was signed.
    pub bytes: String,
    /// The device's signature.
    pub signature: Signature,
    /// Each body's canonical JSON, as far as the reader may have it.
    pub bodies: BTreeMap<Tier, String>,
}

impl From<RevisionText> for SignedRevision {
    fn from(text: RevisionText) -> Self {
        Self {
            bytes: text.bytes.into_bytes(),
            signature: text.signature,
            bodies: text
                .bodies
                .into_iter()
                .map(|(tier, body)| (tier, body.into_bytes()))
                .collect(),
        }
    }
}

impl TryFrom<SignedRevision> for RevisionText {
    /// Bytes that are not UTF-8 belong to no revision of ours.
    type Error = std::string::FromUtf8Error;

    fn try_from(signed: SignedRevision) -> Result<Self, Self::Error> {
        let body = |(tier, bytes)| Ok((tier, String::from_utf8(bytes)?));
        Ok(Self {
            bytes: String::from_utf8(signed.bytes)?,
            signature: signed.signature,
            bodies: signed
                .bodies
                .into_iter()
                .map(body)
                .collect::<Result<_, Self::Error>>()?,
        })
    }
}

/// Revisions for the ledger, in the order of their device's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushRequest {
    /// At most [`MAX_PUSH_REVISIONS`], and [`MAX_PUSH_BYTES`] for the whole request.
    pub revisions: Vec<RevisionText>,
}

/// What became of each revision of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAnswer {
    /// One for each revision, in the order of the request.
    pub answers: Vec<RevisionAnswer>,
    /// A signed [`safelane_ledger::Receipt`] naming every revision received or repeated; absent
    /// when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<SignedText>,
}

/// What became of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionAnswer {
    /// SHA-256 of the `bytes` as they came.
    pub id: RevisionId,
    /// The outcome.
    #[serde(flatten)]
    pub answer: Answer,
    /// With `held`: a signed [`safelane_ledger::HeldReceipt`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_receipt: Option<SignedText>,
}

/// What a device asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullQuery {
    /// Leaves after this number.
    pub after: u64,
    /// The largest size of this hub's log that the device saw: the answer gives the head there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
    /// The size that a receipt told since, and that no page has been compared with yet: the answer
    /// gives the head there too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<u64>,
    /// Fewer entries than [`MAX_PULL_ENTRIES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Part of the log, in its order, limited to the person's scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullAnswer {
    /// As asked.
    pub after: u64,
    /// All of the scope up to this leaf is in this answer or an earlier one; ask on from here.
    pub upto: u64,
    /// A signed [`safelane_ledger::SignedHead`]: the log's size and head, and the hub's time.
    pub head: SignedText,
    /// The head at the size `seen`; absent when the log is shorter, or nothing was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_head: Option<Head>,
    /// The same at the size `told`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_head: Option<Head>,
    /// Which copy of its data the hub runs on: another text after every restore, absent before the
    /// first. What it held and its photos may be gone also where the log is as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    /// What this person may read.
    pub scope: Scope,
    /// The revisions.
    pub entries: Vec<PullEntry>,
    /// Whether the scope has more after `upto`.
    pub more: bool,
}

/// One leaf and its revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullEntry {
    /// The leaf's exact text: its number, verdict, time and reference.
    pub leaf: String,
    /// The revision.
    pub revision: RevisionText,
}

impl PullEntry {
    /// The leaf, read from its text.
    pub fn leaf(&self) -> Result<Leaf, ConvertError> {
        Leaf::from_bytes(self.leaf.as_bytes())
    }
}

/// What a person may read. When the version changes the device pulls from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Any text; compared for equality alone.
    pub version: String,
    /// Where knowledge ends; absent when the whole programme is in scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<Outline>,
}

/// Polygons, their rings, their positions as `[longitude, latitude]` in 1e-7 degree.
pub type Outline = Vec<Vec<Vec<[i64; 2]>>>;

/// The log grew: pull. The event carries no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The log's size.
    pub n: u64,
    /// The hub's time.
    pub now: ReceivedAt,
}
