//! What a device may say about a revision, and the check that lets it say so.

use serde::{Deserialize, Serialize};

use safelane_ledger::document::DocumentError;
use safelane_ledger::{
    Answer, HeldReason, HeldReceipt, HubId, LedgerId, LogPoint, PublicKey, Receipt, ReceivedAt,
    Reference, RefusedReason, RevisionId, SignedText,
};

/// What is known here of a revision that was signed here. There is no "sent": only the hub's
/// receipt, once it is on the device, says anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SendState {
    /// On this device alone, as far as anybody knows.
    Waiting,
    /// In the ledger; the receipt is here.
    Received {
        /// When, by the hub.
        at: ReceivedAt,
        /// The leaf.
        n: u64,
        /// The record's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// In the ledger, and sent back: a correction is wanted.
    Returned {
        /// When it was received, by the hub.
        at: ReceivedAt,
        /// Its leaf.
        n: u64,
        /// The record's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// Kept at the hub, outside the ledger; the hub's signed word is here.
    Held {
        /// Why.
        reason: HeldReason,
        /// When, by the hub.
        at: ReceivedAt,
    },
    /// The hub kept nothing; it is on this device alone.
    Refused {
        /// Why.
        reason: RefusedReason,
    },
}

impl SendState {
    /// Whether the hub has promised that it is in the ledger.
    pub const fn is_received(&self) -> bool {
        matches!(self, Self::Received { .. } | Self::Returned { .. })
    }

    /// Whether a hub has given its word about it, which a restored one may not know of.
    pub const fn is_promised(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Refused { .. })
    }

    /// The state after a pull brought a return of the statement (`true`), or an answer to it.
    #[must_use]
    pub fn returned(self, returned: bool) -> Self {
        match self {
            Self::Received { at, n, reference } if returned => Self::Returned { at, n, reference },
            Self::Returned { at, n, reference } if !returned => Self::Received { at, n, reference },
            other => other,
        }
    }
}

/// Why an answer to a push changes nothing: all its revisions stay *waiting*.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Something is claimed to be received, and no receipt says so.
    #[error("the answer has no receipt")]
    NoReceipt,
    /// A receipt or held receipt does not verify.
    #[error("a receipt does not hold: {0}")]
    BadReceipt(#[from] DocumentError),
    /// A receipt of another hub or programme.
    #[error("a receipt of another hub or programme")]
    ForeignReceipt,
    /// The receipt does not cover the revision, or gives it another number or reason.
    #[error("the receipt does not cover revision {0}")]
    NotCovered(RevisionId),
}

/// What a verified answer to a push changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The new state of each revision.
    pub states: Vec<(RevisionId, SendState)>,
    /// The log that the hub vouches for, to be kept when it is the largest seen.
    pub log: Option<LogPoint>,
}

/// Checks the answer to a push against the hub's signatures. Store what it
/// changes, and the receipt, before telling anybody.
///
/// `answers` are the revisions of the push with what the hub said of each and, for a held one, the
/// signed word about it.
pub fn accept<'a>(
    answers: impl IntoIterator<Item = (RevisionId, &'a Answer, Option<&'a SignedText>)>,
    receipt: Option<&SignedText>,
    hub: (HubId, &PublicKey),
    ledger: LedgerId,
) -> Result<Accepted, AnswerError> {
    let receipt: Option<Receipt> = receipt.map(|text| text.open(hub.1)).transpose()?;
    if receipt
        .as_ref()
        .is_some_and(|r| r.hub != hub.0 || r.ledger != ledger)
    {
        return Err(AnswerError::ForeignReceipt);
    }
    let mut states = Vec::new();
    for (id, answer, held) in answers {
        let state = match answer {
            Answer::Received { n, reference } | Answer::Duplicate { n, reference } => {
                let receipt = receipt.as_ref().ok_or(AnswerError::NoReceipt)?;
                let covered = receipt.leaf_of(id).is_some_and(|leaf| leaf.n == *n);
                if !covered || *n > receipt.size {
                    return Err(AnswerError::NotCovered(id));
                }
                SendState::Received {
                    at: receipt.at,
                    n: *n,
                    reference: reference.clone(),
                }
            }
            Answer::Held { reason } => {
                let held: HeldReceipt = held.ok_or(AnswerError::NoReceipt)?.open(hub.1)?;
                if held.hub != hub.0 || held.ledger != ledger {
                    return Err(AnswerError::ForeignReceipt);
                }
                if held.id != id || held.reason != *reason {
                    return Err(AnswerError::NotCovered(id));
                }
                SendState::Held {
                    reason: *reason,
                    at: held.at,
                }
            }
            Answer::Refused { reason } => SendState::Refused { reason: *reason },
        };
        states.push((id, state));
    }
    Ok(Accepted {
        states,
        log: receipt.map(|receipt| receipt.point()),
    })
}
