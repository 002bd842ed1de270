//! What goes into the ledger, and what comes back.

use std::collections::BTreeMap;

use safelane_ledger::{
    Act, Answer, Digest, KindVersion, LogPoint, PersonId, PublicKey, ReceiptLeaf, ReceivedAt,
    RecordId, Revision, RevisionId, SignedRevision, Submission, Tier, Value, VerifyError,
};

/// A revision whose bytes, bodies and signature hold: the only thing that a device can append.
#[derive(Clone, Debug)]
pub struct Verified {
    signed: SignedRevision,
    revision: Revision,
    bodies: BTreeMap<Tier, Value>,
}

impl Verified {
    /// Checks everything that needs no store; `key` is the device's ([`crate::People::device`]).
    pub fn new(signed: SignedRevision, key: &PublicKey) -> Result<Self, VerifyError> {
        let (revision, bodies) = signed.read()?.verify(key)?;
        Ok(Self {
            signed,
            revision,
            bodies,
        })
    }

    /// The revision.
    pub const fn revision(&self) -> &Revision {
        &self.revision
    }

    /// Its bytes, signature and bodies.
    pub const fn signed(&self) -> &SignedRevision {
        &self.signed
    }

    /// Its bodies, read.
    pub const fn bodies(&self) -> &BTreeMap<Tier, Value> {
        &self.bodies
    }

    /// Its `t1` body.
    pub fn body(&self) -> Option<&Value> {
        self.bodies.get(&Tier::T1)
    }
}

/// A revision that the hub signs with its own key in somebody's name.
///
/// The writer numbers it (`seq`, `prev`), signs it and appends it in one go, so that the hub's chain
/// cannot fork.
#[derive(Clone, Debug)]
pub struct HubDraft {
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: KindVersion,
    /// What it does.
    pub act: Act,
    /// What it replaces or judges.
    pub parents: Vec<RevisionId>,
    /// Canonical bytes of each body, salted ([`safelane_ledger::salt_body`]); `t1` always.
    pub bodies: BTreeMap<Tier, Vec<u8>>,
    /// The press.
    pub submission: Option<Submission>,
    /// In whose name.
    pub author: PersonId,
}

/// One thing to append.
#[derive(Clone, Debug)]
pub enum Item {
    /// A device's revision.
    Device {
        /// The revision.
        verified: Box<Verified>,
        /// If the body failed validation: the salted bytes of the `return` that the hub signs at
        /// once in the same transaction ([`safelane_ledger::ReturnBody`]).
        returned: Option<Vec<u8>>,
    },
    /// The hub's own.
    Hub(Box<HubDraft>),
}

impl From<Verified> for Item {
    fn from(verified: Verified) -> Self {
        Self::Device {
            verified: Box::new(verified),
            returned: None,
        }
    }
}

impl From<HubDraft> for Item {
    fn from(draft: HubDraft) -> Self {
        Self::Hub(Box::new(draft))
    }
}

/// One push: all of it or nothing.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The hub's time.
    pub at: ReceivedAt,
    /// In order; an item sees those before it.
    pub items: Vec<Item>,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The revision.
    pub id: RevisionId,
    /// What the hub answers.
    pub answer: Answer,
    /// SHA-256 of the leaf's bytes, if it has one.
    pub leaf: Option<Digest>,
    /// Since when a held one is kept; the push's own time otherwise.
    pub at: ReceivedAt,
}

impl Answered {
    /// The line of the receipt, if it has one.
    pub const fn receipt_leaf(&self) -> Option<ReceiptLeaf> {
        let (n, leaf) = match (&self.answer, self.leaf) {
            (Answer::Received { n, .. } | Answer::Duplicate { n, .. }, Some(leaf)) => (*n, leaf),
            _ => return None,
        };
        Some(ReceiptLeaf {
            n,
            id: self.id,
            leaf,
        })
    }
}

/// What became of a batch, after the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// One for each item, in order; the hub's `return` of an item has none of its own.
    pub answers: Vec<Answered>,
    /// The log after the batch: what the receipt names.
    pub point: LogPoint,
}
