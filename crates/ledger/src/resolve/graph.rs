//! The statements of one record, by what they replace, with the judgements on them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Received;
use crate::id::RevisionId;
use crate::revision::Act;

type Known<'a> = BTreeMap<RevisionId, Cow<'a, Received>>;

pub(super) struct Graph<'a> {
    known: &'a Known<'a>,
    judgements: BTreeMap<RevisionId, Vec<&'a Received>>,
    followed: BTreeSet<RevisionId>,
}

impl<'a> Graph<'a> {
    pub fn new(known: &'a Known<'a>) -> Self {
        let mut judgements: BTreeMap<_, Vec<&Received>> = BTreeMap::new();
        let mut followed = BTreeSet::new();
        for one in known.values() {
            for parent in one.revision.parents() {
                if one.revision.act().is_statement() {
                    followed.insert(*parent);
                } else {
                    judgements.entry(*parent).or_default().push(one);
                }
            }
        }
        Self {
            known,
            judgements,
            followed,
        }
    }

    pub fn statements(&self) -> impl Iterator<Item = &'a Received> {
        self.known
            .values()
            .map(Cow::as_ref)
            .filter(|one| one.revision.act().is_statement())
    }

    pub fn judgements(&self, statement: RevisionId) -> impl Iterator<Item = &'a Received> {
        self.judgements
            .get(&statement)
            .into_iter()
            .flatten()
            .copied()
    }

    /// Whether a statement names this one as its parent.
    pub fn is_followed(&self, id: RevisionId) -> bool {
        self.followed.contains(&id)
    }

    pub fn act(&self, id: RevisionId) -> Option<Act> {
        self.known.get(&id).map(|one| one.revision.act())
    }

    fn statement(&self, id: RevisionId) -> Option<&'a Received> {
        let one = self.known.get(&id)?;
        one.revision.act().is_statement().then_some(one.as_ref())
    }

    /// All statements, each after the ones before it.
    pub fn oldest_first(&self) -> Vec<&'a Received> {
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for one in self.statements() {
            let mut path = vec![(one, false)];
            while let Some((next, parents_done)) = path.pop() {
                if parents_done {
                    order.push(next);
                } else if seen.insert(next.id()) {
                    path.push((next, true));
                    let parents = next.revision.parents().iter();
                    path.extend(parents.filter_map(|id| Some((self.statement(*id)?, false))));
                }
            }
        }
        order
    }

    /// All that the statement's approval would replace: its parents and, through those that do not
    /// stand, their parents, up to the nearest that stand. Nothing when one of them is not here.
    pub fn replaced(
        &self,
        statement: &Received,
        stands: impl Fn(RevisionId) -> bool,
    ) -> Option<Vec<&'a Received>> {
        let mut replaced = BTreeMap::new();
        let mut next: Vec<RevisionId> = statement.revision.parents().to_vec();
        while let Some(id) = next.pop() {
            let one = self.statement(id)?;
            if replaced.insert(id, one).is_none() && !stands(id) {
                next.extend_from_slice(one.revision.parents());
            }
        }
        Some(replaced.into_values().collect())
    }

    /// All statements before the given ones, themselves not included unless before another.
    pub fn ancestors(&self, from: impl IntoIterator<Item = RevisionId>) -> BTreeSet<RevisionId> {
        let mut found = BTreeSet::new();
        let mut next: Vec<RevisionId> = from.into_iter().collect();
        while let Some(id) = next.pop() {
            let parents = self
                .statement(id)
                .map_or(&[][..], |one| one.revision.parents());
            next.extend(
                parents
                    .iter()
                    .copied()
                    .filter(|parent| found.insert(*parent)),
            );
        }
        found
    }

    /// Parents that are named and not here, in order and once.
    pub fn missing(&self) -> impl Iterator<Item = RevisionId> {
        let all = self.known.values().flat_map(|one| one.revision.parents());
        let missing: BTreeSet<_> = all
            .filter(|id| !self.known.contains_key(id))
            .copied()
            .collect();
        missing.into_iter()
    }

    /// Revisions with a judgement for a parent.
    pub fn misplaced(&self) -> impl Iterator<Item = RevisionId> {
        let is_judgement = |id: &RevisionId| self.act(*id).is_some_and(|act| !act.is_statement());
        self.known
            .values()
            .filter(move |one| one.revision.parents().iter().any(is_judgement))
            .map(|one| one.id())
    }
}
