//! The device's own picture of the record: what was pulled and what was signed here, resolved.
//!
//! Pure: no clock, no store, no network. The same `resolve` and the same permission table as on the hub, so
//! that a phone without a network and the office never disagree about what a set of revisions means.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::body::{ReturnBody, decode_body};
use safelane_ledger::canonical::{self, Value};
use safelane_ledger::resolve::Ended;
use safelane_ledger::{
    Act, AuthorTime, DeviceId, HeldReason, Leaf, PermissionTable, PersonId, Received, ReceivedAt,
    RecordId, Reference, RefusedReason, Revision, RevisionId, Role, SignedRevision, State, Status,
    Submission, Tier, Verdict, VerifyError, resolve,
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
    fn counts(&self) -> bool {
        if self.unknown_key && self.send.is_none() && !self.revision.act().is_statement() {
            return false;
        }
        self.leaf.is_some()
            || !matches!(
                self.send,
                Some(SendState::Held { .. } | SendState::Refused { .. })
            )
    }

    fn received(&self, own_roles: &BTreeSet<Role>) -> Received {
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

    fn reference(&self) -> Option<&Reference> {
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
    fn order(&self) -> (u64, u64) {
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
            let body = entry
                .value
                .as_ref()
                .and_then(|value| decode_body(value).ok());
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

#[cfg(test)]
mod tests {
    use super::*;
    use safelane_ledger::testkit::{Author, record};
    use safelane_ledger::{Head, HubId};
    use safelane_rules::Table;

    struct Log {
        n: u64,
        entries: Vec<Entry>,
    }

    impl Log {
        fn take(&mut self, signed: &SignedRevision, roles: &[Role]) -> RevisionId {
            self.n += 1;
            let leaf = Leaf {
                n: self.n,
                id: signed.id(),
                received: ReceivedAt::from_unix(1_795_460_805).unwrap(),
                verdict: Verdict::with_roles(roles.iter().copied()),
                reference: (self.n == 1).then(|| "DEMO-0901".parse().unwrap()),
                hub: HubId::new(uuid::Uuid::nil()),
            };
            let _ = Head::EMPTY.next(&leaf.to_bytes().unwrap());
            self.entries.push(Entry::pulled(signed, leaf).unwrap());
            signed.id()
        }
    }

    fn reader(author: &Author) -> Reader {
        Reader {
            person: author.person,
            device: Some(author.device),
            short: "T07".to_owned(),
            roles: [Role::Field].into(),
        }
    }

    const ZONE: &str = "civilian-risk-zone/1";

    #[test]
    fn a_record_goes_from_waiting_to_official_and_its_number_follows() {
        let (mut fern, mut ash) = (Author::new("fern"), Author::new("ash"));
        let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
        let waiting = Entry::own(&put, SendState::Waiting).unwrap();
        let world = World::of([&waiting], &Table::default(), &reader(&fern));
        let shown = world.get(record("zone")).unwrap();
        assert_eq!(
            (shown.stage(), shown.number()),
            (Stage::Waiting, Some("T07-1"))
        );

        let mut log = Log {
            n: 0,
            entries: Vec::new(),
        };
        log.take(&put, &[Role::Field]);
        let world = World::of(&log.entries, &Table::default(), &reader(&fern));
        let shown = world.get(record("zone")).unwrap();
        assert_eq!(
            (shown.stage(), shown.number()),
            (Stage::Received, Some("DEMO-0901"))
        );

        log.take(&ash.approve(&put, &[]), &[Role::Coordinator]);
        let world = World::of(&log.entries, &Table::default(), &reader(&fern));
        assert_eq!(world.get(record("zone")).unwrap().stage(), Stage::Official);
    }

    #[test]
    fn a_hazardous_area_that_replaces_another_is_compared_with_it() {
        let mut fern = Author::new("fern");
        let compares = |signed: &SignedRevision| {
            let own = Entry::own(signed, SendState::Waiting).unwrap();
            own.compares_outlines()
        };
        let area = fern.put(record("area"), "hazardous-area/1", &[], "{}");
        let zone = fern.put(record("zone"), ZONE, &[], "{}");
        assert!(!compares(&area) && !compares(&zone));
        let parents = |of: &SignedRevision| [of.id()];
        let smaller = fern.put(record("area"), "hazardous-area/1", &parents(&area), "{}");
        let other = fern.put(record("zone"), ZONE, &parents(&zone), "{}");
        assert!(compares(&smaller) && !compares(&other));
    }

    #[test]
    fn a_return_is_shown_with_its_words_until_it_is_answered() {
        let (mut fern, mut ash) = (Author::new("fern"), Author::new("ash"));
        let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
        let mut log = Log {
            n: 0,
            entries: Vec::new(),
        };
        log.take(&put, &[Role::Field]);
        log.take(&ash.send_back(&put), &[Role::Coordinator]);
        let world = World::of(&log.entries, &Table::default(), &reader(&fern));
        let shown = world.get(record("zone")).unwrap();
        assert_eq!(shown.stage(), Stage::Returned);
        assert_eq!(world.returned_to(fern.person).len(), 1);
        assert_eq!(shown.comments().len(), 1);
        assert_eq!(shown.parents_of_a_correction(), [put.id()]);

        let again = fern.put(
            record("zone"),
            ZONE,
            &[put.id()],
            r#"{"name":"Grove, north"}"#,
        );
        let own = Entry::own(&again, SendState::Waiting).unwrap();
        let all = merge(log.entries, vec![own]);
        let world = World::of(&all, &Table::default(), &reader(&fern));
        let shown = world.get(record("zone")).unwrap();
        assert_eq!(shown.stage(), Stage::Waiting);
        assert_eq!(shown.body().unwrap()["name"], "Grove, north");
        assert!(world.returned_to(fern.person).is_empty());
    }

    #[test]
    fn what_the_hub_holds_or_refuses_is_no_parent_and_is_said() {
        let mut fern = Author::new("fern");
        let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
        let own = Entry::own(
            &put,
            SendState::Refused {
                reason: RefusedReason::TooLarge,
            },
        )
        .unwrap();
        let world = World::of([&own], &Table::default(), &reader(&fern));
        let shown = world.get(record("zone")).unwrap();
        assert_eq!(shown.stage(), Stage::Refused(RefusedReason::TooLarge));
        assert!(shown.parents_of_a_correction().is_empty());
        assert_eq!(shown.body().unwrap()["name"], "Grove");
    }

    #[test]
    fn a_judgement_by_an_unknown_key_takes_nothing_off_and_a_statement_is_shown_and_marked() {
        let (mut fern, mut ash) = (Author::new("fern"), Author::new("ash"));
        let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
        let mut log = Log {
            n: 0,
            entries: Vec::new(),
        };
        log.take(&put, &[Role::Field]);
        log.take(&ash.approve(&put, &[]), &[Role::Coordinator]);
        log.take(&ash.send_back(&put), &[Role::Coordinator]);
        let mut entries = log.entries;
        for entry in &mut entries[1..] {
            entry.unknown_key = true;
        }
        let world = World::of(&entries, &Table::default(), &reader(&fern));
        let shown = world.get(record("zone")).unwrap();
        assert_eq!(shown.stage(), Stage::Received);
        assert!(!shown.has_unknown_key() && shown.comments().is_empty());

        entries[0].unknown_key = true;
        let world = World::of(&entries, &Table::default(), &reader(&fern));
        let shown = world.get(record("zone")).unwrap();
        assert!(shown.has_unknown_key());
        assert_eq!(shown.dangerous_bodies().count(), 1, "its danger counts");
    }

    #[test]
    fn a_leaf_that_names_another_revision_is_not_taken() {
        let mut fern = Author::new("fern");
        let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
        let other = fern.put(record("zone"), ZONE, &[], r#"{"name":"Mill"}"#);
        let leaf = Leaf {
            n: 1,
            id: other.id(),
            received: ReceivedAt::from_unix(0).unwrap(),
            verdict: Verdict::with_roles([Role::Field]),
            reference: None,
            hub: HubId::new(uuid::Uuid::nil()),
        };
        assert!(Entry::pulled(&put, leaf).is_err());
    }
}
