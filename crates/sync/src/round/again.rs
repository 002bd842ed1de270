//! Asking once more for what did not verify.
//!
//! What was changed on its way once is whole the second time, and a hazard that is left aside is a
//! hazard that the map does not show. What the hub itself gives wrongly stays left aside, and said.

use safelane_wire::sync::PullEntry;

use super::checking::{Checking, Taken, id_of};
use super::{Ask, Change, NotTheHub, Round, Said, Stage};
use crate::signatures::KeyRing;

/// Entries asked for again in one round.
const MOST: usize = 20;

/// One of them under way.
#[derive(Debug)]
pub struct Again {
    n: u64,
    checking: Option<Checking>,
    ring: KeyRing,
}

impl Round {
    /// The next of what did not verify; none when there is none, or nothing may be read.
    pub(super) fn ask_again(&mut self) -> Option<Ask> {
        self.offer.as_ref()?;
        let bad = &self.doubts.bad;
        let list = self.once_more.get_or_insert_with(|| {
            let numbers = bad.iter().map(|one| one.n).filter(|n| *n > 0);
            numbers.take(MOST).collect()
        });
        let Some(n) = list.pop() else {
            return self.ask_the_unknown();
        };
        let fresh = KeyRing::new(self.hub.hub, self.hub.key);
        let ring = self.ring.clone().unwrap_or(fresh);
        self.stage = Stage::Again(Box::new(Again {
            n,
            checking: None,
            ring,
        }));
        Some(Ask::Page {
            after: n - 1,
            seen: None,
            told: None,
            limit: Some(1),
        })
    }

    /// A key that verified late: what it signed may hold now.
    fn ask_the_unknown(&mut self) -> Option<Ask> {
        if !std::mem::take(&mut self.learned_late) || self.doubts.unknown.is_empty() {
            return None;
        }
        Some(self.settle_unknown(self.ring.clone()?))
    }

    pub(super) fn take_again(
        &mut self,
        mut again: Box<Again>,
        said: Said,
    ) -> Result<Ask, NotTheHub> {
        let mut checking = match (again.checking.take(), said) {
            (None, Said::Page(page)) => {
                self.open_head(&page)?;
                let n = again.n;
                let of_number = |one: &PullEntry| one.leaf().is_ok_and(|leaf| leaf.n == n);
                let entries: Vec<_> = page.entries.into_iter().filter(of_number).collect();
                if entries.is_empty() {
                    if page.upto >= n {
                        // It is not for this person any more.
                        self.doubts.bad.retain(|one| one.n != n);
                    }
                    return Ok(self.write_again(Vec::new()));
                }
                Checking::new(entries)
            }
            (Some(mut checking), Said::Verified(answers)) => {
                let learned = &mut self.learned_late;
                if checking.take(&mut again.ring, learned, answers.as_deref()) {
                    return Ok(self.settle_again(&again, checking));
                }
                checking
            }
            (_, _) => return Ok(Ask::Over),
        };
        let learned = &mut self.learned_late;
        if let Some(questions) = checking.questions(&mut again.ring, learned) {
            again.checking = Some(checking);
            self.stage = Stage::Again(again);
            return Ok(Ask::Verify(questions));
        }
        Ok(self.settle_again(&again, checking))
    }

    fn settle_again(&mut self, again: &Again, checked: Checking) -> Ask {
        let mut changes = Vec::new();
        for (entry, taken) in checked.done() {
            match taken {
                Taken::Good => {}
                Taken::UnknownKey => _ = self.doubts.unknown.insert(id_of(&entry)),
                Taken::Bad(_) | Taken::Newer => continue,
            }
            self.doubts.bad.retain(|one| one.n != again.n);
            self.outcome.changed = true;
            changes.push(Change::Entry(Box::new(entry)));
        }
        self.ring = Some(again.ring.clone());
        changes.push(Change::Keys(again.ring.clone()));
        self.write_again(changes)
    }

    fn write_again(&mut self, mut changes: Vec<Change>) -> Ask {
        changes.push(Change::Doubts(self.doubts.clone()));
        self.stage = Stage::Writing;
        Ask::Write(changes)
    }
}
