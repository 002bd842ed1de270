//! From what is here and what a hub offers to the steps between them.

use serde::{Deserialize, Serialize};

use safelane_ledger::{Digest, Head, LogPoint, RevisionId};

use crate::answer::SendState;

/// Revisions in one push.
pub const MAX_BATCH_REVISIONS: usize = 500;

/// Bytes in one push, by [`OutboxEntry::bytes`]; leaves room for JSON around 4 MiB.
pub const MAX_BATCH_BYTES: usize = 4_000_000;

/// A revision signed here, from its signing on and for ever: a restored hub may need it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// The revision.
    pub id: RevisionId,
    /// The device's number of it.
    pub seq: u64,
    /// Bytes of it in a push: revision, bodies, signature, as JSON.
    pub bytes: usize,
    /// What is known of it.
    pub state: SendState,
    /// Photos that its bodies name and that the hub has not confirmed.
    pub media: Vec<MediaEntry>,
}

/// A photo to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaEntry {
    /// The file.
    pub sha256: Digest,
    /// Its bytes.
    pub bytes: u64,
    /// The hub has all of it.
    pub sent: bool,
}

/// What a device knows before a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// All that was signed here, in the order of `seq`.
    pub outbox: Vec<OutboxEntry>,
    /// The largest size of this hub's log that was seen, and the head there.
    pub seen: LogPoint,
    /// What a receipt told of the log since, not compared with it yet.
    pub told: Option<LogPoint>,
    /// Which copy of its data the hub ran on.
    pub copy: Option<String>,
    /// Pulled up to this leaf.
    pub pulled: u64,
    /// The scope's version at the last pull.
    pub scope: Option<String>,
}

impl Device {
    /// Forgets all that a hub promised before it was restored from an older copy.
    pub fn withdraw(&mut self, offer: &Offer) {
        for entry in self
            .outbox
            .iter_mut()
            .filter(|entry| entry.state.is_promised())
        {
            entry.state = SendState::Waiting;
        }
        self.outbox
            .iter_mut()
            .flat_map(|entry| &mut entry.media)
            .for_each(|file| file.sent = false);
        self.seen = offer.log;
        self.told = None;
        self.copy.clone_from(&offer.copy);
        self.pulled = 0;
    }
}

/// What a hub answers at the start of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its log now, from a verified [`safelane_ledger::SignedHead`].
    pub log: LogPoint,
    /// Its head at the size that the device saw, if it says so.
    pub head_at_seen: Option<Head>,
    /// Its head at the size that a receipt told, if it says so.
    pub head_at_told: Option<Head>,
    /// Which copy of its data it runs on.
    pub copy: Option<String>,
    /// The scope's version.
    pub scope: String,
}

/// How a hub's log compares with what was seen of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogCheck {
    /// As it was.
    Same,
    /// As it was, and more.
    Grown,
    /// Shorter, or of another history: the hub was restored from an older copy.
    Restored,
}

/// Compares a hub's log with the largest that was seen of it.
pub fn check_log(seen: LogPoint, offer: &Offer) -> LogCheck {
    compare(seen, offer.log, offer.head_at_seen)
}

/// Compares it with what a receipt told of it.
pub fn check_told(told: LogPoint, offer: &Offer) -> LogCheck {
    compare(told, offer.log, offer.head_at_told)
}

fn compare(seen: LogPoint, log: LogPoint, head_then: Option<Head>) -> LogCheck {
    let shorter = log.size < seen.size;
    let other_now = log.size == seen.size && log.head != seen.head;
    let other_then = head_then.is_some_and(|head| head != seen.head);
    if shorter || other_now || other_then {
        LogCheck::Restored
    } else if log.size > seen.size {
        LogCheck::Grown
    } else {
        LogCheck::Same
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send these, in this order, in one push.
    Push(Vec<RevisionId>),
    /// Ask for all leaves after this one.
    Pull {
        /// The last leaf that is here.
        after: u64,
    },
    /// Send a file, from where the hub says that it stopped.
    Media(MediaEntry),
}

/// The steps of one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How the hub's log compares.
    pub log: LogCheck,
    /// The hub was restored: before any step, [`Device::withdraw`] and store it, for these are
    /// *waiting* again.
    pub withdrawn: Vec<RevisionId>,
    /// In order.
    pub steps: Vec<Step>,
}

/// What to do in this round. Nothing is received because of it; see [`crate::accept()`].
pub fn plan(device: &Device, offer: &Offer) -> Plan {
    // A device that this hub never told anything takes the copy as it is. What is held has no place in
    // the log: who only ever had something held knows the hub by that alone.
    let promised = device.outbox.iter().any(|entry| entry.state.is_promised());
    let knows_it = promised || device.seen.size > 0 || device.told.is_some();
    let other_copy = knows_it && device.copy != offer.copy;
    let log = match device.told {
        _ if other_copy => LogCheck::Restored,
        Some(told) if check_told(told, offer) == LogCheck::Restored => LogCheck::Restored,
        _ => check_log(device.seen, offer),
    };
    let restored = log == LogCheck::Restored;
    let waits = |entry: &&OutboxEntry| entry.state == SendState::Waiting;
    let withdrawn = |entry: &&OutboxEntry| restored && entry.state.is_promised();
    let to_push = device
        .outbox
        .iter()
        .filter(|entry| waits(entry) || withdrawn(entry));
    let mut steps = batches(to_push);
    let new_scope = device.scope.as_ref() != Some(&offer.scope);
    let after = if restored || new_scope {
        0
    } else {
        device.pulled
    };
    if after < offer.log.size {
        steps.push(Step::Pull { after });
    }
    // Photos come last: a missing photo never delays a revision.
    let unsent = device.outbox.iter().flat_map(|entry| &entry.media);
    steps.extend(
        unsent
            .filter(|file| restored || !file.sent)
            .copied()
            .map(Step::Media),
    );
    let withdrawn = device
        .outbox
        .iter()
        .filter(withdrawn)
        .map(|entry| entry.id)
        .collect();
    Plan {
        log,
        withdrawn,
        steps,
    }
}

fn batches<'a>(entries: impl Iterator<Item = &'a OutboxEntry>) -> Vec<Step> {
    let mut batches: Vec<Vec<RevisionId>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        bytes += entry.bytes;
        match batches.last_mut() {
            Some(batch) if batch.len() < MAX_BATCH_REVISIONS && bytes <= MAX_BATCH_BYTES => {
                batch.push(entry.id);
            }
            _ => {
                bytes = entry.bytes;
                batches.push(vec![entry.id]);
            }
        }
    }
    batches.into_iter().map(Step::Push).collect()
}
