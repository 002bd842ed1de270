//! The fields of a revision as they are signed, and the rules between them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Act, StructureError, Submission, Tier};
use crate::id::{DeviceId, Digest, KindVersion, LedgerId, PersonId, RecordId, RevisionId};
use crate::time::AuthorTime;

/// The version of the envelope that this program writes and reads.
pub(super) const VERSION: u64 = 1;

/// Statements that one merge can replace.
pub const MAX_PARENTS: usize = 64;

/// Revisions that one press can submit.
pub const MAX_SUBMISSION: u32 = 500;

/// All that the id and the signature cover. An unknown field is refused: it would mean something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Envelope {
    pub v: u64,
    pub ledger: LedgerId,
    pub record: RecordId,
    pub kind: KindVersion,
    pub act: Act,
    pub parents: Vec<RevisionId>,
    pub bodies: BTreeMap<Tier, Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<Submission>,
    pub author: PersonId,
    pub device: DeviceId,
    pub seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<RevisionId>,
    pub at: AuthorTime,
}

impl Envelope {
    /// The rules between the fields.
    pub fn check(&self) -> Result<(), StructureError> {
        if self.v != VERSION {
            return Err(StructureError::Version(self.v));
        }
        let distinct: BTreeSet<_> = self.parents.iter().collect();
        if distinct.len() != self.parents.len() || self.parents.len() > MAX_PARENTS {
            return Err(StructureError::Parents);
        }
        match self.act {
            Act::Approve | Act::Return if self.parents.len() != 1 => {
                return Err(StructureError::JudgementParents);
            }
            Act::Remove | Act::SetAside if self.parents.is_empty() => {
                return Err(StructureError::RemovalParents);
            }
            Act::Approve | Act::Return | Act::Remove | Act::SetAside | Act::Put | Act::Import => {}
        }
        if !self.bodies.contains_key(&Tier::T1) {
            return Err(StructureError::NoBody);
        }
        if self.seq == 0 || (self.seq == 1) != self.prev.is_none() {
            return Err(StructureError::Sequence);
        }
        if self
            .submission
            .is_some_and(|s| s.count == 0 || s.count > MAX_SUBMISSION)
        {
            return Err(StructureError::Submission);
        }
        Ok(())
    }
}
