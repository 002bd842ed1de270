//! Revisions as they travel and are stored, and how they are verified.

use std::collections::{BTreeMap, BTreeSet};

use super::envelope::Envelope;
use super::{BodyState, Revision, Tier, VerifyError};
use crate::body::is_salted;
use crate::canonical::{Value, parse_canonical, read_shape};
use crate::id::{Digest, RevisionId};
use crate::keys::{Line, PublicKey, Signature};

/// Bytes of an envelope; 64 parents fit.
pub const MAX_REVISION_BYTES: usize = 8 * 1024;

/// Bytes of one body: a boundary of some 60,000 vertices.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// Exact bytes, a signature, and those bodies that are at hand. Nothing is known of it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRevision {
    /// What was signed and hashed; never re-encoded.
    pub bytes: Vec<u8>,
    /// By the device.
    pub signature: Signature,
    /// Each body's exact bytes.
    pub bodies: BTreeMap<Tier, Vec<u8>>,
}

impl SignedRevision {
    /// The id, whether or not the rest holds.
    pub fn id(&self) -> RevisionId {
        RevisionId::of(&self.bytes)
    }

    /// Checks all but the signature.
    pub fn read(&self) -> Result<Unverified<'_>, VerifyError> {
        let too_large = |body: &Vec<u8>| body.len() > MAX_BODY_BYTES;
        if self.bytes.len() > MAX_REVISION_BYTES || self.bodies.values().any(too_large) {
            return Err(VerifyError::TooLarge);
        }
        parse_canonical(&self.bytes)?;
        let envelope: Envelope = read_shape(&self.bytes).map_err(VerifyError::Shape)?;
        envelope.check()?;
        let mut bodies = BTreeMap::new();
        for (&tier, bytes) in &self.bodies {
            let digest = envelope
                .bodies
                .get(&tier)
                .ok_or(VerifyError::UnknownBody(tier))?;
            if Digest::of(bytes) != *digest {
                return Err(VerifyError::BodyMismatch(tier));
            }
            let body = parse_canonical(bytes)?;
            if !is_salted(&body) {
                return Err(VerifyError::BodyShape(tier));
            }
            bodies.insert(tier, body);
        }
        let revision = Revision {
            id: self.id(),
            envelope,
        };
        Ok(Unverified {
            signed: self,
            revision,
            bodies,
        })
    }

    /// The revision, if `key` signed it and all that is at hand holds.
    pub fn verify(&self, key: &PublicKey) -> Result<Revision, VerifyError> {
        Ok(self.read()?.verify(key)?.0)
    }
}

/// A revision whose structure and bodies hold and whose signature is still to be checked.
#[derive(Debug)]
pub struct Unverified<'a> {
    signed: &'a SignedRevision,
    revision: Revision,
    bodies: BTreeMap<Tier, Value>,
}

impl Unverified<'_> {
    /// What it claims; its device is the one whose key is wanted.
    pub const fn claim(&self) -> &Revision {
        &self.revision
    }

    /// The bodies named that are not at hand.
    pub fn missing_bodies(&self) -> impl Iterator<Item = Tier> {
        self.revision
            .bodies()
            .keys()
            .copied()
            .filter(|tier| !self.bodies.contains_key(tier))
    }

    /// What is known of each body, given those that a recorded act erased.
    pub fn body_states(&self, erased: &BTreeSet<Tier>) -> BTreeMap<Tier, BodyState> {
        let state = |tier: &Tier| match (self.bodies.contains_key(tier), erased.contains(tier)) {
            (true, _) => BodyState::Held,
            (false, true) => BodyState::Erased,
            (false, false) => BodyState::NotHere,
        };
        self.revision
            .bodies()
            .keys()
            .map(|tier| (*tier, state(tier)))
            .collect()
    }

    /// The revision and its bodies, if `key` signed it.
    pub fn verify(self, key: &PublicKey) -> Result<(Revision, BTreeMap<Tier, Value>), VerifyError> {
        key.verify(Line::Revision, &self.signed.bytes, &self.signed.signature)?;
        Ok((self.revision, self.bodies))
    }

    /// The same with the key looked up; a device without one is neither good nor bad.
    pub fn verify_with(
        self,
        key_of: impl FnOnce(crate::DeviceId) -> Option<PublicKey>,
    ) -> Result<(Revision, BTreeMap<Tier, Value>), VerifyError> {
        let device = self.revision.device();
        let key = key_of(device).ok_or(VerifyError::UnknownDevice(device))?;
        self.verify(&key)
    }
}
