//! Devices, and what people may do: derived from official `device` and `grant` records in the
//! transaction that touches them, so that rights are judged against the present.
//!
//! The record of a device has the device's own UUID: `RecordId == DeviceId`. A grant is about the
//! person that its body names; several grants of one person add up.

use std::collections::BTreeSet;

use async_trait::async_trait;
use safelane_ledger::{DeviceId, PersonId, PublicKey, ReceivedAt, RecordId, Role, Value};

use crate::error::StoreResult;

/// Whether a device may add to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// It may.
    Active,
    /// Revoked: what it sends is held.
    Revoked,
    /// Its chain has forked: what it sends is held until its person enrols anew.
    Held,
}

/// A device that is enrolled, or the hub itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The device.
    pub device: DeviceId,
    /// Whose; for the hub's own key nobody's, since it signs in the name of others.
    pub person: Option<PersonId>,
    /// Its key, which never changes.
    pub key: PublicKey,
    /// What is written on it.
    pub label: String,
    /// Whether it may add to the ledger.
    pub state: DeviceState,
    /// When the hub received the first statement about it; none for the hub itself.
    pub enrolled: Option<ReceivedAt>,
    /// When the hub last received a revision from it.
    pub heard: Option<ReceivedAt>,
}

/// What a person may be at present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Roles.
    pub roles: BTreeSet<Role>,
    /// Organisation.
    pub organisation: Option<RecordId>,
    /// Team.
    pub team: Option<RecordId>,
}

/// One official grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The grant's record.
    pub record: RecordId,
    /// To whom.
    pub person: PersonId,
    /// What.
    pub rights: Rights,
}

/// Who may sign, and who may do what.
#[async_trait]
pub trait People: Send + Sync {
    /// A device, or the hub itself under [`safelane_ledger::HubId::device`].
    async fn device(&self, device: DeviceId) -> StoreResult<Option<DeviceInfo>>;

    /// Every device, the longest silent first; the hub's own is left out.
    async fn devices(&self) -> StoreResult<Vec<DeviceInfo>>;

    /// What a person may be; nothing for a stranger.
    async fn rights(&self, person: PersonId) -> StoreResult<Rights>;

    /// Every official grant.
    async fn grants(&self) -> StoreResult<Vec<Grant>>;

    /// The official body of the programme's record; none before there is one.
    async fn programme(&self) -> StoreResult<Option<Value>>;
}
