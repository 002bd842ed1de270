//! From fields to exact bytes to a signature, wherever the key lives.

use std::collections::BTreeMap;

use super::envelope::{Envelope, VERSION};
use super::{Act, Revision, SignedRevision, StructureError, Submission, Tier};
use crate::canonical::{Value, to_value, write};
use crate::id::{DeviceId, Digest, KindVersion, LedgerId, PersonId, RecordId, RevisionId};
use crate::keys::{Line, Signature, SigningKey};
use crate::time::AuthorTime;

/// All fields of a revision before it is signed, with its bodies.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The programme.
    pub ledger: LedgerId,
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: KindVersion,
    /// What it does.
    pub act: Act,
    /// What it replaces or judges.
    pub parents: Vec<RevisionId>,
    /// Canonical bytes of each body ([`crate::salt_body`]); `t1` always.
    pub bodies: BTreeMap<Tier, Vec<u8>>,
    /// The press.
    pub submission: Option<Submission>,
    /// Who says so.
    pub author: PersonId,
    /// Whose key will sign.
    pub device: DeviceId,
    /// The device's next number, from 1.
    pub seq: u64,
    /// The device's previous revision.
    pub prev: Option<RevisionId>,
    /// By the author's clock.
    pub at: AuthorTime,
}

impl Draft {
    /// Fixes the bytes. What remains is to sign [`Unsigned::signing_message`].
    pub fn finish(self) -> Result<Unsigned, StructureError> {
        let envelope = Envelope {
            v: VERSION,
            ledger: self.ledger,
            record: self.record,
            kind: self.kind,
            act: self.act,
            parents: self.parents,
            bodies: self
                .bodies
                .iter()
                .map(|(tier, body)| (*tier, Digest::of(body)))
                .collect(),
            submission: self.submission,
            author: self.author,
            device: self.device,
            seq: self.seq,
            prev: self.prev,
            at: self.at,
        };
        envelope.check()?;
        // A number of 2^53 or more is all that could still have no canonical form.
        let value = to_value(&envelope).map_err(|_| StructureError::Sequence)?;
        Ok(Unsigned::new(envelope, &value, self.bodies))
    }
}

/// A revision with its exact bytes that lacks only the signature.
#[derive(Clone, Debug)]
pub struct Unsigned {
    revision: Revision,
    bytes: Vec<u8>,
    bodies: BTreeMap<Tier, Vec<u8>>,
}

impl Unsigned {
    fn new(envelope: Envelope, value: &Value, bodies: BTreeMap<Tier, Vec<u8>>) -> Self {
        let bytes = write(value);
        Self {
            revision: Revision {
                id: RevisionId::of(&bytes),
                envelope,
            },
            bytes,
            bodies,
        }
    }

    /// The id that it will have.
    pub const fn id(&self) -> RevisionId {
        self.revision.id
    }

    /// The revision as it will read.
    pub const fn revision(&self) -> &Revision {
        &self.revision
    }

    /// The exact bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a key must sign: the context line, a line feed and the 32 bytes of the id.
    pub fn signing_message(&self) -> Vec<u8> {
        Line::Revision.message(&self.bytes)
    }

    /// Puts a signature from elsewhere (`WebCrypto`) on it; nothing is checked here.
    pub fn assemble(self, signature: Signature) -> SignedRevision {
        SignedRevision {
            bytes: self.bytes,
            signature,
            bodies: self.bodies,
        }
    }

    /// Signs with a key at hand.
    pub fn sign(self, key: &SigningKey) -> SignedRevision {
        let signature = key.sign(Line::Revision, &self.bytes);
        self.assemble(signature)
    }
}
