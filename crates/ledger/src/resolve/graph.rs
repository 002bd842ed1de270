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

    /// The statements that this one replaces, if all are here and are statements.
    pub fn parents(&self, statement: &Received) -> Option<Vec<&'a Received>> {
        statement
            .revision
            .parents()
            .iter()
            .map(|id| self.statement(*id))
            .collect()
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
