//! Faults planted on purpose between the hub and its devices.

use std::path::{Path, PathBuf};

use safelane_ledger::{
    Answer, Document as _, HeldReason, HeldReceipt, Receipt, ReceiptLeaf, SignedRevision,
};
use safelane_server::inside::Asked;
use safelane_store::Keeping as _;
use safelane_store_sqlite::restore;
use safelane_wire::sync::{PushAnswer, PushRequest};

use crate::planted::Planted;
use crate::{Held, fault};

use super::Hub;

impl Hub {
    pub(super) async fn copy_before_commit(&mut self) -> Held<Option<PathBuf>> {
        if self.planted != Some(Planted::AckBeforeCommit) || !self.rng.chance(150) {
            return Ok(None);
        }
        let to = self.folder.join(format!("before-{}", self.rng.draw()));
        self.store()?.backup(&to).await.map_err(fault)?;
        Ok(Some(to))
    }

    pub(super) async fn forget_commit(&mut self, copy: &Path) -> Held {
        self.stop().await;
        std::fs::remove_dir_all(self.data()).map_err(fault)?;
        let mark = self.rng.bytes();
        restore(copy, &self.data(), mark).await.map_err(fault)?;
        self.open().await
    }

    /// Leaves out of a request what has a number that another revision took.
    pub(super) fn drop_forks(&self, mut asked: Asked, revisions: &[SignedRevision]) -> Held<Asked> {
        if self.planted != Some(Planted::DropDuplicateOtherBytes) {
            return Ok(asked);
        }
        let taken = |one: &SignedRevision| {
            let revision = one.read().ok()?.claim().clone();
            let chain = self.model.chains.get(&revision.device())?;
            let here = chain.get(&revision.seq())?;
            Some(here.iter().all(|(id, _)| *id != one.id()))
        };
        let kept = revisions.iter().filter(|one| taken(one) != Some(true));
        let request = PushRequest {
            revisions: kept
                .map(|one| one.clone().try_into())
                .collect::<Result<_, _>>()
                .map_err(fault)?,
        };
        asked.body = serde_json::to_vec(&request).map_err(fault)?;
        Ok(asked)
    }

    pub(super) fn misanswer(
        &self,
        mut answer: PushAnswer,
        revisions: &[SignedRevision],
    ) -> Held<PushAnswer> {
        match self.planted {
            Some(Planted::VerdictJudgedTwice) => {
                for (one, signed) in answer.answers.iter_mut().zip(revisions) {
                    let revision = signed.read().map_err(fault)?.claim().clone();
                    let roles = self.model.roles.get(&revision.author());
                    let may = safelane_rules::may(
                        &roles.cloned().unwrap_or_default(),
                        revision.kind().name(),
                        revision.act(),
                    );
                    if matches!(one.answer, Answer::Duplicate { .. }) && !may {
                        let reason = HeldReason::AuthorWithoutRight;
                        let word = HeldReceipt {
                            hub: self.id,
                            ledger: self.ledger,
                            id: one.id,
                            reason,
                            at: self.now(),
                        };
                        one.answer = Answer::Held { reason };
                        one.held_receipt = Some(word.sign(&self.key).map_err(fault)?);
                    }
                }
            }
            Some(Planted::AckOfHeld) => {
                let mut leaves = Vec::new();
                for one in &mut answer.answers {
                    if matches!(one.answer, Answer::Held { .. }) {
                        let n = self.model.point.size;
                        one.answer = Answer::Received { n, reference: None };
                        leaves.push(ReceiptLeaf {
                            n,
                            id: one.id,
                            leaf: safelane_ledger::Digest::of(b"leaf"),
                        });
                    }
                }
                if !leaves.is_empty() {
                    let receipt = Receipt {
                        hub: self.id,
                        ledger: self.ledger,
                        leaves,
                        size: self.model.point.size,
                        head: self.model.point.head,
                        at: self.now(),
                    };
                    answer.receipt = Some(receipt.sign(&self.key).map_err(fault)?);
                }
            }
            Some(Planted::DropDuplicateOtherBytes) => {
                // Each that was left out has the answer of the one that took its number.
                let mut said = std::mem::take(&mut answer.answers).into_iter().peekable();
                for signed in revisions {
                    let id = signed.id();
                    if said.peek().is_some_and(|one| one.id == id) {
                        answer.answers.extend(said.next());
                    } else {
                        answer.answers.push(safelane_wire::sync::RevisionAnswer {
                            id,
                            answer: Answer::Duplicate {
                                n: self.model.point.size,
                                reference: None,
                            },
                            held_receipt: None,
                        });
                    }
                }
            }
            _ => {}
        }
        Ok(answer)
    }
}
