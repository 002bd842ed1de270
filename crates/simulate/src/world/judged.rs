//! How a record stands in a run, with the faults that are planted there.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::{Act, Received, RevisionId, State, resolve};
use safelane_rules::Table;

use super::World;
use crate::planted::Planted;

impl World {
    /// Where a record stands as a device shows it, with the fault that may be planted there.
    pub(super) fn resolved(&self, received: &[Received]) -> State {
        let mut received = received.to_vec();
        match self.planted {
            Some(Planted::TrustTheClock) => {
                let stated: BTreeMap<RevisionId, i64> = received
                    .iter()
                    .map(|one| (one.id(), one.revision.at().unix()))
                    .collect();
                received.retain(|one| {
                    let revision = &one.revision;
                    let statement = revision.parents().first().and_then(|id| stated.get(id));
                    revision.act() != Act::Approve
                        || statement.is_none_or(|at| *at <= revision.at().unix())
                });
            }
            Some(Planted::AdmittedApprovalCounts) => {
                for one in &mut received {
                    one.verdict.admitted_by = None;
                }
            }
            Some(Planted::OrderMatters) => {
                let mut here: BTreeSet<RevisionId> = BTreeSet::new();
                received.retain(|one| {
                    let all = one.revision.parents().iter().all(|id| here.contains(id));
                    if all {
                        here.insert(one.id());
                    }
                    all
                });
            }
            _ => {}
        }
        let table = Lenient(self.planted);
        let mut state = resolve(&received, &table);
        if self.planted == Some(Planted::ForgetAHead)
            && state.officials.len() + state.open.len() > 1
            && state.open.pop().is_none()
        {
            state.officials.pop();
        }
        state
    }
}

/// The permission table, with the fault that may be planted in it.
struct Lenient(Option<Planted>);

impl safelane_ledger::PermissionTable for Lenient {
    fn demand(&self, statement: &Received, replaced: &[&Received]) -> safelane_ledger::Demand {
        let mut demand = Table::default().demand(statement, replaced);
        if matches!(
            self.0,
            Some(Planted::OneApprovalTwice | Planted::AuthorApproves)
        ) && demand.approvals == 2
        {
            // One person's counts for two; the author's own is one of the two.
            demand.approvals = 1;
        }
        demand
    }

    fn approval_counts(
        &self,
        approval: &Received,
        statement: &Received,
    ) -> Option<safelane_ledger::ApprovalRight> {
        Table::default().approval_counts(approval, statement)
    }

    fn return_counts(&self, judgement: &Received, statement: &Received) -> bool {
        Table::default().return_counts(judgement, statement)
    }
}
