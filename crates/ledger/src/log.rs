//! A hub's log: leaves, heads, receipts, and what a hub answers to each revision.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::canonical::{ConvertError, from_canonical, to_canonical};
use crate::document::Document;
use crate::id::{Digest, HubId, LedgerId, PersonId, Reference, RevisionId};
use crate::keys::Line;
use crate::time::ReceivedAt;

/// What a person may be in a programme; the permission table says what each may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the hub; judges nothing.
    Administrator,
    /// Reviews what comes in.
    Coordinator,
    /// Holds the release right.
    Approver,
    /// Reports from the field.
    Field,
    /// Reads.
    Viewer,
    /// A hub's own key: `import`, and the return of a body that validation refuses.
    Hub,
}

/// The rights of a revision's author, judged once, by the first hub that received it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The author's roles at receipt.
    pub roles: BTreeSet<Role>,
    /// Who let a held revision in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted_by: Option<PersonId>,
}

impl Verdict {
    /// The verdict on a revision that came in by right.
    pub fn with_roles(roles: impl IntoIterator<Item = Role>) -> Self {
        Self {
            roles: roles.into_iter().collect(),
            admitted_by: None,
        }
    }
}

/// Entry `n` of a hub's log. Its canonical bytes are what the head covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// Counted from 1 without a gap, so that the last `n` is the log's size.
    pub n: u64,
    /// The revision.
    pub id: RevisionId,
    /// When the first hub received it.
    pub received: ReceivedAt,
    /// Its author's rights, as the first hub judged them.
    pub verdict: Verdict,
    /// The record's number, on the leaf of the record's first revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The first hub.
    pub hub: HubId,
}

impl Leaf {
    /// The exact bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ConvertError> {
        to_canonical(self)
    }

    /// Reads exact bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ConvertError> {
        from_canonical(bytes)
    }
}

/// The log's head: SHA-256 of the previous head and the newest leaf's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Head(Digest);

impl Head {
    /// The head of a log without a leaf.
    pub const EMPTY: Self = Self(Digest::from_bytes([0; 32]));

    /// A head that was stored.
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// The head after one more leaf.
    #[must_use]
    pub fn next(self, leaf: &[u8]) -> Self {
        let mut both = Vec::with_capacity(32 + leaf.len());
        both.extend_from_slice(self.0.as_bytes());
        both.extend_from_slice(leaf);
        Self(Digest::of(&both))
    }

    /// The hash.
    pub const fn digest(self) -> Digest {
        self.0
    }
}

/// How much of a hub's log is known: the number of leaves and the head over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPoint {
    /// Leaves.
    pub size: u64,
    /// The head over them.
    pub head: Head,
}

impl LogPoint {
    /// Before the first leaf.
    pub const START: Self = Self {
        size: 0,
        head: Head::EMPTY,
    };

    /// After one more leaf.
    #[must_use]
    pub fn next(self, leaf: &[u8]) -> Self {
        Self {
            size: self.size + 1,
            head: self.head.next(leaf),
        }
    }
}

/// One leaf as a receipt names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptLeaf {
    /// Its number.
    pub n: u64,
    /// The revision.
    pub id: RevisionId,
    /// SHA-256 of the leaf's bytes.
    pub leaf: Digest,
}

/// A hub's promise that revisions are in its log: one for each push, new and repeated alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Who promises.
    pub hub: HubId,
    /// The programme.
    pub ledger: LedgerId,
    /// The leaves of the revisions pushed.
    pub leaves: Vec<ReceiptLeaf>,
    /// Leaves in the log after the push.
    pub size: u64,
    /// The head over them.
    pub head: Head,
    /// The hub's time.
    pub at: ReceivedAt,
}

impl Receipt {
    /// How much log the hub vouches for.
    pub const fn point(&self) -> LogPoint {
        LogPoint {
            size: self.size,
            head: self.head,
        }
    }

    /// The leaf of a revision, if this receipt covers it.
    pub fn leaf_of(&self, id: RevisionId) -> Option<&ReceiptLeaf> {
        self.leaves.iter().find(|leaf| leaf.id == id)
    }
}

impl Document for Receipt {
    const LINE: Line = Line::Receipt;
}

/// A hub's statement that it keeps a revision outside the ledger, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldReceipt {
    /// Who says so.
    pub hub: HubId,
    /// The programme.
    pub ledger: LedgerId,
    /// The revision.
    pub id: RevisionId,
    /// Why.
    pub reason: HeldReason,
    /// The hub's time.
    pub at: ReceivedAt,
}

impl Document for HeldReceipt {
    const LINE: Line = Line::Held;
}

/// A hub's own statement of its log, for devices and witnesses to compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// Whose log.
    pub hub: HubId,
    /// The programme.
    pub ledger: LedgerId,
    /// Leaves in the log.
    pub size: u64,
    /// The head over them.
    pub head: Head,
    /// The hub's time.
    pub at: ReceivedAt,
}

impl Document for SignedHead {
    const LINE: Line = Line::Head;
}

/// Why a revision is kept outside the ledger; a coordinator may admit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldReason {
    /// The author may not do this act on this kind.
    AuthorWithoutRight,
    /// The revision names a person who is not the device's.
    AuthorMismatch,
    /// The device was revoked.
    DeviceRevoked,
    /// Another revision with the same device and number is here already.
    Fork,
    /// The device is held since a fork and must be enrolled anew.
    DeviceHeld,
    /// The record has more open versions than a person could choose from.
    TooManyHeads,
}

/// Why nothing was kept of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedReason {
    /// The bytes, or a body's, are not their own canonical form.
    NotCanonical,
    /// Canonical, but not a revision: an unknown field, a wrong act, a missing parent list.
    Malformed,
    /// A body's bytes do not match the digest that was signed.
    BodyMismatch,
    /// A body that the revision names was not sent.
    BodyMissing,
    /// The signature is not the device's.
    BadSignature,
    /// No such device is enrolled.
    UnknownDevice,
    /// The device's key is weak.
    WeakKey,
    /// More bytes than a revision may have.
    TooLarge,
    /// The revision belongs to another programme.
    WrongLedger,
    /// A demo's revision for a real programme, or the reverse.
    DemoMismatch,
    /// An approval of a part of a submission, or of one that is not complete: all or none.
    PartOfSubmission,
    /// An approval of what a check forbids to approve.
    BlockedByCheck,
}

/// What a hub answers to one revision of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// In the ledger, as leaf `n`.
    Received {
        /// The leaf.
        n: u64,
        /// The record's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// In the ledger since an earlier push, as leaf `n`.
    Duplicate {
        /// The leaf.
        n: u64,
        /// The record's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// Kept outside the ledger.
    Held {
        /// Why.
        reason: HeldReason,
    },
    /// Nothing kept.
    Refused {
        /// Why.
        reason: RefusedReason,
    },
}
