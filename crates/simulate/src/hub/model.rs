//! What a hub must hold, counted apart from it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use safelane_ledger::{DeviceId, HeldReason, LogPoint, PersonId, Revision, RevisionId, Role};

/// What the hub must have in its log and beside it, kept without looking at the hub.
#[derive(Clone, Debug)]
pub struct Model {
    /// The log.
    pub point: LogPoint,
    /// Its leaves, in order.
    pub leaves: Vec<RevisionId>,
    /// The number of each.
    pub numbers: HashMap<RevisionId, u64>,
    /// What is held and not let in, with the roles at receipt.
    pub held: BTreeMap<RevisionId, (HeldReason, BTreeSet<Role>)>,
    /// Who may do what now.
    pub roles: BTreeMap<PersonId, BTreeSet<Role>>,
    /// Revoked devices.
    pub revoked: BTreeSet<DeviceId>,
    /// Devices whose chain has forked.
    pub forked: BTreeSet<DeviceId>,
    pub(super) chains: BTreeMap<DeviceId, BTreeMap<u64, Vec<(RevisionId, Option<RevisionId>)>>>,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            point: LogPoint::START,
            leaves: Vec::new(),
            numbers: HashMap::new(),
            held: BTreeMap::new(),
            roles: BTreeMap::new(),
            revoked: BTreeSet::new(),
            forked: BTreeSet::new(),
            chains: BTreeMap::new(),
        }
    }
}

impl Model {
    /// Why a newcomer is held, by the words of the design; none when it goes into the ledger.
    pub(super) fn held_reason(&self, one: &Revision) -> Option<HeldReason> {
        if self.revoked.contains(&one.device()) {
            return Some(HeldReason::DeviceRevoked);
        }
        let chain = self.chains.get(&one.device());
        let at = |seq: u64| {
            chain
                .and_then(|chain| chain.get(&seq))
                .into_iter()
                .flatten()
        };
        let taken = at(one.seq()).any(|(id, _)| *id != one.id());
        let mut before = at(one.seq() - 1).peekable();
        let breaks_before =
            before.peek().is_some() && !before.any(|(id, _)| Some(*id) == one.prev());
        let mut after = at(one.seq() + 1).peekable();
        let breaks_after =
            after.peek().is_some() && !after.any(|(_, prev)| *prev == Some(one.id()));
        if taken || breaks_before || breaks_after {
            return Some(HeldReason::Fork);
        }
        if self.forked.contains(&one.device()) {
            return Some(HeldReason::DeviceHeld);
        }
        let roles = self.roles.get(&one.author()).cloned().unwrap_or_default();
        (!safelane_rules::may(&roles, one.kind().name(), one.act()))
            .then_some(HeldReason::AuthorWithoutRight)
    }

    pub(super) fn keep(&mut self, one: &Revision) {
        let chain = self.chains.entry(one.device()).or_default();
        chain
            .entry(one.seq())
            .or_default()
            .push((one.id(), one.prev()));
    }
}
