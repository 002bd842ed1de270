//! One record as the rules see it: where it stands and what each of its statements says.

use std::collections::{BTreeMap, BTreeSet};

use safelane_geometry::Bbox;
use safelane_ledger::resolve::CountedApproval;
use safelane_ledger::{
    Act, Approval, PermissionTable, PersonId, Received, RecordId, RevisionId, Role, State, Status,
    body::decode_body, resolve,
};

use crate::content::Content;
use crate::permissions;

/// A record with its state and the contents of its statements.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// Its statements, in the order of their ids.
    pub versions: Vec<Version>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The statement.
    pub id: RevisionId,
    /// What it does.
    pub act: Act,
    /// What it replaces.
    pub parents: Vec<RevisionId>,
    /// Who states it.
    pub author: PersonId,
    /// Where it stands.
    pub status: Status,
    /// Approved, whether or not something approved came after it.
    pub approved: bool,
    /// A hub's import, which stands without a judgement.
    pub imported: bool,
    /// Who approved it.
    pub approvals: Vec<CountedApproval>,
    /// Codes of checks that its approvers confirmed by name.
    pub confirmed: BTreeSet<String>,
    /// What it says.
    pub content: Content,
}

impl Record {
    /// Resolves and reads everything received about one record; `None` when there is no statement.
    pub fn of(received: &[Received], table: &dyn PermissionTable) -> Option<Self> {
        Self::with_state(received, resolve(received, table))
    }

    /// The same with a state that is at hand.
    pub fn with_state(received: &[Received], state: State) -> Option<Self> {
        // Statements of two kinds on one record are an error or an attack; the more dangerous kind
        // names it, in whatever order they came.
        let rank = |one: &&Received| {
            let kind = one.revision.kind().name();
            let place = permissions::RULES.iter().position(|rule| rule.kind == kind);
            (place.unwrap_or(usize::MAX), one.id())
        };
        let first = (received.iter())
            .filter(|one| one.revision.act().is_statement())
            .min_by_key(rank)?;
        let judgements: BTreeMap<RevisionId, &Received> =
            received.iter().map(|one| (one.id(), one)).collect();
        let mut versions: BTreeMap<RevisionId, Version> = BTreeMap::new();
        for one in received {
            if let Some(entry) = state.statements.get(&one.id()) {
                versions
                    .entry(one.id())
                    .or_insert_with(|| Version::of(one, entry, &judgements));
            }
        }
        Some(Self {
            id: first.revision.record(),
            kind: first.revision.kind().name().to_owned(),
            state,
            versions: versions.into_values().collect(),
        })
    }

    /// A statement.
    pub fn version(&self, id: RevisionId) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// Approved statements without an approved descendant.
    pub fn officials(&self) -> impl Iterator<Item = &Version> {
        (self.versions.iter()).filter(|version| version.status == Status::Official)
    }

    /// Approved statements, also those that were followed by an approved one.
    pub fn approved(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|version| version.approved)
    }

    /// Statements whose danger counts (S11): all without an approved descendant.
    pub fn current(&self) -> impl Iterator<Item = &Version> {
        (self.versions.iter()).filter(|version| version.status != Status::Superseded)
    }

    /// The record as it would stand were this statement approved now.
    #[must_use]
    pub fn as_if_approved(&self, revision: RevisionId) -> Self {
        let mut after = self.clone();
        let parents: BTreeMap<RevisionId, &[RevisionId]> = (self.versions.iter())
            .map(|version| (version.id, version.parents.as_slice()))
            .collect();
        let mut before = BTreeSet::new();
        let mut next = vec![revision];
        while let Some(id) = next.pop() {
            let more = parents.get(&id).copied().unwrap_or(&[]);
            next.extend(more.iter().copied().filter(|id| before.insert(*id)));
        }
        for version in &mut after.versions {
            if version.id == revision {
                version.approved = true;
                version.imported = false;
                version.status = Status::Official;
            } else if before.contains(&version.id) {
                version.status = Status::Superseded;
            }
        }
        after.state.officials = after.officials().map(|version| version.id).collect();
        after
    }

    /// Whether an official statement ended it.
    pub fn is_ended(&self) -> bool {
        self.state.ended.is_some()
    }

    /// Numbers from paper and other systems that it bears; of a record that has ended, those that
    /// it bore: a copy is told from what it copies long after it was set aside.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        let ended = self.is_ended();
        (self.versions.iter())
            .filter(move |version| ended || version.status != Status::Superseded)
            .flat_map(|version| version.content.numbers())
            .map(String::as_str)
    }

    /// The statement that a reader looks at: the last one that waits, else the last official one,
    /// else the last of all.
    pub fn subject(&self) -> Option<&Version> {
        let last = |status| (self.versions.iter()).rfind(|version| version.status == status);
        last(Status::Open)
            .or_else(|| last(Status::Official))
            .or_else(|| self.current().last())
    }

    /// The box around everything that any statement without an approved descendant says.
    pub fn bbox(&self) -> Option<Bbox> {
        self.current()
            .filter_map(|version| version.content.bbox())
            .reduce(Bbox::join)
    }
}

impl Version {
    fn of(
        one: &Received,
        entry: &safelane_ledger::resolve::Statement,
        judgements: &BTreeMap<RevisionId, &Received>,
    ) -> Self {
        let confirmed = (entry.approvals.iter())
            .filter_map(|approval| judgements.get(&approval.id)?.body.as_ref())
            .filter_map(|body| decode_body::<Approval>(body).ok())
            .flat_map(|approval| approval.confirmed)
            .collect();
        let imported = one.revision.act() == Act::Import && one.verdict.roles.contains(&Role::Hub);
        Self {
            id: one.id(),
            act: one.revision.act(),
            parents: one.revision.parents().to_vec(),
            author: one.revision.author(),
            status: entry.status,
            approved: entry.approved,
            imported,
            approvals: entry.approvals.clone(),
            confirmed,
            content: Content::of(
                one.revision.kind().name(),
                one.revision.act(),
                one.body.as_ref(),
            ),
        }
    }
}
