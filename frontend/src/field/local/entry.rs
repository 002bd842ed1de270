//! One revision on the device: what was pulled, what was signed here, and what is known of its sending.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::canonical::{self, Value};
use safelane_ledger::{
    Leaf, Received, ReceivedAt, Reference, Revision, RevisionId, Role, SignedRevision, Tier,
    Verdict, VerifyError,
};
use safelane_model::body::Map;
use safelane_sync::SendState;

/// One revision as this device holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The revision.
    pub revision: Revision,
    /// Its body, without the salt; `None` when it is not held here.
    pub body: Option<Map>,
    /// The body as the ledger reads it.
    value: Option<Value>,
    /// The hub's leaf, once it was pulled.
    pub leaf: Option<Leaf>,
    /// What is known of it here, when it was signed here.
    pub send: Option<SendState>,
    /// Signed with a key that nobody whom this device trusts has stated.
    pub unknown_key: bool,
}

impl Entry {
    /// Reads what the hub gave: hashes and form are checked, and that the leaf names this revision.
    pub fn pulled(signed: &SignedRevision, leaf: Leaf) -> Result<Self, VerifyError> {
        let mut entry = Self::read(signed)?;
        if leaf.id != entry.revision.id() {
            return Err(VerifyError::BodyMismatch(Tier::T1));
        }
        entry.leaf = Some(leaf);
        Ok(entry)
    }

    /// Reads what was signed here.
    pub fn own(signed: &SignedRevision, send: SendState) -> Result<Self, VerifyError> {
        let mut entry = Self::read(signed)?;
        entry.send = Some(send);
        Ok(entry)
    }

    fn read(signed: &SignedRevision) -> Result<Self, VerifyError> {
        let revision = signed.read()?.claim().clone();
        let bytes = signed.bodies.get(&Tier::T1);
        let value = bytes
            .map(|bytes| canonical::parse_canonical(bytes))
            .transpose()?;
        let body = bytes
            .and_then(|bytes| serde_json::from_str::<Map>(str::from_utf8(bytes).ok()?).ok())
            .map(|mut body| {
                body.remove(safelane_ledger::body::SALT_KEY);
                body
            });
        Ok(Self {
            revision,
            body,
            value,
            leaf: None,
            send: None,
            unknown_key: false,
        })
    }

    /// Whether resolving its record compares outlines: what it says of danger may be less than what it replaces.
    pub fn compares_outlines(&self) -> bool {
        let revision = &self.revision;
        revision.kind().name() == "hazardous-area"
            && revision.act().is_statement()
            && !revision.parents().is_empty()
    }

    /// Its body as the ledger reads it.
    pub const fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// Whether the hub has promised that it is in the ledger, or gave it back from there.
    pub fn is_in_the_ledger(&self) -> bool {
        self.leaf.is_some() || self.send.as_ref().is_some_and(SendState::is_received)
    }

    /// Whether it counts when the record is resolved here: what a hub keeps outside does not.
    ///
    /// Nor does a judgement by somebody unknown: what a statement says of danger is shown whoever
    /// signed it, but nobody unknown takes danger off this map.
    pub(super) fn counts(&self) -> bool {
        if self.unknown_key && self.send.is_none() && !self.revision.act().is_statement() {
            return false;
        }
        self.leaf.is_some()
            || !matches!(
                self.send,
                Some(SendState::Held { .. } | SendState::Refused { .. })
            )
    }

    pub(super) fn received(&self, own_roles: &BTreeSet<Role>) -> Received {
        let verdict = match &self.leaf {
            Some(leaf) => leaf.verdict.clone(),
            None => Verdict::with_roles(own_roles.iter().copied()),
        };
        Received {
            revision: self.revision.clone(),
            verdict,
            body: self.value.clone(),
        }
    }

    pub(super) fn reference(&self) -> Option<&Reference> {
        let sent = self.send.as_ref().and_then(|state| match state {
            SendState::Received { reference, .. } | SendState::Returned { reference, .. } => {
                reference.as_ref()
            }
            _ => None,
        });
        self.leaf
            .as_ref()
            .and_then(|leaf| leaf.reference.as_ref())
            .or(sent)
    }

    /// When the hub received it.
    pub fn received_at(&self) -> Option<ReceivedAt> {
        let sent = self.send.as_ref().and_then(|state| match state {
            SendState::Received { at, .. } | SendState::Returned { at, .. } => Some(*at),
            _ => None,
        });
        self.leaf.as_ref().map(|leaf| leaf.received).or(sent)
    }

    /// Later of two: what was signed here and is not in the log yet comes after all that is.
    pub(super) fn order(&self) -> (u64, u64) {
        let sent = self.send.as_ref().and_then(|state| match state {
            SendState::Received { n, .. } | SendState::Returned { n, .. } => Some(*n),
            _ => None,
        });
        (
            self.leaf
                .as_ref()
                .map(|leaf| leaf.n)
                .or(sent)
                .unwrap_or(u64::MAX),
            self.revision.seq(),
        )
    }
}

/// Merges what was pulled with what was signed here: one entry for a revision, with both its leaf and its state.
pub fn merge(pulled: Vec<Entry>, own: Vec<Entry>) -> Vec<Entry> {
    let mut all: BTreeMap<RevisionId, Entry> = pulled
        .into_iter()
        .map(|entry| (entry.revision.id(), entry))
        .collect();
    for entry in own {
        let id = entry.revision.id();
        match all.get_mut(&id) {
            Some(known) => known.send = entry.send,
            None => drop(all.insert(id, entry)),
        }
    }
    all.into_values().collect()
}
