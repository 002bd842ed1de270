//! Where a record stands, worked out a second time: from the words of the design, slowly, with no
//! graph and no shared code but what a statement asks for. The simulator holds the hub and the
//! devices against it.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::{
    Act, Demand, PermissionTable as _, PersonId, Received, RevisionId, Role, State,
};
use safelane_rules::{Table, permissions};

/// A record, as the design's words have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands {
    /// Approved, without an approved descendant.
    pub officials: BTreeSet<RevisionId>,
    /// Without a descendant, neither approved nor returned.
    pub open: BTreeSet<RevisionId>,
    /// Returned and not approved by anybody, without a descendant.
    pub returned: BTreeSet<RevisionId>,
    /// Approved by somebody, returned by somebody.
    pub disputed: BTreeSet<RevisionId>,
    /// Somebody must choose.
    pub two_versions: bool,
    /// All without an approved descendant: their danger counts.
    pub dangerous: BTreeSet<RevisionId>,
}

impl From<&State> for Stands {
    fn from(state: &State) -> Self {
        Self {
            officials: state.officials.iter().copied().collect(),
            open: state.open.iter().copied().collect(),
            returned: state.returned.iter().copied().collect(),
            disputed: state.disputed.iter().copied().collect(),
            two_versions: state.two_versions,
            dangerous: state.counts_for_danger().collect(),
        }
    }
}

/// One statement with its judges.
pub struct Judged<'a> {
    /// The statement.
    pub statement: &'a Received,
    /// Distinct people whose approval counts, and whether each holds the release right.
    pub approvals: BTreeMap<PersonId, bool>,
    /// Somebody with the right has returned it.
    pub returned: bool,
    /// It stands.
    pub approved: bool,
}

/// All statements of a record, judged.
pub fn judged<'a>(all: &'a [Received], table: &Table) -> BTreeMap<RevisionId, Judged<'a>> {
    let by_id: BTreeMap<RevisionId, &Received> = all.iter().map(|one| (one.id(), one)).collect();
    let mut done: BTreeMap<RevisionId, Judged<'a>> = BTreeMap::new();
    // Parents first, by going round until nothing is left that could be judged.
    loop {
        let next = by_id.values().find(|one| {
            one.revision.act().is_statement()
                && !done.contains_key(&one.id())
                && one.revision.parents().iter().all(|parent| {
                    let known = by_id.get(parent);
                    known.is_none_or(|known| !known.revision.act().is_statement())
                        || done.contains_key(parent)
                })
        });
        let Some(next) = next else { return done };
        let judged = judge(next, &by_id, &done, table);
        done.insert(next.id(), judged);
    }
}

fn judge<'a>(
    statement: &'a Received,
    by_id: &BTreeMap<RevisionId, &'a Received>,
    done: &BTreeMap<RevisionId, Judged<'a>>,
    table: &Table,
) -> Judged<'a> {
    let replaced = replaced(statement, by_id, done);
    let named: BTreeSet<PersonId> = replaced
        .iter()
        .flatten()
        .flat_map(|one| one.named())
        .chain(statement.named())
        .collect();
    let known_kind = permissions::rule(statement.revision.kind().name()).is_some();
    let mut approvals: BTreeMap<PersonId, bool> = BTreeMap::new();
    let mut returned = false;
    for one in by_id.values() {
        if one.revision.parents() != [statement.id()] {
            continue;
        }
        let roles = &one.verdict.roles;
        let judges =
            known_kind && (roles.contains(&Role::Coordinator) || roles.contains(&Role::Approver));
        let person = one.revision.author();
        match one.revision.act() {
            Act::Approve => {
                let own = person == statement.revision.author() || named.contains(&person);
                if judges && !own && one.verdict.admitted_by.is_none() {
                    *approvals.entry(person).or_default() |= roles.contains(&Role::Approver);
                }
            }
            Act::Return => returned |= judges || roles.contains(&Role::Hub),
            Act::Put | Act::Remove | Act::SetAside | Act::Import => {}
        }
    }
    let demand = replaced.map(|replaced| table.demand(statement, &replaced));
    let enough = |demand: Demand| {
        let released = !demand.needs_release_right || approvals.values().any(|release| *release);
        demand.approvals == 0 || (approvals.len() >= usize::from(demand.approvals) && released)
    };
    let approved = !returned && demand.is_some_and(enough);
    Judged {
        statement,
        approvals,
        returned,
        approved,
    }
}

/// All that its approval would replace, up to the nearest that stand; nothing when one is missing.
fn replaced<'a>(
    statement: &Received,
    by_id: &BTreeMap<RevisionId, &'a Received>,
    done: &BTreeMap<RevisionId, Judged<'a>>,
) -> Option<Vec<&'a Received>> {
    let mut found: BTreeMap<RevisionId, &Received> = BTreeMap::new();
    let mut next = statement.revision.parents().to_vec();
    while let Some(id) = next.pop() {
        let one = *by_id.get(&id)?;
        if !one.revision.act().is_statement() {
            return None;
        }
        if found.insert(id, one).is_none() && !done.get(&id)?.approved {
            next.extend(one.revision.parents());
        }
    }
    Some(found.into_values().collect())
}

fn is_before(
    earlier: RevisionId,
    later: RevisionId,
    judged: &BTreeMap<RevisionId, Judged<'_>>,
) -> bool {
    let Some(one) = judged.get(&later) else {
        return false;
    };
    let parents = one.statement.revision.parents();
    parents
        .iter()
        .any(|parent| *parent == earlier || is_before(earlier, *parent, judged))
}

/// Where the record stands.
pub fn stands(all: &[Received], table: &Table) -> Stands {
    let judged = judged(all, table);
    let mut found = Stands::default();
    for (id, one) in &judged {
        let superseded = judged
            .iter()
            .any(|(later, other)| other.approved && is_before(*id, *later, &judged));
        let followed = all.iter().any(|other| {
            other.revision.act().is_statement() && other.revision.parents().contains(id)
        });
        if superseded {
            continue;
        }
        found.dangerous.insert(*id);
        match (one.approved, one.returned, one.approvals.is_empty()) {
            (true, _, _) => _ = found.officials.insert(*id),
            (false, true, false) => _ = found.disputed.insert(*id),
            (false, true, true) if !followed => _ = found.returned.insert(*id),
            (false, false, _) if !followed => _ = found.open.insert(*id),
            (false, _, _) => {}
        }
    }
    let apart = found.open.iter().any(|open| {
        let mut officials = found.officials.iter();
        officials.any(|official| !is_before(*official, *open, &judged))
    });
    found.two_versions = found.officials.len() > 1 || !found.disputed.is_empty() || apart;
    found
}
