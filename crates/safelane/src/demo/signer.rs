//! Made-up devices: each a person's key with its own chain of numbers.

use std::collections::BTreeMap;

use safelane_ledger::body::encode_body;
use safelane_ledger::{
    Act, AuthorTime, DeviceId, Digest, Draft, KindVersion, LedgerId, PersonId, PublicKey, RecordId,
    RevisionId, Salt, SignedRevision, SigningKey, Submission, Tier,
};
use serde::Serialize;

/// One device of the demo.
pub struct Signer {
    pub person: PersonId,
    pub device: DeviceId,
    ledger: LedgerId,
    key: SigningKey,
    entropy: [u8; 32],
    seq: u64,
    prev: Option<RevisionId>,
}

impl Signer {
    /// A device whose key and salts follow from `entropy`: 32 random bytes drawn by the caller.
    pub fn new(
        ledger: LedgerId,
        person: PersonId,
        device: DeviceId,
        label: &str,
        entropy: &[u8; 32],
    ) -> Self {
        let seed = Digest::of(&[entropy, label.as_bytes()].concat());
        Self {
            person,
            device,
            ledger,
            key: SigningKey::from_seed(seed.as_bytes()),
            entropy: *Digest::of(seed.as_bytes()).as_bytes(),
            seq: 0,
            prev: None,
        }
    }

    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Signs one revision and counts on.
    pub fn sign(
        &mut self,
        act: Act,
        (record, kind): (RecordId, &str),
        parents: Vec<RevisionId>,
        body: &impl Serialize,
        submission: Option<Submission>,
        at: AuthorTime,
    ) -> anyhow::Result<SignedRevision> {
        self.seq += 1;
        let draft = Draft {
            ledger: self.ledger,
            record,
            kind: KindVersion::new(kind, 1)?,
            act,
            parents,
            bodies: BTreeMap::from([(Tier::T1, encode_body(body, self.salt())?)]),
            submission,
            author: self.person,
            device: self.device,
            seq: self.seq,
            prev: self.prev,
            at,
        };
        let unsigned = draft.finish()?;
        self.prev = Some(unsigned.id());
        Ok(unsigned.sign(&self.key))
    }

    fn salt(&self) -> Salt {
        let digest = Digest::of(&[&self.entropy[..], &self.seq.to_be_bytes()].concat());
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest.as_bytes()[..16]);
        Salt::from_bytes(salt)
    }
}
