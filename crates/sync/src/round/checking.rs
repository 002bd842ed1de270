//! Checking what the hub gave against the keys that this device goes by.

use safelane_ledger::{Revision, RevisionId, SignedRevision, Tier, Value, canonical};
use safelane_wire::sync::PullEntry;
use serde::Deserialize;

use crate::signatures::{self, KeyRing, Question, Unverified, Verification};

/// The envelope's version that this program reads.
const VERSION: u64 = 1;

/// What becomes of one revision that the hub gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Kept.
    Good,
    /// Kept and marked.
    UnknownKey,
    /// Not kept: hashes, form or signature do not hold.
    Bad(Unverified),
    /// Written for a newer program: left aside until this one is newer.
    Newer,
}

/// A revision whose form holds.
#[derive(Debug)]
struct Read {
    index: usize,
    signed: SignedRevision,
    revision: Revision,
    body: Option<Value>,
    found: Verification,
}

/// Some revisions being checked: first those of the hub, which may state keys, then all others.
#[derive(Debug)]
pub struct Checking {
    entries: Vec<PullEntry>,
    read: Vec<Read>,
    asked: Vec<Question>,
    of: signatures::Round,
}

impl Checking {
    pub fn new(entries: Vec<PullEntry>) -> Self {
        let read = entries
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| read(index, entry))
            .collect();
        Self {
            entries,
            read,
            asked: Vec::new(),
            of: signatures::Round::Hub,
        }
    }

    /// The signatures to compute next; none when all is known.
    pub fn questions(&mut self, ring: &mut KeyRing, learned: &mut bool) -> Option<Vec<Question>> {
        loop {
            let pairs = self.read.iter().map(|one| (&one.signed, &one.revision));
            self.asked = ring.questions(pairs, self.of);
            if !self.asked.is_empty() {
                return Some(self.asked.clone());
            }
            if self.take(ring, learned, Some(&[])) {
                return None;
            }
        }
    }

    /// Takes the answers to the last questions; whether that was all.
    pub fn take(
        &mut self,
        ring: &mut KeyRing,
        learned: &mut bool,
        answers: Option<&[bool]>,
    ) -> bool {
        let Some(answers) = answers else {
            // A browser without Ed25519 only reads, and its pages say so.
            for one in &mut self.read {
                one.found = Verification::Good;
            }
            return true;
        };
        for (question, answer) in self.asked.drain(..).zip(answers) {
            self.read[question.index].found = KeyRing::verdict(Some(*answer));
        }
        for one in &self.read {
            let news = ring.learn(&one.revision, one.body.as_ref(), one.found);
            *learned |= news.is_some();
        }
        let was = std::mem::replace(&mut self.of, signatures::Round::Devices);
        was == signatures::Round::Devices
    }

    /// What becomes of each, in their order.
    pub fn done(self) -> Vec<(PullEntry, Taken)> {
        let mut taken: Vec<Taken> = self.entries.iter().map(unreadable).collect();
        for one in &self.read {
            taken[one.index] = match one.found {
                Verification::Good => Taken::Good,
                Verification::UnknownKey => Taken::UnknownKey,
                Verification::Bad => Taken::Bad(unverified(&self.entries[one.index])),
            };
        }
        self.entries.into_iter().zip(taken).collect()
    }
}

/// Reads what the hub gave: hashes and form are checked, and that the leaf names this revision.
fn read(index: usize, entry: &PullEntry) -> Option<Read> {
    let leaf = entry.leaf().ok()?;
    let signed = SignedRevision::from(entry.revision.clone());
    let revision = signed.read().ok()?.claim().clone();
    let body = match signed.bodies.get(&Tier::T1) {
        Some(bytes) => Some(canonical::parse_canonical(bytes).ok()?),
        None => None,
    };
    (leaf.id == revision.id()).then_some(Read {
        index,
        signed,
        revision,
        body,
        found: Verification::UnknownKey,
    })
}

/// The id of what the hub gave.
pub fn id_of(entry: &PullEntry) -> RevisionId {
    RevisionId::of(entry.revision.bytes.as_bytes())
}

fn unverified(entry: &PullEntry) -> Unverified {
    Unverified {
        n: entry.leaf().map_or(0, |leaf| leaf.n),
        id: id_of(entry),
    }
}

/// What a revision is whose form does not hold.
fn unreadable(entry: &PullEntry) -> Taken {
    #[derive(Deserialize)]
    struct Envelope {
        v: u64,
    }
    match serde_json::from_str::<Envelope>(&entry.revision.bytes) {
        Ok(envelope) if envelope.v > VERSION => Taken::Newer,
        _ => Taken::Bad(unverified(entry)),
    }
}
