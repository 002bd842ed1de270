//! Checks what the hub gave against the keys that this device goes by, a page at a time.
//!
//! `safelane_sync::signatures` decides, the browser computes.

use safelane_ledger::{RevisionId, SignedRevision};
use safelane_sync::signatures::{KeyRing, Question, Round, Unverified, Verification};
use safelane_wire::sync::PullEntry;
use serde::Deserialize;

use super::vault::{self, Identity};
use crate::field::local::Entry;
use crate::platform::key::{Signed, Verifier};
use crate::platform::store::Batch;
use crate::platform::{PlatformError, Result};

/// The envelope's version that this app reads.
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
    /// Written for a newer app: left aside until this one is newer.
    Newer,
}

/// The keys, and what computes.
pub struct Checker {
    ring: KeyRing,
    verifier: Verifier,
    /// Keys that were news, so that what was in doubt may be asked about again.
    learned: bool,
}

/// A revision whose form holds.
struct Read<'a> {
    index: usize,
    signed: &'a SignedRevision,
    entry: &'a Entry,
}

impl Checker {
    /// With the keys that are here; a pull from 0 brings all of them again.
    pub async fn load(identity: &Identity, anew: bool) -> Result<Self> {
        let stored = if anew {
            None
        } else {
            vault::key_ring(identity).await?
        };
        Ok(Self {
            ring: stored.unwrap_or_else(|| KeyRing::new(identity.info.hub, *identity.hub_key())),
            verifier: Verifier::default(),
            learned: false,
        })
    }

    /// The keys.
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// What becomes of each revision of a page, in its order.
    pub async fn page(&mut self, page: &[PullEntry]) -> Result<Vec<Taken>> {
        let signed: Vec<SignedRevision> = page
            .iter()
            .map(|entry| entry.revision.clone().into())
            .collect();
        let entries: Vec<Option<Entry>> = page.iter().map(vault::entry_of).collect();
        let read: Vec<Read<'_>> = entries
            .iter()
            .zip(&signed)
            .enumerate()
            .filter_map(|(index, (entry, signed))| {
                Some(Read {
                    index,
                    signed,
                    entry: entry.as_ref()?,
                })
            })
            .collect();
        let mut taken: Vec<Taken> = page.iter().map(unreadable).collect();
        for (one, verification) in read.iter().zip(self.verify(&read).await?) {
            taken[one.index] = match verification {
                Verification::Good => Taken::Good,
                Verification::UnknownKey => Taken::UnknownKey,
                Verification::Bad => Taken::Bad(unverified(&page[one.index])),
            };
        }
        Ok(taken)
    }

    async fn verify(&mut self, read: &[Read<'_>]) -> Result<Vec<Verification>> {
        let mut found = vec![KeyRing::verdict(None); read.len()];
        for round in [Round::Hub, Round::Devices] {
            let pairs = read.iter().map(|one| (one.signed, &one.entry.revision));
            let questions = self.ring.questions(pairs, round);
            let Some(answers) = self.ask(&questions).await? else {
                // A browser without Ed25519 only reads, and its pages say so.
                return Ok(vec![Verification::Good; read.len()]);
            };
            for (question, answer) in questions.iter().zip(answers) {
                found[question.index] = KeyRing::verdict(Some(answer));
            }
            for (one, verification) in read.iter().zip(&found) {
                let news = self
                    .ring
                    .learn(&one.entry.revision, one.entry.value(), *verification);
                self.learned |= news.is_some();
            }
        }
        Ok(found)
    }

    /// The browser's answers; `None` where it cannot tell.
    async fn ask(&mut self, questions: &[Question]) -> Result<Option<Vec<bool>>> {
        let signed: Vec<Signed<'_>> = questions
            .iter()
            .map(|question| Signed {
                key: question.key.to_bytes(),
                message: &question.message,
                signature: question.signature.to_bytes(),
            })
            .collect();
        match self.verifier.verify_all(&signed).await {
            Ok(answers) => Ok(Some(answers)),
            Err(PlatformError::NoKeys) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks again about what was signed with an unknown key, when keys were news.
    pub async fn ask_again(&mut self) -> Result<()> {
        let mut doubts = vault::doubts().await?;
        if !self.learned || doubts.unknown.is_empty() {
            return Ok(());
        }
        let mut page = Vec::new();
        for id in &doubts.unknown {
            page.extend(vault::pulled_one(*id).await?);
        }
        let taken = self.page(&page).await?;
        let mut batch = Batch::new();
        for (entry, taken) in page.iter().zip(taken) {
            let id = id_of(entry);
            match taken {
                Taken::Good => _ = doubts.unknown.remove(&id),
                Taken::Bad(unverified) => {
                    doubts.unknown.remove(&id);
                    doubts.bad.insert(unverified);
                    batch = vault::forget_pulled(batch, id);
                }
                Taken::UnknownKey | Taken::Newer => {}
            }
        }
        vault::put_checks(batch, &self.ring, &doubts)?
            .commit()
            .await
    }
}

fn id_of(entry: &PullEntry) -> RevisionId {
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
