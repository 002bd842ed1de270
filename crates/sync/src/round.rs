//! One round of a device with its hub, as a machine: it says what it wants, the caller does it and
//! says what came of it.
//!
//! Time, randomness, storage and network are the caller's: the browser's engine carries a round out
//! over IndexedDB and `fetch`, the simulator over its own disks and its own network. Both run what
//! stands here, so that what the simulator proves is what ships.
//!
//! A round may break off at any moment (no answer, an empty battery): drop it and begin another.
//! Each [`Ask::Write`] is one transaction, and whatever was written before stands by itself.

mod again;
mod checking;
mod pull;

use std::collections::{BTreeSet, VecDeque};

use safelane_ledger::{
    Digest, HubId, LedgerId, LogPoint, PersonId, PublicKey, ReceivedAt, RevisionId, SignedHead,
    SignedText,
};
use safelane_wire::sync::{PullAnswer, PullEntry, PushAnswer, Scope};
use serde::{Deserialize, Serialize};

use crate::answer::{SendState, accept};
use crate::plan::{Device, LogCheck, MediaEntry, Offer, OutboxEntry, Step, plan};
use crate::signatures::{KeyRing, Question, Unverified};
use again::Again;
use pull::Pull;

/// Receipts that wait to be compared with a page, for weeks in which nothing may be read.
const MAX_TOLD: usize = 100;

/// The hub that the device enrolled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubIdentity {
    /// The hub.
    pub hub: HubId,
    /// Its key, kept at the enrolment.
    pub key: PublicKey,
    /// The programme.
    pub ledger: LedgerId,
}

/// How far a device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// For whom was pulled: another person has another scope.
    pub person: PersonId,
    /// The largest log of the hub that was seen, by a page that extends what was seen before.
    pub seen: LogPoint,
    /// What receipts told of the log since. A receipt alone does not say that the log behind it is
    /// still the one that was seen: pages are asked for the head at these, one after the other.
    #[serde(default)]
    pub told: Vec<LogPoint>,
    /// Which copy of its data the hub ran on.
    #[serde(default)]
    pub copy: Option<String>,
    /// Pulled up to this leaf.
    pub pulled: u64,
    /// The scope at the last pull.
    pub scope: Option<Scope>,
    /// The hub's time at the last complete pull: the map's age counts from here (S6).
    pub complete: Option<ReceivedAt>,
    /// The latest hub time seen at all.
    pub hub_time: Option<ReceivedAt>,
}

impl SyncState {
    /// Nothing pulled yet.
    pub const fn new(person: PersonId) -> Self {
        Self {
            person,
            seen: LogPoint::START,
            told: Vec::new(),
            copy: None,
            pulled: 0,
            scope: None,
            complete: None,
            hub_time: None,
        }
    }

    /// The same for another person of this device: the log seen still holds, the scope does not.
    #[must_use]
    pub fn of_person(self, person: PersonId) -> Self {
        if self.person == person {
            return self;
        }
        Self {
            seen: self.seen,
            told: self.told,
            copy: self.copy,
            hub_time: self.hub_time,
            ..Self::new(person)
        }
    }

    /// Takes the hub's time, if it is later than what was seen.
    fn saw_time(&mut self, at: ReceivedAt) {
        self.hub_time = self.hub_time.max(Some(at));
    }
}

/// What the hub gave and this device does not vouch for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubts {
    /// Not what was signed: not kept, not shown.
    pub bad: BTreeSet<Unverified>,
    /// Kept and marked: signed with a key that nobody trusted has stated.
    pub unknown: BTreeSet<RevisionId>,
}

impl Doubts {
    /// These and others.
    #[must_use]
    pub fn join(&self, more: &Self) -> Self {
        Self {
            bad: self.bad.union(&more.bad).copied().collect(),
            unknown: self.unknown.union(&more.unknown).copied().collect(),
        }
    }
}

/// What a device has on its disk when a round begins, beside its outbox.
#[derive(Clone, Debug)]
pub struct Kept {
    /// How far it is.
    pub state: SyncState,
    /// The keys that it goes by; none before its first pull with this hub.
    pub ring: Option<KeyRing>,
    /// What it does not vouch for.
    pub doubts: Doubts,
}

/// One line of a transaction on the device's disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// How far the device is.
    State(SyncState),
    /// What the hub said of a revision signed here.
    Sent(RevisionId, SendState),
    /// Nothing is known of it any more: it waits again.
    Waits(RevisionId),
    /// A receipt, by the size of the log that it names.
    Receipt(u64, SignedText),
    /// A revision that the hub gave, over an earlier copy of it.
    Entry(Box<PullEntry>),
    /// A revision that the hub gave leaves this device.
    Drop(RevisionId),
    /// The keys that the device goes by.
    Keys(KeyRing),
    /// What it does not vouch for.
    Doubts(Doubts),
    /// The hub has a photo in full.
    PhotoSent(Digest),
    /// Whether the hub has it is not known any more.
    PhotoWaits(Digest),
}

/// What the caller is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Ask the hub for leaves after a number, and for its head at the size seen: [`Said::Page`].
    Page {
        /// The last leaf that is here.
        after: u64,
        /// The size of the log that was seen, if any was.
        seen: Option<u64>,
        /// The size that a receipt told, if one is to be compared.
        told: Option<u64>,
        /// Fewer entries than usual.
        limit: Option<u32>,
    },
    /// Prove the device to the hub: [`Said::Done`].
    Prove,
    /// Read the outbox: [`Said::Outbox`].
    Outbox,
    /// Send these, in this order: [`Said::Answer`].
    Push(Vec<RevisionId>),
    /// Compute these signatures: [`Said::Verified`].
    Verify(Vec<Question>),
    /// Which revisions of the hub are here: [`Said::Ids`].
    Ids,
    /// Read these of them: [`Said::Entries`].
    Entries(Vec<RevisionId>),
    /// Write all of this in one transaction, or nothing; on the disk: [`Said::Done`].
    Write(Vec<Change>),
    /// Send a photo from where the hub says that it stopped: [`Said::Photo`].
    Photo(MediaEntry),
    /// Nothing: the round is over.
    Over,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Said {
    /// To begin.
    Begin,
    /// A page of the log.
    Page(Box<PullAnswer>),
    /// Reading wants the password.
    SignInNeeded,
    /// All that was signed here.
    Outbox(Vec<OutboxEntry>),
    /// What the hub answered to a push.
    Answer(Box<PushAnswer>),
    /// Which signatures hold; nothing where the browser cannot tell.
    Verified(Option<Vec<bool>>),
    /// Revisions that are here.
    Ids(Vec<RevisionId>),
    /// Some of them.
    Entries(Vec<PullEntry>),
    /// Whether the hub has all of a photo now.
    Photo(bool),
    /// It is done.
    Done,
}

/// A receipt or head is not signed by the hub that this device enrolled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not from the hub that this device enrolled with")]
pub struct NotTheHub;

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Something new is in the store.
    pub changed: bool,
    /// The password must be given again to read; sending worked.
    pub needs_sign_in: bool,
    /// The hub was restored from an older copy, and everything is offered again.
    pub restored: bool,
}

/// Where a round is: what was asked last.
#[derive(Debug)]
enum Stage {
    Begin,
    FirstPage,
    Proving,
    Outbox,
    /// Writes; the next step follows.
    Writing,
    Pushing(Vec<RevisionId>),
    Pull(Box<Pull>),
    Photo(MediaEntry),
    Again(Box<Again>),
    Ending,
    Over,
}

/// A round under way.
#[derive(Debug)]
pub struct Round {
    hub: HubIdentity,
    state: SyncState,
    ring: Option<KeyRing>,
    doubts: Doubts,
    outbox: Vec<OutboxEntry>,
    steps: VecDeque<Step>,
    first: Option<Box<PullAnswer>>,
    offer: Option<Offer>,
    /// What is to be asked for once more; nothing before the end of the round.
    once_more: Option<Vec<u64>>,
    /// A key may be here that was not when something it signed came.
    learned_late: bool,
    outcome: Outcome,
    stage: Stage,
}

impl Round {
    /// A round with this hub; `anew` reads everything again.
    pub fn new(hub: HubIdentity, kept: Kept, anew: bool) -> Self {
        let mut state = kept.state;
        let ring = kept.ring.filter(|ring| ring.is_of(hub.hub, &hub.key));
        if anew || ring.is_none() {
            // Without a ring nothing here was checked against this hub's key.
            state.pulled = 0;
        }
        Self {
            hub,
            state,
            ring,
            doubts: kept.doubts,
            outbox: Vec::new(),
            steps: VecDeque::new(),
            first: None,
            offer: None,
            once_more: None,
            // Also what an earlier round learned and had no time to ask about.
            learned_late: true,
            outcome: Outcome::default(),
            stage: Stage::Begin,
        }
    }

    /// What it has come to so far; also of a round that breaks off.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Goes on with what came of the last [`Ask`]. What does not belong to it changes nothing and is
    /// asked for again by the next round.
    pub fn step(&mut self, said: Said) -> Result<Ask, NotTheHub> {
        match (std::mem::replace(&mut self.stage, Stage::Over), said) {
            (Stage::Begin, Said::Begin) => {
                self.stage = Stage::FirstPage;
                Ok(self.page_after(self.state.pulled))
            }
            (Stage::FirstPage, Said::SignInNeeded) => {
                // After weeks away the device proves itself and sends; reading waits for the password.
                self.stage = Stage::Proving;
                Ok(Ask::Prove)
            }
            (Stage::Proving, Said::Done) => {
                self.outcome.needs_sign_in = true;
                self.stage = Stage::Outbox;
                Ok(Ask::Outbox)
            }
            (Stage::FirstPage, Said::Page(page)) => {
                let head = self.open_head(&page)?;
                self.state.saw_time(head.at);
                self.offer = Some(offer_of(&head, &page));
                self.first = Some(page);
                self.stage = Stage::Outbox;
                Ok(Ask::Outbox)
            }
            (Stage::Outbox, Said::Outbox(outbox)) => {
                self.outbox = outbox;
                Ok(self.begin_steps())
            }
            (Stage::Pushing(ids), Said::Answer(answer)) => self.take_answer(&ids, &answer),
            (Stage::Photo(file), Said::Photo(complete)) => {
                self.outcome.changed |= complete;
                if complete {
                    self.stage = Stage::Writing;
                    return Ok(Ask::Write(vec![Change::PhotoSent(file.sha256)]));
                }
                // Not on this device any more; the revision stays, "photos 3 of 5".
                Ok(self.next_step())
            }
            (Stage::Writing, Said::Done) => Ok(self.next_step()),
            (Stage::Pull(pull), said) => self.go_on_pulling(pull, said),
            (Stage::Again(again), said) => self.take_again(again, said),
            (Stage::Ending | Stage::Over, _) => Ok(Ask::Over),
            (_, _) => Ok(Ask::Over),
        }
    }

    fn page_after(&self, after: u64) -> Ask {
        let seen = self.state.seen.size;
        Ask::Page {
            after,
            seen: (seen > 0).then_some(seen),
            told: self.state.told.first().map(|point| point.size),
            limit: None,
        }
    }

    fn open_head(&self, page: &PullAnswer) -> Result<SignedHead, NotTheHub> {
        let head: SignedHead = page.head.open(&self.hub.key).map_err(|_| NotTheHub)?;
        let same = head.hub == self.hub.hub && head.ledger == self.hub.ledger;
        same.then_some(head).ok_or(NotTheHub)
    }

    fn device(&self) -> Device {
        Device {
            outbox: self.outbox.clone(),
            seen: self.state.seen,
            told: self.state.told.first().copied(),
            copy: self.state.copy.clone(),
            pulled: self.state.pulled,
            scope: self.state.scope.as_ref().map(|scope| scope.version.clone()),
        }
    }

    fn begin_steps(&mut self) -> Ask {
        let device = self.device();
        // When nothing may be read the log is taken as it was seen last.
        let offer = self.offer.clone().unwrap_or_else(|| Offer {
            log: device.seen,
            head_at_seen: Some(device.seen.head),
            head_at_told: None,
            copy: device.copy.clone(),
            scope: device.scope.clone().unwrap_or_default(),
        });
        let reading = self.offer.is_some();
        let device = Device {
            told: device.told.filter(|_| reading),
            ..device
        };
        let plan = plan(&device, &offer);
        self.state.copy.clone_from(&offer.copy);
        self.steps = plan
            .steps
            .into_iter()
            .filter(|step| reading || !matches!(step, Step::Pull { .. }))
            .collect();
        if plan.log == LogCheck::Restored {
            self.outcome.restored = true;
            self.outcome.changed = true;
            self.state.seen = offer.log;
            self.state.told.clear();
            self.state.pulled = 0;
            let mut changes = vec![Change::State(self.state.clone())];
            changes.extend(self.withdrawn(plan.withdrawn.iter().copied()));
            for id in plan.withdrawn {
                self.sets(id, &SendState::Waiting);
            }
            self.stage = Stage::Writing;
            return Ask::Write(changes);
        }
        // Compared just now; with the first write that follows it is on the disk.
        self.state.seen = offer.log;
        if device.told.is_some() && offer.head_at_told.is_some() {
            self.state.told.remove(0);
        }
        self.next_step()
    }

    /// The log is another than the one that was seen, in the middle of a round: everything is taken
    /// back, and the next round plans anew.
    fn starts_over(&mut self, log: LogPoint, mut changes: Vec<Change>) -> Ask {
        let promised: Vec<RevisionId> = self
            .outbox
            .iter()
            .filter(|one| one.state.is_promised())
            .map(|one| one.id)
            .collect();
        changes.extend(self.withdrawn(promised));
        self.state.seen = log;
        self.state.told.clear();
        self.state.pulled = 0;
        changes.push(Change::State(self.state.clone()));
        self.outcome.restored = true;
        self.outcome.changed = true;
        self.steps.clear();
        self.offer = None;
        self.stage = Stage::Writing;
        Ask::Write(changes)
    }

    /// Takes back all that a hub said of these before it was restored from an older copy: its word,
    /// the leaves that it gave, and that it had the photos of the outbox.
    fn withdrawn(&self, ids: impl IntoIterator<Item = RevisionId>) -> Vec<Change> {
        let photos = self.outbox.iter().flat_map(|entry| &entry.media);
        ids.into_iter()
            .flat_map(|id| [Change::Waits(id), Change::Drop(id)])
            .chain(photos.map(|file| Change::PhotoWaits(file.sha256)))
            .collect()
    }

    /// What is on the disk of a revision now.
    fn sets(&mut self, id: RevisionId, state: &SendState) {
        let entries = self.outbox.iter_mut().filter(|one| one.id == id);
        entries.for_each(|one| one.state = state.clone());
    }

    fn next_step(&mut self) -> Ask {
        match self.steps.pop_front() {
            Some(Step::Push(ids)) => {
                self.stage = Stage::Pushing(ids.clone());
                Ask::Push(ids)
            }
            Some(Step::Pull { after }) => self.begin_pull(after),
            Some(Step::Media(file)) => {
                self.stage = Stage::Photo(file);
                Ask::Photo(file)
            }
            None => match self.ask_again() {
                Some(ask) => ask,
                None => self.end(),
            },
        }
    }

    /// A whole round has been read: the map's age counts from here.
    fn end(&mut self) -> Ask {
        let Some(offer) = &self.offer else {
            return Ask::Over;
        };
        self.state.complete = self.state.hub_time;
        if self.state.seen.size < offer.log.size {
            self.state.seen = offer.log;
        }
        self.stage = Stage::Ending;
        Ask::Write(vec![Change::State(self.state.clone())])
    }

    /// Keeps what a receipt told until a page has been compared with it.
    fn told(&mut self, point: LogPoint) {
        let told = &mut self.state.told;
        if point == self.state.seen || told.contains(&point) {
            return;
        }
        told.push(point);
        if told.len() > MAX_TOLD {
            // Those around it still show a hub that was restored.
            told.remove(MAX_TOLD / 2);
        }
    }

    fn take_answer(&mut self, ids: &[RevisionId], answer: &PushAnswer) -> Result<Ask, NotTheHub> {
        let answers = answer
            .answers
            .iter()
            .map(|one| (one.id, &one.answer, one.held_receipt.as_ref()));
        let hub = (self.hub.hub, &self.hub.key);
        let accepted = accept(answers, answer.receipt.as_ref(), hub, self.hub.ledger)
            .map_err(|_| NotTheHub)?;
        let (mut changes, mut news) = (Vec::new(), Vec::new());
        for (id, state) in accepted.states {
            if !ids.contains(&id) {
                continue;
            }
            if let SendState::Received { at, .. } = state {
                self.state.saw_time(at);
            }
            changes.push(Change::Sent(id, state.clone()));
            news.push((id, state));
        }
        if let (Some(receipt), Some(point)) = (&answer.receipt, accepted.log) {
            changes.push(Change::Receipt(point.size, receipt.clone()));
            let other = |seen: &LogPoint| {
                point.size < seen.size || (point.size == seen.size && point.head != seen.head)
            };
            let seen = &self.state.seen;
            if std::iter::once(seen).chain(&self.state.told).any(other) {
                // A shorter log than was seen, or another: restored from an older copy, and told by a
                // receipt, perhaps where reading waits for the password. What was promised before is
                // offered again in the next round; what this answer says stands.
                return Ok(self.starts_over(point, changes));
            }
            self.told(point);
        }
        for (id, state) in news {
            self.sets(id, &state);
        }
        // On the disk before anybody is told that it was sent.
        changes.push(Change::State(self.state.clone()));
        self.outcome.changed = true;
        self.stage = Stage::Writing;
        Ok(Ask::Write(changes))
    }
}

fn offer_of(head: &SignedHead, page: &PullAnswer) -> Offer {
    Offer {
        log: point_of(head),
        head_at_seen: page.seen_head,
        head_at_told: page.told_head,
        copy: page.copy.clone(),
        scope: page.scope.version.clone(),
    }
}

fn point_of(head: &SignedHead) -> LogPoint {
    LogPoint {
        size: head.size,
        head: head.head,
    }
}
