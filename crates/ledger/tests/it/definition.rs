//! The design's sentences, written down again as slowly and plainly as possible: an oracle.

use std::collections::BTreeSet;

use safelane_ledger::Act;
use safelane_ledger::{PermissionTable, PersonId, Received, RevisionId, Role};

use crate::support::Table;

/// What the sentences say about a record.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub officials: BTreeSet<RevisionId>,
    pub open: BTreeSet<RevisionId>,
    pub disputed: BTreeSet<RevisionId>,
    pub two_versions: bool,
}

pub fn said(all: &[Received]) -> Said {
    let statements: Vec<_> = all
        .iter()
        .filter(|r| r.revision.act().is_statement())
        .collect();
    let approved: Vec<_> = statements.iter().filter(|s| is_approved(s, all)).collect();
    let beaten = |s: &Received| approved.iter().any(|a| descends(a, s, &statements));
    let keep = |test: &dyn Fn(&Received) -> bool| -> BTreeSet<RevisionId> {
        statements
            .iter()
            .filter(|s| test(s))
            .map(|s| s.id())
            .collect()
    };
    let officials = keep(&|s| is_approved(s, all) && !beaten(s));
    let disputed = keep(&|s| {
        let (approvals, returns) = judged(s, all);
        approvals.0 > 0 && returns && !beaten(s)
    });
    let open = keep(&|s| {
        let followed = statements
            .iter()
            .any(|c| c.revision.parents().contains(&s.id()));
        let (_, returns) = judged(s, all);
        // The design lists a dispute apart.
        let judged = is_approved(s, all) || returns;
        !followed && !judged
    });
    let misses = |s: &&&Received| {
        open.contains(&s.id())
            && !officials.iter().all(|official| {
                let official = statements
                    .iter()
                    .find(|o| o.id() == *official)
                    .expect("here");
                descends(s, official, &statements)
            })
    };
    let apart = statements.iter().filter(misses).count() > 0;
    let two_versions = officials.len() > 1 || !disputed.is_empty() || apart;
    Said {
        officials,
        open,
        disputed,
        two_versions,
    }
}

/// Distinct people who approve with the right, whether one may release; whether one returns.
fn judged(statement: &Received, all: &[Received]) -> ((usize, bool), bool) {
    let of = |act: Act| {
        all.iter().filter(move |j| {
            j.revision.act() == act && j.revision.parents().contains(&statement.id())
        })
    };
    let approvals: Vec<_> = of(Act::Approve)
        .filter(|j| j.revision.author() != statement.revision.author())
        .filter(|j| !names(statement, j.revision.author(), all))
        .filter_map(|j| {
            Some((
                j.revision.author(),
                Table.approval_counts(j, statement)?.release,
            ))
        })
        .collect();
    let people: BTreeSet<_> = approvals.iter().map(|(person, _)| person).collect();
    let returned = of(Act::Return).any(|j| Table.return_counts(j, statement));
    (
        (people.len(), approvals.iter().any(|(_, release)| *release)),
        returned,
    )
}

/// Whether the statement, or what it would replace, names a person as of a sheet of paper.
fn names(statement: &Received, person: PersonId, all: &[Received]) -> bool {
    let parents = statement.revision.parents().iter();
    statement.named().any(|named| named == person)
        || (parents.filter_map(|id| all.iter().find(|r| r.id() == *id))).any(|parent| {
            parent.named().any(|named| named == person)
                || (names(parent, person, all) && !is_approved(parent, all))
        })
}

fn is_approved(statement: &Received, all: &[Received]) -> bool {
    let ((people, release), returned) = judged(statement, all);
    let demand = Table.demand(statement, &[]);
    let import =
        statement.revision.act() == Act::Import && statement.verdict.roles.contains(&Role::Hub);
    let enough =
        people >= usize::from(demand.approvals) && (release || !demand.needs_release_right);
    replaced_is_here(statement, all)
        && !returned
        && (demand.approvals == 0
            || enough
            || (import && (statement.revision.parents().is_empty() || !demand.needs_release_right)))
}

/// Whether every parent is here and is a statement, and so on above each that is not approved.
fn replaced_is_here(statement: &Received, all: &[Received]) -> bool {
    statement.revision.parents().iter().all(|id| {
        all.iter()
            .find(|r| r.id() == *id && r.revision.act().is_statement())
            .is_some_and(|parent| is_approved(parent, all) || replaced_is_here(parent, all))
    })
}

fn descends(child: &Received, ancestor: &Received, statements: &[&Received]) -> bool {
    child.revision.parents().iter().any(|parent| {
        *parent == ancestor.id()
            || statements
                .iter()
                .find(|s| s.id() == *parent)
                .is_some_and(|s| descends(s, ancestor, statements))
    })
}
