//! Revisions: their exact bytes, and the way from bytes to one that is verified.

mod draft;
mod envelope;
mod signed;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::canonical::{ConvertError, NotCanonical};
use crate::id::{
    DeviceId, Digest, KindVersion, LedgerId, PersonId, RecordId, RevisionId, SubmissionId,
};
use crate::keys::KeyError;
use crate::time::AuthorTime;

pub use draft::{Draft, Unsigned};
pub use envelope::{MAX_PARENTS, MAX_SUBMISSION};
pub use signed::{MAX_BODY_BYTES, MAX_REVISION_BYTES, SignedRevision, Unverified};

use envelope::Envelope;

/// What a revision does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// States a record's whole body.
    Put,
    /// States that a record which described the world is to leave it.
    Remove,
    /// States that a record is no statement about the world: a duplicate, a test, a wrong task.
    SetAside,
    /// A `put` by a hub's key that stands without a judgement.
    Import,
    /// Judges a statement good.
    Approve,
    /// Sends a statement back.
    Return,
}

impl Act {
    /// Statements say something about the world; the others judge a statement.
    pub const fn is_statement(self) -> bool {
        matches!(
            self,
            Self::Put | Self::Remove | Self::SetAside | Self::Import
        )
    }
}

/// How widely a body may be read; each tier's body stands for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Partners; every revision has a body of this tier.
    T1,
    /// Restricted.
    T2,
    /// Secret: personal data, sealed.
    T3,
}

/// Which press this revision belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// The same for all revisions of one press.
    pub id: SubmissionId,
    /// How many there are, this one included.
    pub count: u32,
}

/// What is known here of one body of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyState {
    /// Here, and its digest holds.
    Held,
    /// Not held here: withheld from this reader, or not asked for.
    NotHere,
    /// Erased by a recorded act.
    Erased,
}

/// One immutable signed act about a record. Whoever holds one knows that its structure is sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    id: RevisionId,
    envelope: Envelope,
}

impl Revision {
    /// SHA-256 of its exact bytes.
    pub const fn id(&self) -> RevisionId {
        self.id
    }

    /// The programme.
    pub const fn ledger(&self) -> LedgerId {
        self.envelope.ledger
    }

    /// The record that it is about.
    pub const fn record(&self) -> RecordId {
        self.envelope.record
    }

    /// The record's kind, with the version of the body of a statement.
    pub const fn kind(&self) -> &KindVersion {
        &self.envelope.kind
    }

    /// What it does.
    pub const fn act(&self) -> Act {
        self.envelope.act
    }

    /// What a statement replaces, or the statement that is judged.
    pub fn parents(&self) -> &[RevisionId] {
        &self.envelope.parents
    }

    /// The digest of each body.
    pub const fn bodies(&self) -> &BTreeMap<Tier, Digest> {
        &self.envelope.bodies
    }

    /// The press that it belongs to, if there was more than one revision.
    pub const fn submission(&self) -> Option<Submission> {
        self.envelope.submission
    }

    /// Who says so.
    pub const fn author(&self) -> PersonId {
        self.envelope.author
    }

    /// Whose key signed.
    pub const fn device(&self) -> DeviceId {
        self.envelope.device
    }

    /// The device's count, from 1.
    pub const fn seq(&self) -> u64 {
        self.envelope.seq
    }

    /// The device's previous revision; absent for its first.
    pub const fn prev(&self) -> Option<RevisionId> {
        self.envelope.prev
    }

    /// When, by the author's clock.
    pub const fn at(&self) -> AuthorTime {
        self.envelope.at
    }
}

/// Why an envelope is canonical and yet no revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StructureError {
    /// Another version of the envelope than 1.
    #[error("an envelope of version {0}, which this program does not know")]
    Version(u64),
    /// A judgement of none or several statements.
    #[error("a judgement has exactly one parent")]
    JudgementParents,
    /// Ending a record without naming what it ends.
    #[error("a removal names the statements that it ends")]
    RemovalParents,
    /// The same parent twice, or more than [`MAX_PARENTS`].
    #[error("parents are given twice, or too many")]
    Parents,
    /// No `t1` body.
    #[error("a revision has a t1 body")]
    NoBody,
    /// `seq` is 0, or `prev` is absent or present against the rule.
    #[error("seq counts from 1, and prev is absent in the first revision alone")]
    Sequence,
    /// A submission of none or of more than [`MAX_SUBMISSION`].
    #[error("a submission counts from 1 to {MAX_SUBMISSION}")]
    Submission,
}

/// Why a revision that came in is not one.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// More than [`MAX_REVISION_BYTES`], or a body of more than [`MAX_BODY_BYTES`].
    #[error("the revision or one of its bodies is too large")]
    TooLarge,
    /// The bytes are not their own canonical form.
    #[error("not canonical: {0}")]
    NotCanonical(#[from] NotCanonical),
    /// Canonical, but with unknown, missing or mistyped fields.
    #[error("not a revision: {0}")]
    Shape(#[source] ConvertError),
    /// The fields contradict each other.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// A body of a tier that the revision does not name.
    #[error("a body that the revision does not name")]
    UnknownBody(Tier),
    /// A body with another digest than the one signed.
    #[error("a body does not match its digest")]
    BodyMismatch(Tier),
    /// A body that is no object with a salt.
    #[error("a body is an object with a salt")]
    BodyShape(Tier),
    /// No key is known for the device: neither good nor bad.
    #[error("device {0} is not known here")]
    UnknownDevice(DeviceId),
    /// The signature does not hold.
    #[error(transparent)]
    Key(#[from] KeyError),
}
