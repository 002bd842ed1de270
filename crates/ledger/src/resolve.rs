//! Where a record stands, from all that was received about it.
//!
//! One pure function for hub and browser: the same for every order of arrival, for duplicates, and
//! for any clock. Disagreement is a value here; a person resolves it, by a revision.

mod graph;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use litemap::LiteMap;
use uuid::Uuid;

use crate::canonical::Value;
use crate::id::{PersonId, RevisionId};
use crate::log::{Role, Verdict};
use crate::revision::{Act, Revision};

use graph::Graph;

/// A verified revision as a hub's log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The revision.
    pub revision: Revision,
    /// Its author's rights, judged at receipt.
    pub verdict: Verdict,
    /// Its `t1` body, if it is held here.
    pub body: Option<Value>,
}

impl Received {
    /// The revision's id.
    pub const fn id(&self) -> RevisionId {
        self.revision.id()
    }

    /// Whom a paper entry names as who reported and who entered it: neither may approve it. However
    /// the id is spelt: capitals let nobody approve their own report.
    pub fn named(&self) -> impl Iterator<Item = PersonId> {
        let body = self.body.as_ref();
        ["reported_by_person", "entered_by"]
            .into_iter()
            .filter_map(move |key| body?.get(key)?.as_str())
            .filter_map(|named| Uuid::try_parse(named).ok())
            .map(PersonId::new)
    }
}

/// What a statement needs before it is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Distinct people who must approve; 0 means that the statement stands by itself.
    pub approvals: u8,
    /// One of them must hold the release right.
    pub needs_release_right: bool,
}

/// With what right an approval counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalRight {
    /// The approver holds the release right for this statement.
    pub release: bool,
}

/// The one source of who may judge what. Its answers depend on nothing but its arguments.
pub trait PermissionTable {
    /// What `statement` needs, given all that its approval would replace: its parents and, through
    /// those that are not approved themselves, their parents, up to the nearest approved ones. A
    /// correction of a returned smaller outline is so held against the outline that still stands.
    ///
    /// Asked only when all of these are here: without them nobody can tell whether hazard shrinks.
    fn demand(&self, statement: &Received, replaced: &[&Received]) -> Demand;

    /// Whether, and with what right, this person's approval counts for the statement.
    /// That an author never approves their own work is not the table's to say.
    fn approval_counts(&self, approval: &Received, statement: &Received) -> Option<ApprovalRight>;

    /// Whether this person may return the statement.
    fn return_counts(&self, judgement: &Received, statement: &Received) -> bool;
}

/// Where one statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Approved, and no descendant is.
    Official,
    /// Waits for judgement; nothing was stated after it.
    Open,
    /// Not judged; a later statement waits in its place.
    Amended,
    /// Sent back, without an approval.
    Returned,
    /// Approved by somebody and returned by somebody.
    Disputed,
    /// A descendant is approved.
    Superseded,
}

/// One statement with the judgements that count for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it stands.
    pub status: Status,
    /// It has the approvals that it needs and no return; also when it was superseded since.
    pub approved: bool,
    /// What it needs; `None` while a parent is not here, and then it cannot be approved.
    pub demand: Option<Demand>,
    /// Approvals that count, one for each person.
    pub approvals: Vec<CountedApproval>,
    /// Returns that count.
    pub returns: Vec<RevisionId>,
    /// Who may not approve it beside its author: whom it names, or a statement that its approval
    /// would replace, as who reported or entered a sheet of paper. Leaving out a name lets nobody
    /// approve their own report.
    pub named: BTreeSet<PersonId>,
}

/// One person's approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedApproval {
    /// The `approve`.
    pub id: RevisionId,
    /// Who.
    pub person: PersonId,
    /// With the release right.
    pub release: bool,
}

/// A record that an official statement has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is to leave the record.
    Removed(RevisionId),
    /// It was no statement about the world; a later `put` brings it back.
    SetAside(RevisionId),
}

/// Where a record stands. All lists are in the order of the ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Approved statements without an approved descendant.
    pub officials: Vec<RevisionId>,
    /// Statements that wait for judgement.
    pub open: Vec<RevisionId>,
    /// Returned statements that nobody has answered by a later one.
    pub returned: Vec<RevisionId>,
    /// Statements both approved and returned, without an approved descendant.
    pub disputed: Vec<RevisionId>,
    /// Statements with an approved descendant.
    pub superseded: Vec<RevisionId>,
    /// Somebody must choose or combine.
    pub two_versions: bool,
    /// Set when every official statement ends the record.
    pub ended: Option<Ended>,
    /// Parents that are named and not here.
    pub waiting_for: Vec<RevisionId>,
    /// Revisions whose parent is of the wrong sort (a judgement); they change nothing but danger.
    pub misplaced: Vec<RevisionId>,
    /// Every statement. Almost all records have one or two: a tree would leave room for eleven.
    pub statements: LiteMap<RevisionId, Statement>,
}

impl State {
    /// Statements whose danger counts: all without an approved descendant, judged or not.
    pub fn counts_for_danger(&self) -> impl Iterator<Item = RevisionId> {
        self.statements
            .iter()
            .filter(|(_, statement)| statement.status != Status::Superseded)
            .map(|(id, _)| *id)
    }

    /// Who has approved an open statement so far: "reviewed by X, waits for an approver".
    pub fn reviewed_by(&self, open: RevisionId) -> &[CountedApproval] {
        match self.statements.get(&open) {
            Some(statement) if statement.status == Status::Open => &statement.approvals,
            _ => &[],
        }
    }
}

/// Resolves one record from everything received about it, in any order and with any duplicates.
pub fn resolve(received: &[Received], table: &dyn PermissionTable) -> State {
    let known = distinct(received);
    let graph = Graph::new(&known);
    let mut statements: BTreeMap<RevisionId, Tally> = BTreeMap::new();
    for one in graph.oldest_first() {
        let stands = |id: RevisionId| statements.get(&id).is_some_and(Tally::is_approved);
        let replaced = graph.replaced(one, stands);
        statements.insert(one.id(), tally(one, replaced.as_deref(), &graph, table));
    }

    let approved = |id: &RevisionId| statements.get(id).is_some_and(Tally::is_approved);
    let superseded = graph.ancestors(graph.statements().map(Received::id).filter(approved));
    let mut state = State {
        waiting_for: graph.missing().collect(),
        misplaced: graph.misplaced().collect(),
        ..State::default()
    };
    let mut resolved = Vec::with_capacity(statements.len());
    for (id, tally) in std::mem::take(&mut statements) {
        let followed = graph.is_followed(id);
        let approved = tally.is_approved();
        let status = tally.status(superseded.contains(&id), followed);
        match status {
            Status::Official => state.officials.push(id),
            Status::Open => state.open.push(id),
            Status::Returned if !followed => state.returned.push(id),
            Status::Disputed => state.disputed.push(id),
            Status::Superseded => state.superseded.push(id),
            Status::Returned | Status::Amended => {}
        }
        let Tally {
            demand,
            approvals,
            returns,
            named,
            ..
        } = tally;
        let statement = Statement {
            status,
            approved,
            demand,
            approvals,
            returns,
            named,
        };
        resolved.push((id, statement));
    }
    // In the order of their ids, as they came out of the tree.
    state.statements = LiteMap::from_sorted_store_unchecked(resolved);
    for list in [
        &mut state.officials,
        &mut state.open,
        &mut state.returned,
        &mut state.disputed,
        &mut state.superseded,
    ] {
        list.shrink_to_fit();
    }
    state.two_versions = has_two_versions(&state, &graph);
    state.ended = ended(&state, &graph);
    state
}

/// One entry for each revision; where copies disagree the fewer rights hold.
fn distinct(received: &[Received]) -> BTreeMap<RevisionId, Cow<'_, Received>> {
    let mut known: BTreeMap<RevisionId, Cow<'_, Received>> = BTreeMap::new();
    for one in received {
        let Some(kept) = known.get_mut(&one.id()) else {
            known.insert(one.id(), Cow::Borrowed(one));
            continue;
        };
        if kept.as_ref() == one {
            continue;
        }
        let kept = kept.to_mut();
        kept.verdict
            .roles
            .retain(|role| one.verdict.roles.contains(role));
        kept.verdict.admitted_by = kept.verdict.admitted_by.max(one.verdict.admitted_by);
        kept.body = kept.body.take().or_else(|| one.body.clone());
    }
    known
}

/// The judgements on one statement that count.
struct Tally {
    stands_by_itself: bool,
    demand: Option<Demand>,
    approvals: Vec<CountedApproval>,
    returns: Vec<RevisionId>,
    named: BTreeSet<PersonId>,
}

impl Tally {
    fn is_approved(&self) -> bool {
        let Some(demand) = self.demand else {
            return false;
        };
        let enough = self.approvals.len() >= usize::from(demand.approvals);
        let released = !demand.needs_release_right || self.approvals.iter().any(|a| a.release);
        self.returns.is_empty() && (self.stands_by_itself || (enough && released))
    }

    fn status(&self, superseded: bool, followed: bool) -> Status {
        match (self.approvals.is_empty(), self.returns.is_empty()) {
            _ if superseded => Status::Superseded,
            _ if self.is_approved() => Status::Official,
            (false, false) => Status::Disputed,
            (true, false) => Status::Returned,
            (_, true) if followed => Status::Amended,
            (_, true) => Status::Open,
        }
    }
}

fn tally(
    statement: &Received,
    replaced: Option<&[&Received]>,
    graph: &Graph<'_>,
    table: &dyn PermissionTable,
) -> Tally {
    let demand = replaced.map(|replaced| table.demand(statement, replaced));
    let by_hub =
        statement.revision.act() == Act::Import && statement.verdict.roles.contains(&Role::Hub);
    let stands = |demand: Demand| {
        // An import never takes hazard away from what is here (S9): replacing, it asks like a put.
        let takes_away = demand.needs_release_right && !statement.revision.parents().is_empty();
        demand.approvals == 0 || (by_hub && !takes_away)
    };
    let named = (replaced.unwrap_or_default().iter().copied())
        .chain([statement])
        .flat_map(Received::named)
        .collect();
    let mut approvals: BTreeMap<PersonId, CountedApproval> = BTreeMap::new();
    let mut returns = Vec::new();
    for judgement in graph.judgements(statement.id()) {
        if judgement.revision.act() == Act::Return {
            if table.return_counts(judgement, statement) {
                returns.push(judgement.id());
            }
        } else if let Some(approval) = counted(judgement, statement, &named, table) {
            let kept = approvals.entry(approval.person).or_insert(approval);
            kept.release |= approval.release;
        }
    }
    Tally {
        stands_by_itself: demand.is_some_and(stands),
        demand,
        approvals: approvals.into_values().collect(),
        returns,
        named,
    }
}

/// An approval by somebody with the right, who is neither author nor named. One that was let in from
/// outside the ledger counts for nothing: whose hand signed on a lost or copied device nobody knows,
/// and whoever it was can approve again.
fn counted(
    approval: &Received,
    statement: &Received,
    named: &BTreeSet<PersonId>,
    table: &dyn PermissionTable,
) -> Option<CountedApproval> {
    let person = approval.revision.author();
    let own = person == statement.revision.author() || named.contains(&person);
    let right = table
        .approval_counts(approval, statement)
        .filter(|_| !own && approval.verdict.admitted_by.is_none())?;
    Some(CountedApproval {
        id: approval.id(),
        person,
        release: right.release,
    })
}

fn has_two_versions(state: &State, graph: &Graph<'_>) -> bool {
    let descends = |open: &RevisionId| {
        let before = graph.ancestors([*open]);
        state
            .officials
            .iter()
            .all(|official| before.contains(official))
    };
    state.officials.len() > 1 || !state.disputed.is_empty() || !state.open.iter().all(descends)
}

fn ended(state: &State, graph: &Graph<'_>) -> Option<Ended> {
    let ends: BTreeSet<Option<Act>> = state.officials.iter().map(|id| graph.act(*id)).collect();
    let last = *state.officials.last()?;
    if ends.iter().all(|act| *act == Some(Act::SetAside)) {
        return Some(Ended::SetAside(last));
    }
    let ending = |act: &Option<Act>| matches!(act, Some(Act::Remove | Act::SetAside));
    ends.iter().all(ending).then_some(Ended::Removed(last))
}
