//! The decision about one verified revision: into the ledger, or held outside it.
//!
//! Pure, so that every engine decides alike. The engine looks up what is asked here, inside the
//! transaction that will write the answer.

use std::collections::BTreeSet;

use safelane_ledger::{HeldReason, PersonId, Revision, RevisionId, Role};

use crate::people::DeviceState;

/// Open versions of one record beyond which nobody could choose (`trust.md`, S06).
pub const MAX_OPEN: usize = 64;

/// What is known of the revision's device.
#[derive(Clone, Copy, Debug)]
pub struct Signer {
    /// Whose device it is; none for the hub's own key, which signs in the name of others.
    pub person: Option<PersonId>,
    /// Whether it may add to the ledger.
    pub state: DeviceState,
}

/// The revisions of the device around the newcomer's number, held ones included.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// Those with the same number.
    pub same: Vec<RevisionId>,
    /// Those with the number before.
    pub before: Vec<RevisionId>,
    /// What those with the number after name as their previous.
    pub named_by_next: Vec<RevisionId>,
}

impl Neighbours {
    /// Whether the newcomer contradicts the chain: its number is taken, or a link does not fit.
    ///
    /// A number that is missing contradicts nothing: it may still come in.
    pub fn is_fork(&self, newcomer: &Revision) -> bool {
        let id = newcomer.id();
        let taken = self.same.iter().any(|other| *other != id);
        let before = newcomer
            .prev()
            .is_some_and(|prev| !self.before.is_empty() && !self.before.contains(&prev));
        let after = !self.named_by_next.is_empty() && !self.named_by_next.contains(&id);
        taken || before || after
    }
}

/// Why the revision is held; none if it goes into the ledger.
pub fn held_reason(
    revision: &Revision,
    signer: Signer,
    neighbours: &Neighbours,
    roles: &BTreeSet<Role>,
    open_versions: usize,
) -> Option<HeldReason> {
    match signer.state {
        DeviceState::Revoked => return Some(HeldReason::DeviceRevoked),
        // The chain is looked at first, so that each revision of a fork says so.
        DeviceState::Active | DeviceState::Held if neighbours.is_fork(revision) => {
            return Some(HeldReason::Fork);
        }
        DeviceState::Held => return Some(HeldReason::DeviceHeld),
        DeviceState::Active => {}
    }
    if signer
        .person
        .is_some_and(|person| person != revision.author())
    {
        return Some(HeldReason::AuthorMismatch);
    }
    if !safelane_rules::may(roles, revision.kind().name(), revision.act()) {
        return Some(HeldReason::AuthorWithoutRight);
    }
    if revision.act().is_statement() && open_versions >= MAX_OPEN {
        return Some(HeldReason::TooManyHeads);
    }
    None
}
