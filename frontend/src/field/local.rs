//! The device's own picture of the record: what was pulled and what was signed here, resolved.
//!
//! Pure: no clock, no store, no network. The same `resolve` and the same permission table as on the hub, so
//! that a phone without a network and the office never disagree about what a set of revisions means.

mod entry;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::body::{ReturnBody, decode_body};
use safelane_ledger::resolve::Ended;
use safelane_ledger::{
    Act, AuthorTime, DeviceId, HeldReason, PermissionTable, PersonId, Received, ReceivedAt,
    RecordId, Reference, RefusedReason, RevisionId, Role, State, Status, Submission, resolve,
};
use safelane_model::body::Map;
use safelane_sync::SendState;

pub use entry::{Entry, merge};

/// Who looks: whose roles the statements signed here have, and how temporary numbers begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The person.
    pub person: PersonId,
    /// This browser profile; `None` before it is enrolled.
    pub device: Option<DeviceId>,
    /// Short name of the device, such as `T07`.
    pub short: String,
    /// The person's roles at the last contact.
    pub roles: BTreeSet<Role>,
}

/// How the newest statement of a record stands, in the words of the person who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Kept here, waiting to be sent.
    Waiting,
    /// In the ledger; waits for review.
    Received,
    /// Approved by one person, waits for an approver.
    Reviewed,
    /// Approved.
    Official,
    /// Imported, not reviewed.
    Imported,
    /// Sent back with comments.
    Returned,
    /// Two versions: somebody must choose or combine.
    TwoVersions,
    /// Removed from the record.
    Removed,
    /// Set aside.
    SetAside,
    /// Kept at the office outside the record.
    Held(HeldReason),
    /// Not kept by the office; on this device alone.
    Refused(RefusedReason),
}

/// What somebody wrote when returning a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// The words and problems.
    pub body: ReturnBody,
    /// Who returned it.
    pub by: PersonId,
    /// Whether the hub's own key signed it (validation).
    pub by_hub: bool,
    /// When the hub received the return.
    pub at: Option<ReceivedAt>,
}

/// One record on this device.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// The number that people say, once a hub gave one.
    pub reference: Option<Reference>,
    /// The number shown until then, for a record that began here: `T07-12`.
    pub temporary: Option<String>,
    /// Where it stands by everything that counts.
    pub state: State,
    /// Its statements.
    pub statements: BTreeMap<RevisionId, Entry>,
    /// Returns, by the statement returned.
    pub returns: BTreeMap<RevisionId, Vec<Return>>,
    newest: Option<RevisionId>,
}

impl Record {
    fn of(
        id: RecordId,
        entries: Vec<&Entry>,
        table: &dyn PermissionTable,
        reader: &Reader,
    ) -> Option<Self> {
        let counted: Vec<Received> = entries
            .iter()
            .filter(|entry| entry.counts())
            .map(|entry| entry.received(&reader.roles))
            .collect();
        let state = resolve(&counted, table);
        let mut returns: BTreeMap<RevisionId, Vec<Return>> = BTreeMap::new();
        for entry in entries
            .iter()
            .filter(|entry| entry.revision.act() == Act::Return && entry.counts())
        {
            let body = entry.value().and_then(|value| decode_body(value).ok());
            for parent in entry.revision.parents() {
                returns.entry(*parent).or_default().push(Return {
                    body: body.clone().unwrap_or(ReturnBody {
                        comments: Vec::new(),
                        problems: Vec::new(),
                    }),
                    by: entry.revision.author(),
                    by_hub: entry
                        .leaf
                        .as_ref()
                        .is_some_and(|leaf| leaf.verdict.roles.contains(&Role::Hub)),
                    at: entry.received_at(),
                });
            }
        }
        let statements: BTreeMap<RevisionId, Entry> = entries
            .iter()
            .filter(|entry| entry.revision.act().is_statement())
            .map(|entry| (entry.revision.id(), (*entry).clone()))
            .collect();
        let first = statements.values().min_by_key(|entry| entry.order())?;
        let own_first = statements
            .values()
            .filter(|entry| reader.device == Some(entry.revision.device()))
            .map(|entry| entry.revision.seq())
            .min();
        let began_here = reader.device == Some(first.revision.device());
        let kind = first.revision.kind().name().to_owned();
        let superseded = |id: &RevisionId| {
            state
                .statements
                .get(id)
                .is_some_and(|one| matches!(one.status, Status::Superseded | Status::Amended))
        };
        let newest = statements
            .values()
            .filter(|entry| !superseded(&entry.revision.id()))
            .max_by_key(|entry| entry.order())
            .or_else(|| statements.values().max_by_key(|entry| entry.order()))
            .map(|entry| entry.revision.id());
        Some(Self {
            id,
            kind,
            reference: entries.iter().find_map(|entry| entry.reference()).cloned(),
            temporary: own_first
                .filter(|_| began_here)
                .map(|seq| format!("{}-{seq}", reader.short)),
            state,
            statements,
            returns,
            newest,
        })
    }

    /// The newest statement that no later one replaced.
    pub fn newest(&self) -> Option<&Entry> {
        self.statements.get(&self.newest?)
    }

    /// The fields that this device shows: the newest body of the record.
    pub fn body(&self) -> Option<&Map> {
        let newest = self.newest()?;
        if matches!(newest.revision.act(), Act::Put | Act::Import) {
            return newest.body.as_ref();
        }
        // A removal has no fields of its own: those of what it ends.
        newest
            .revision
            .parents()
            .iter()
            .find_map(|parent| self.statements.get(parent)?.body.as_ref())
    }

    /// The approved fields, when there is one official version.
    pub fn official_body(&self) -> Option<&Map> {
        match self.state.officials.as_slice() {
            [one] => self.statements.get(one)?.body.as_ref(),
            _ => None,
        }
    }

    /// Bodies whose danger counts: all without an approved descendant, judged or not (S11).
    pub fn dangerous_bodies(&self) -> impl Iterator<Item = &Map> {
        self.state
            .counts_for_danger()
            .filter_map(|id| self.statements.get(&id)?.body.as_ref())
    }

    /// How the newest statement stands.
    pub fn stage(&self) -> Stage {
        let Some(newest) = self.newest() else {
            return Stage::Received;
        };
        let id = newest.revision.id();
        match &newest.send {
            Some(SendState::Held { reason, .. }) if newest.leaf.is_none() => {
                return Stage::Held(*reason);
            }
            Some(SendState::Refused { reason }) if newest.leaf.is_none() => {
                return Stage::Refused(*reason);
            }
            Some(SendState::Waiting) if newest.leaf.is_none() => return Stage::Waiting,
            _ => {}
        }
        if self.state.two_versions {
            return Stage::TwoVersions;
        }
        let one = self.state.statements.get(&id);
        match one.map(|one| one.status) {
            Some(Status::Official) => match (self.state.ended, newest.revision.act()) {
                (Some(Ended::Removed(_)), _) => Stage::Removed,
                (Some(Ended::SetAside(_)), _) => Stage::SetAside,
                (None, Act::Import) => Stage::Imported,
                (None, _) => Stage::Official,
            },
            Some(Status::Returned) => Stage::Returned,
            Some(Status::Open) if one.is_some_and(|one| !one.approvals.is_empty()) => {
                Stage::Reviewed
            }
            _ => Stage::Received,
        }
    }

    /// What was said when the newest statement was returned, newest first.
    pub fn comments(&self) -> &[Return] {
        self.newest
            .and_then(|id| self.returns.get(&id))
            .map_or(&[], Vec::as_slice)
    }

    /// What a correction replaces: every statement that nothing later has replaced.
    pub fn parents_of_a_correction(&self) -> Vec<RevisionId> {
        let Some(newest) = self.newest() else {
            return Vec::new();
        };
        if newest.counts() {
            // The officials go with it, so that an old official and a newer open one do not become two versions.
            let mut parents: BTreeSet<RevisionId> = self.state.officials.iter().copied().collect();
            parents.retain(|official| !self.descends(newest.revision.id(), *official));
            parents.insert(newest.revision.id());
            return parents.into_iter().collect();
        }
        // What a hub holds or refused is no parent: the others never saw it.
        newest.revision.parents().to_vec()
    }

    fn descends(&self, from: RevisionId, from_which: RevisionId) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(id) = next.pop() {
            if id == from_which {
                return true;
            }
            if seen.insert(id) {
                next.extend(
                    self.statements
                        .get(&id)
                        .into_iter()
                        .flat_map(|entry| entry.revision.parents()),
                );
            }
        }
        false
    }

    /// The number to say: the hub's, else the temporary one.
    pub fn number(&self) -> Option<&str> {
        self.reference
            .as_ref()
            .map(Reference::as_str)
            .or(self.temporary.as_deref())
    }

    /// Whether this person made any statement of it.
    pub fn is_by(&self, person: PersonId) -> bool {
        self.statements
            .values()
            .any(|entry| entry.revision.author() == person)
    }

    /// When its newest statement was made, by its author's clock: shown, never trusted.
    pub fn at(&self) -> Option<AuthorTime> {
        self.newest().map(|entry| entry.revision.at())
    }

    /// Whether the newest statement is signed with a key that this device does not know.
    pub fn has_unknown_key(&self) -> bool {
        self.newest()
            .is_some_and(|entry| entry.unknown_key && entry.send.is_none())
    }

    /// The press that made the newest statement, when it made several.
    pub fn submission(&self) -> Option<Submission> {
        self.newest().and_then(|entry| entry.revision.submission())
    }
}

/// All records on this device.
#[derive(Clone, Debug, Default)]
pub struct World {
    records: BTreeMap<RecordId, Record>,
}

impl World {
    /// Resolves everything that is here, in any order.
    pub fn of<'a>(
        entries: impl IntoIterator<Item = &'a Entry>,
        table: &dyn PermissionTable,
        reader: &Reader,
    ) -> Self {
        let mut by_record: BTreeMap<RecordId, BTreeMap<RevisionId, &'a Entry>> = BTreeMap::new();
        for entry in entries {
            by_record
                .entry(entry.revision.record())
                .or_default()
                .insert(entry.revision.id(), entry);
        }
        let records = by_record
            .into_iter()
            .filter_map(|(id, entries)| {
                Some((
                    id,
                    Record::of(id, entries.into_values().collect(), table, reader)?,
                ))
            })
            .collect();
        Self { records }
    }

    /// One record.
    pub fn get(&self, id: RecordId) -> Option<&Record> {
        self.records.get(&id)
    }

    /// Whether a statement here is signed with a key that this device does not know.
    pub fn is_unknown_key(&self, statement: RevisionId) -> bool {
        let found = self
            .records
            .values()
            .find_map(|record| record.statements.get(&statement));
        found.is_some_and(|entry| entry.unknown_key)
    }

    /// All records.
    pub fn all(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// The records of a kind that have not ended.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Record> {
        self.records
            .values()
            .filter(move |record| record.kind == kind && record.state.ended.is_none())
    }

    /// What this person stated, newest first.
    pub fn by(&self, person: PersonId) -> Vec<&Record> {
        let mut own: Vec<_> = self
            .records
            .values()
            .filter(|record| record.is_by(person))
            .collect();
        own.sort_by_key(|record| std::cmp::Reverse(record.newest().map(Entry::order)));
        own
    }

    /// What was returned to this person and not answered, newest first.
    pub fn returned_to(&self, person: PersonId) -> Vec<&Record> {
        self.by(person)
            .into_iter()
            .filter(|record| record.stage() == Stage::Returned)
            .collect()
    }
}
