//! What a device signs besides revisions: its enrolment, and the answer to a hub's challenge.

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::id::{DeviceId, HubId, LedgerId, PersonId};
use crate::keys::{Line, PublicKey};
use crate::time::{AuthorTime, ReceivedAt};

/// A new key's claim to be a person's device, signed by that key: it proves possession.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The programme.
    pub ledger: LedgerId,
    /// The hub that is asked.
    pub hub: HubId,
    /// A new UUID for this browser profile and person.
    pub device: DeviceId,
    /// Who is signed in.
    pub person: PersonId,
    /// The key that signs this.
    pub key: PublicKey,
    /// By the device's clock.
    pub at: AuthorTime,
}

impl Document for Enrolment {
    const LINE: Line = Line::Enrolment;
}

/// A hub's question, which the device signs as it stands: it proves the device without a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The programme.
    pub ledger: LedgerId,
    /// Who asks.
    pub hub: HubId,
    /// Who is asked.
    pub device: DeviceId,
    /// Random text, valid once.
    pub nonce: String,
    /// After this the hub refuses the answer, by the hub's clock.
    pub expires: ReceivedAt,
}

impl Document for Challenge {
    const LINE: Line = Line::Challenge;
}
