//! Answers to checks, by name. An answer holds for the figures that were read; when they change,
//! the check is open again and the answer stays in the history.

use std::collections::BTreeSet;

use safelane_ledger::{PersonId, RecordId};

use super::{Finding, Life, may_be_explained};
use crate::content::Content;
use crate::world::World;

/// Somebody's answer to a check as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The answer's own record.
    pub record: RecordId,
    /// Who.
    pub by: PersonId,
    /// The reason; none when it is acknowledged alone.
    pub reason: Option<String>,
}

/// Puts their answers to the results.
///
/// A reason explains where one is enough. An alarm can be acknowledged, which changes nothing but
/// what is said beside it: it ends when two people settle it at the item or accident itself (S9).
pub(super) fn take(found: &mut [Finding], world: &dyn World) {
    let about: BTreeSet<RecordId> = (found.iter())
        .filter_map(|finding| finding.records.first().copied())
        .collect();
    for record in about {
        for answer in world.naming(record) {
            for version in answer.officials() {
                let Content::Answer(said) = &version.content else {
                    continue;
                };
                let mut records = said.records.clone();
                records.sort();
                records.dedup();
                for finding in found.iter_mut() {
                    let meant = finding.records.first() == Some(&record)
                        && finding.code == said.code
                        && finding.about_sorted() == records
                        && finding.figures() == said.figures;
                    if !meant {
                        continue;
                    }
                    finding.answers.push(Answered {
                        record: answer.id,
                        by: version.author,
                        reason: said.reason.clone(),
                    });
                    let explains = said.reason.is_some() && may_be_explained(finding);
                    if explains && finding.life == Life::Open {
                        finding.life = Life::Explained;
                    }
                }
            }
        }
    }
}
