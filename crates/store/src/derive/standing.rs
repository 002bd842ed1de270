//! Where a record and its statements stand.

use std::collections::{BTreeMap, BTreeSet};

use safelane_geometry::Bbox;
use safelane_ledger::resolve::{Ended, State, Statement};
use safelane_ledger::{Act, PermissionTable, Received, RevisionId, Status, resolve};
use safelane_model::body::{self, Map};

use super::{ALIAS_KEY, bbox_of};
use crate::log::Entry;
use crate::records::{RecordSummary, Standing, StatementRow, StatementStatus};

type Bodies = BTreeMap<RevisionId, Option<Map>>;

pub fn of(
    entries: &[Entry],
    received: &[Received],
    bodies: &Bodies,
    table: &dyn PermissionTable,
) -> Option<(RecordSummary, Vec<StatementRow>)> {
    let (first, last) = (entries.first()?, entries.last()?);
    let state = resolve(received, table);
    let newest = entries
        .iter()
        .rfind(|entry| entry.revision.act().is_statement())
        .unwrap_or(last);
    let summary = RecordSummary {
        record: first.revision.record(),
        kind: newest.revision.kind().name().to_owned(),
        reference: entries
            .iter()
            .find_map(|entry| entry.leaf.reference.clone()),
        standing: standing(&state, entries),
        bbox: danger_box(&state, bodies),
        first: first.leaf.n,
        last: last.leaf.n,
        received: newest.leaf.received,
        aliases: aliases(bodies),
        officials: state.officials.clone(),
        open: state.open.clone(),
        returned: state.returned.clone(),
        disputed: state.disputed.clone(),
        two_versions: state.two_versions,
        ended: state.ended.is_some(),
        waiting_for: state.waiting_for.clone(),
    };
    let statements = entries
        .iter()
        .filter_map(|entry| {
            let statement = state.statements.get(&entry.leaf.id)?;
            Some(row(entry, statement, &state))
        })
        .collect();
    Some((summary, statements))
}

fn standing(state: &State, entries: &[Entry]) -> Standing {
    let partly = |id: &RevisionId| {
        let statement = state.statements.get(id);
        statement.is_some_and(|one| !one.approvals.is_empty())
    };
    if state.two_versions {
        return Standing::TwoVersions;
    }
    if state.open.iter().any(partly) {
        return Standing::WaitsForApprover;
    }
    if !state.open.is_empty() {
        return if state.officials.is_empty() {
            Standing::Reported
        } else {
            Standing::Changing
        };
    }
    match state.ended {
        Some(Ended::Removed(_)) => return Standing::Removed,
        Some(Ended::SetAside(_)) => return Standing::SetAside,
        None => {}
    }
    if !state.officials.is_empty() {
        return if reviewed(state, entries) {
            Standing::Official
        } else {
            Standing::Imported
        };
    }
    if state.returned.is_empty() {
        Standing::Waiting
    } else {
        Standing::Returned
    }
}

/// Whether an official statement is anything else than an import that nobody has approved.
fn reviewed(state: &State, entries: &[Entry]) -> bool {
    let unreviewed: BTreeSet<RevisionId> = entries
        .iter()
        .filter(|entry| entry.revision.act() == Act::Import)
        .map(|entry| entry.leaf.id)
        .filter(|id| {
            state
                .statements
                .get(id)
                .is_some_and(|one| one.approvals.is_empty())
        })
        .collect();
    state.officials.iter().any(|id| !unreviewed.contains(id))
}

/// Statements without an approved descendant draw danger, whatever anybody judged (S7, S11).
fn danger_box(state: &State, bodies: &Bodies) -> Option<Bbox> {
    state
        .counts_for_danger()
        .filter_map(|id| bodies.get(&id)?.as_ref())
        .filter_map(bbox_of)
        .reduce(Bbox::join)
}

fn aliases(bodies: &Bodies) -> Vec<String> {
    let found: BTreeSet<String> = bodies
        .values()
        .filter_map(|map| body::text(map.as_ref()?, ALIAS_KEY))
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect();
    found.into_iter().collect()
}

fn row(entry: &Entry, statement: &Statement, state: &State) -> StatementRow {
    let revision = &entry.revision;
    let status = match statement.status {
        Status::Official => StatementStatus::Official,
        Status::Open => StatementStatus::Open,
        Status::Amended => StatementStatus::Amended,
        Status::Returned if state.returned.contains(&entry.leaf.id) => StatementStatus::Returned,
        Status::Returned => StatementStatus::Answered,
        Status::Disputed => StatementStatus::Disputed,
        Status::Superseded => StatementStatus::Superseded,
    };
    StatementRow {
        revision: entry.leaf.id,
        record: revision.record(),
        kind: revision.kind().name().to_owned(),
        act: revision.act(),
        status,
        n: entry.leaf.n,
        author: revision.author(),
        device: revision.device(),
        submission: revision.submission(),
        received: entry.leaf.received,
        needs: statement.demand.map(|demand| demand.approvals),
        needs_release_right: statement
            .demand
            .is_some_and(|demand| demand.needs_release_right),
        approved_by: statement.approvals.iter().map(|one| one.person).collect(),
    }
}
