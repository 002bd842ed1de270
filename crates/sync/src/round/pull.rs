//! The part of a round that reads.

use std::collections::BTreeSet;

use safelane_ledger::RevisionId;
use safelane_wire::sync::PullAnswer;

use super::checking::{Checking, Taken, id_of};
use super::{Ask, Change, Doubts, NotTheHub, Round, Said, Stage, offer_of};
use crate::plan::{LogCheck, check_log};
use crate::signatures::KeyRing;

/// A pull under way.
#[derive(Debug)]
pub struct Pull {
    /// From 0: what is not in it leaves the device.
    anew: bool,
    /// What is here was checked against this hub's key before.
    checked_before: bool,
    /// Given by the hub in this pull.
    kept: BTreeSet<RevisionId>,
    doubts: Doubts,
    ring: KeyRing,
    learned: bool,
    waits_for: Waits,
}

#[derive(Debug)]
enum Waits {
    Page,
    Signatures(Box<PullAnswer>, Checking),
    /// The last page of a pull from 0 waits to be written with what leaves.
    Ids(Box<PullAnswer>, Vec<Change>),
    Written {
        more: Option<u64>,
    },
    /// What is in doubt, to ask again.
    Entries,
    Again(Checking),
}

impl Round {
    pub(super) fn begin_pull(&mut self, after: u64) -> Ask {
        let anew = after == 0;
        let fresh = KeyRing::new(self.hub.hub, self.hub.key);
        // A pull from 0 brings all keys again.
        let ring = self.ring.clone().filter(|_| !anew).unwrap_or(fresh);
        let pull = Pull {
            anew,
            checked_before: self.ring.is_some(),
            kept: BTreeSet::new(),
            doubts: Doubts::default(),
            ring,
            learned: false,
            waits_for: Waits::Page,
        };
        match self.first.take().filter(|page| page.after == after) {
            Some(page) => self.check(Box::new(pull), page),
            None => {
                self.stage = Stage::Pull(Box::new(pull));
                self.page_after(after)
            }
        }
    }

    pub(super) fn go_on_pulling(
        &mut self,
        mut pull: Box<Pull>,
        said: Said,
    ) -> Result<Ask, NotTheHub> {
        let waited = std::mem::replace(&mut pull.waits_for, Waits::Page);
        match (waited, said) {
            (Waits::Page, Said::Page(page)) => {
                let head = self.open_head(&page)?;
                let offer = offer_of(&head, &page);
                let other = check_log(self.state.seen, &offer) == LogCheck::Restored;
                if other || self.state.copy != offer.copy {
                    self.state.copy = offer.copy;
                    return Ok(self.starts_over(offer.log, Vec::new()));
                }
                self.state.saw_time(head.at);
                self.state.seen = offer.log;
                Ok(self.check(pull, page))
            }
            (Waits::Signatures(page, mut checking), Said::Verified(answers)) => {
                let Pull { ring, learned, .. } = &mut *pull;
                if !checking.take(ring, learned, answers.as_deref())
                    && let Some(questions) = checking.questions(ring, learned)
                {
                    pull.waits_for = Waits::Signatures(page, checking);
                    self.stage = Stage::Pull(pull);
                    return Ok(Ask::Verify(questions));
                }
                Ok(self.take_page(pull, page, checking))
            }
            (Waits::Ids(page, mut changes), Said::Ids(ids)) => {
                // No longer in the scope: it leaves in the same transaction that writes the scope, so
                // that an empty battery between the two cannot leave it here for ever.
                let gone = ids.into_iter().filter(|id| !pull.kept.contains(id));
                changes.extend(gone.map(Change::Drop));
                Ok(self.write_page(pull, &page, changes))
            }
            (Waits::Written { more: Some(after) }, Said::Done) => {
                self.stage = Stage::Pull(pull);
                Ok(self.page_after(after))
            }
            (Waits::Written { more: None }, Said::Done) => {
                self.ring = Some(pull.ring.clone());
                // Keys that were news: what was in doubt may hold now.
                if pull.anew || !pull.learned || self.doubts.unknown.is_empty() {
                    return Ok(self.next_step());
                }
                Ok(self.settle_unknown(pull.ring))
            }
            (Waits::Entries, Said::Entries(entries)) => {
                let mut checking = Checking::new(entries);
                let Pull { ring, learned, .. } = &mut *pull;
                if let Some(questions) = checking.questions(ring, learned) {
                    pull.waits_for = Waits::Again(checking);
                    self.stage = Stage::Pull(pull);
                    return Ok(Ask::Verify(questions));
                }
                Ok(self.settle_doubts(&pull, checking))
            }
            (Waits::Again(mut checking), Said::Verified(answers)) => {
                let Pull { ring, learned, .. } = &mut *pull;
                if !checking.take(ring, learned, answers.as_deref())
                    && let Some(questions) = checking.questions(ring, learned)
                {
                    pull.waits_for = Waits::Again(checking);
                    self.stage = Stage::Pull(pull);
                    return Ok(Ask::Verify(questions));
                }
                Ok(self.settle_doubts(&pull, checking))
            }
            (_, _) => Ok(Ask::Over),
        }
    }

    /// Asks again about what was signed with a key that was not known.
    pub(super) fn settle_unknown(&mut self, ring: KeyRing) -> Ask {
        self.stage = Stage::Pull(Box::new(Pull {
            anew: false,
            checked_before: true,
            kept: BTreeSet::new(),
            doubts: Doubts::default(),
            ring,
            learned: false,
            waits_for: Waits::Entries,
        }));
        Ask::Entries(self.doubts.unknown.iter().copied().collect())
    }

    fn check(&mut self, mut pull: Box<Pull>, mut page: Box<PullAnswer>) -> Ask {
        let mut checking = Checking::new(std::mem::take(&mut page.entries));
        let Pull { ring, learned, .. } = &mut *pull;
        if let Some(questions) = checking.questions(ring, learned) {
            pull.waits_for = Waits::Signatures(page, checking);
            self.stage = Stage::Pull(pull);
            return Ask::Verify(questions);
        }
        self.take_page(pull, page, checking)
    }

    fn take_page(&mut self, mut pull: Box<Pull>, page: Box<PullAnswer>, checked: Checking) -> Ask {
        let mut changes = Vec::new();
        let taken = checked.done();
        self.outcome.changed |= !taken.is_empty();
        for (entry, taken) in taken {
            let id = id_of(&entry);
            match taken {
                Taken::Good => {}
                Taken::UnknownKey => _ = pull.doubts.unknown.insert(id),
                Taken::Bad(unverified) => _ = pull.doubts.bad.insert(unverified),
                Taken::Newer => continue,
            }
            let is_bad = matches!(taken, Taken::Bad(_));
            // What does not hold is never a record here; an earlier copy of it that did hold stays.
            if !is_bad || pull.checked_before {
                pull.kept.insert(id);
            }
            if !is_bad {
                changes.push(Change::Entry(Box::new(entry)));
            }
        }
        if pull.anew && !page.more {
            pull.waits_for = Waits::Ids(page, changes);
            self.stage = Stage::Pull(pull);
            return Ask::Ids;
        }
        self.write_page(pull, &page, changes)
    }

    fn write_page(
        &mut self,
        mut pull: Box<Pull>,
        page: &PullAnswer,
        mut changes: Vec<Change>,
    ) -> Ask {
        self.state.pulled = page.upto;
        let more = page.more;
        if !more {
            self.outcome.changed |= self.state.scope.as_ref() != Some(&page.scope);
            self.state.scope = Some(page.scope.clone());
        }
        // While pulling anew, an interrupted pull must begin at 0 again: the scope is written at the end.
        let mut written = self.state.clone();
        if pull.anew && more {
            written.pulled = 0;
        }
        // Until a pull anew is whole, what was in doubt before it stays so.
        let in_doubt = if pull.anew && !more {
            pull.doubts.clone()
        } else {
            self.doubts.join(&pull.doubts)
        };
        changes.push(Change::Keys(pull.ring.clone()));
        changes.push(Change::Doubts(in_doubt.clone()));
        changes.push(Change::State(written));
        if !more {
            self.doubts = in_doubt;
        }
        pull.waits_for = Waits::Written {
            more: more.then_some(page.upto),
        };
        self.stage = Stage::Pull(pull);
        Ask::Write(changes)
    }

    fn settle_doubts(&mut self, pull: &Pull, checked: Checking) -> Ask {
        let mut changes = Vec::new();
        for (entry, taken) in checked.done() {
            let id = id_of(&entry);
            match taken {
                Taken::Good => _ = self.doubts.unknown.remove(&id),
                Taken::Bad(unverified) => {
                    self.doubts.unknown.remove(&id);
                    self.doubts.bad.insert(unverified);
                    changes.push(Change::Drop(id));
                }
                Taken::UnknownKey | Taken::Newer => {}
            }
        }
        self.ring = Some(pull.ring.clone());
        changes.push(Change::Keys(pull.ring.clone()));
        changes.push(Change::Doubts(self.doubts.clone()));
        self.stage = Stage::Writing;
        Ask::Write(changes)
    }
}
