//! A device's chain: its revisions count without a gap, and each names the one before.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{DeviceId, RevisionId};
use crate::revision::Revision;

/// What is wrong with a device's chain, as far as it is here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChainProblem {
    /// Two or more revisions have the same number: the key was copied or restored.
    Fork {
        /// The device.
        device: DeviceId,
        /// The number.
        seq: u64,
        /// All that bear it.
        ids: Vec<RevisionId>,
    },
    /// A revision's `prev` is none of those that are here under the number before.
    WrongPrev {
        /// The device.
        device: DeviceId,
        /// The revision.
        id: RevisionId,
    },
    /// Numbers that have not come in.
    Gap {
        /// The device.
        device: DeviceId,
        /// The first missing number.
        from: u64,
        /// The last missing number.
        to: u64,
    },
}

/// The problems of the chains of any number of devices, in any order of revisions.
pub fn problems<'a>(revisions: impl IntoIterator<Item = &'a Revision>) -> Vec<ChainProblem> {
    let mut chains: BTreeMap<DeviceId, Chain<'a>> = BTreeMap::new();
    for revision in revisions {
        let links = chains.entry(revision.device()).or_default();
        links
            .entry(revision.seq())
            .or_default()
            .insert(revision.id(), revision);
    }
    let mut found: Vec<_> = chains
        .iter()
        .flat_map(|(device, chain)| chain_problems(*device, chain))
        .collect();
    found.sort();
    found
}

/// Whether a newcomer forks the chain: another revision of the device has its number.
pub fn forks(newcomer: &Revision, same_number: impl IntoIterator<Item = RevisionId>) -> bool {
    same_number.into_iter().any(|id| id != newcomer.id())
}

type Chain<'a> = BTreeMap<u64, BTreeMap<RevisionId, &'a Revision>>;

fn chain_problems(device: DeviceId, chain: &Chain<'_>) -> Vec<ChainProblem> {
    let mut found = Vec::new();
    let mut expected = 1;
    let mut before: BTreeSet<RevisionId> = BTreeSet::new();
    for (&seq, links) in chain {
        if seq > expected {
            found.push(ChainProblem::Gap {
                device,
                from: expected,
                to: seq - 1,
            });
            // What came before is not here, so `prev` cannot be judged.
            before.clear();
        }
        if links.len() > 1 {
            found.push(ChainProblem::Fork {
                device,
                seq,
                ids: links.keys().copied().collect(),
            });
        }
        for (&id, revision) in links {
            let known = revision.prev().is_none_or(|prev| before.contains(&prev));
            if !before.is_empty() && !known {
                found.push(ChainProblem::WrongPrev { device, id });
            }
        }
        before = links.keys().copied().collect();
        expected = seq + 1;
    }
    found
}
