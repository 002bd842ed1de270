//! A device: its disk, its key, and the rounds that it carries out. What the browser does around
//! `safelane_sync::Round`, this does over a disk in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use safelane_ledger::{
    AuthorTime, Challenge, DeviceId, Digest, Document as _, PersonId, RevisionId, SignedRevision,
    SignedText, SigningKey, SubmissionId,
};
use safelane_model::body;
use safelane_server::inside::{Asked, Reply};
use safelane_sync::signatures::KeyRing;
use safelane_sync::{
    Ask, Change, Doubts, HubIdentity, Kept, MediaEntry, OutboxEntry, Outcome, Round, Said,
    SendState, Signable, Signer, SyncState, press,
};
use safelane_wire::media::{self, MediaAnswer};
use safelane_wire::session::{CHALLENGE, ChallengeRequest, ChallengeText, PROVE, Proof};
use safelane_wire::sync::{
    PULL, PUSH, PullAnswer, PullEntry, PushAnswer, PushRequest, RevisionText,
};

use crate::planted::Planted;
use crate::{Held, broken, fault};

/// What a device keeps when its battery is empty.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// Signed here, by device and number.
    pub outbox: BTreeMap<(DeviceId, u64), RevisionText>,
    /// What a hub said of each.
    pub sent: BTreeMap<RevisionId, SendState>,
    /// Receipts, by the size of the log that they name and their own digest.
    pub receipts: BTreeMap<(u64, Digest), SignedText>,
    /// What the hub gave.
    pub entries: BTreeMap<RevisionId, PullEntry>,
    /// How far it is.
    pub state: Option<SyncState>,
    /// The keys that it goes by.
    pub ring: Option<KeyRing>,
    /// What it does not vouch for.
    pub doubts: Doubts,
    /// Photos.
    pub photos: BTreeMap<Digest, Vec<u8>>,
    /// Photos that the hub has.
    pub photos_sent: BTreeSet<Digest>,
}

impl Disk {
    fn take(&mut self, change: Change) {
        match change {
            Change::State(state) => self.state = Some(state),
            Change::Sent(id, state) => _ = self.sent.insert(id, state),
            Change::Waits(id) => _ = self.sent.remove(&id),
            Change::Receipt(size, receipt) => {
                let digest = Digest::of(receipt.bytes.as_bytes());
                self.receipts.insert((size, digest), receipt);
            }
            Change::Entry(entry) => {
                let id = RevisionId::of(entry.revision.bytes.as_bytes());
                self.entries.insert(id, *entry);
            }
            Change::Drop(id) => _ = self.entries.remove(&id),
            Change::Keys(ring) => self.ring = Some(ring),
            Change::Doubts(doubts) => self.doubts = doubts,
            Change::PhotoSent(sha256) => _ = self.photos_sent.insert(sha256),
            Change::PhotoWaits(sha256) => _ = self.photos_sent.remove(&sha256),
        }
    }

    /// What is known of a revision signed here.
    pub fn state_of(&self, id: RevisionId) -> SendState {
        self.sent.get(&id).cloned().unwrap_or(SendState::Waiting)
    }
}

/// What a device waits for on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Waits {
    Page,
    Push,
    Challenge,
    Proof,
    Head(MediaEntry),
    Put,
}

#[derive(Debug)]
struct Running {
    round: Round,
    waits: Waits,
    /// The request's number: an answer to another one is none.
    number: u64,
    pushed: Vec<RevisionId>,
}

/// A browser profile of one person.
#[derive(Debug)]
pub struct Device {
    /// Place in the world's list.
    pub index: usize,
    /// Its name in the ledger; a copy has the same.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// Which of the world's hubs it talks to.
    pub home: usize,
    /// What its battery does not take.
    pub disk: Disk,
    /// An older copy of it.
    pub copy: Option<Disk>,
    /// The session's secret.
    pub session: Option<String>,
    /// Seconds that its clock is off.
    pub skew: i64,
    /// What it was told to be signed, and what must therefore be on its disk for ever.
    pub signed: Vec<RevisionId>,
    /// What the last round came to.
    pub outcome: Outcome,
    /// No network until this step.
    pub cut_off_until: usize,
    /// The step of its last request.
    pub asked_at: usize,
    key: Arc<SigningKey>,
    hub: HubIdentity,
    running: Option<Running>,
    requests: u64,
    planted: Option<Planted>,
}

/// When the battery dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It does not.
    On,
    /// Before anything is on the disk.
    DiesBefore,
    /// When all of it is.
    DiesAfter,
}

/// What a device asks the network.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its number on this device.
    pub number: u64,
    /// The request.
    pub asked: Asked,
}

impl Device {
    /// A new one, with the hub's key from its enrolment.
    pub fn new(
        index: usize,
        (id, person): (DeviceId, PersonId),
        key: Arc<SigningKey>,
        (home, hub): (usize, HubIdentity),
        planted: Option<Planted>,
    ) -> Self {
        Self {
            index,
            id,
            person,
            home,
            disk: Disk::default(),
            copy: None,
            session: None,
            skew: 0,
            signed: Vec::new(),
            outcome: Outcome::default(),
            cut_off_until: 0,
            asked_at: 0,
            key,
            hub,
            running: None,
            requests: 0,
            planted,
        }
    }

    /// The same profile on another device: disk, key and number.
    #[must_use]
    pub fn cloned(&self, index: usize) -> Self {
        let key = Arc::clone(&self.key);
        let mut copy = Self::new(
            index,
            (self.id, self.person),
            key,
            (self.home, self.hub.clone()),
            self.planted,
        );
        copy.disk = self.disk.clone();
        copy.session = self.session.clone();
        copy.skew = self.skew;
        copy.signed = self.signed.clone();
        copy
    }

    /// Its public key.
    pub fn public_key(&self) -> safelane_ledger::PublicKey {
        self.key.public()
    }

    /// The last number and id that it signed.
    pub fn tip(&self) -> Option<(u64, RevisionId)> {
        let of = self.disk.outbox.range((self.id, 0)..=(self.id, u64::MAX));
        let ((_, seq), text) = of.last()?;
        Some((*seq, RevisionId::of(text.bytes.as_bytes())))
    }

    /// Signs and stores what one press submits, in one transaction; `tip` is what the tab read
    /// before. Gives what is then on the disk: all or nothing.
    pub fn press(
        &mut self,
        tip: Option<(u64, RevisionId)>,
        (now, submission): (i64, SubmissionId),
        acts: Vec<Signable>,
        power: Power,
    ) -> Held<Vec<SignedRevision>> {
        let at = AuthorTime::from_unix(now + self.skew).map_err(fault)?;
        let signer = Signer {
            ledger: self.hub.ledger,
            person: self.person,
            device: self.id,
            at,
        };
        let made = press(signer, tip, acts, submission).map_err(fault)?;
        let signed: Vec<SignedRevision> = made.into_iter().map(|one| one.sign(&self.key)).collect();
        let mut lines = Vec::new();
        for one in &signed {
            let seq = one.read().map_err(fault)?.claim().seq();
            let text = RevisionText::try_from(one.clone()).map_err(fault)?;
            lines.push(((self.id, seq), text));
        }
        // The write is an `add`: a number that is taken fails the whole transaction.
        let taken = lines
            .iter()
            .any(|(key, _)| self.disk.outbox.contains_key(key));
        if taken && self.planted != Some(Planted::SeqTakenTwice) {
            return Ok(Vec::new());
        }
        if power != Power::On {
            self.running = None;
        }
        if power == Power::DiesBefore {
            if self.planted == Some(Planted::TornWrite) {
                lines.truncate(lines.len() / 2);
                self.disk.outbox.extend(lines);
            }
            return Ok(Vec::new());
        }
        self.disk.outbox.extend(lines);
        self.signed.extend(signed.iter().map(SignedRevision::id));
        Ok(signed)
    }

    /// Whether a round is under way.
    pub const fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// The battery is empty, or the page was closed: what was not on the disk is gone.
    pub fn forget_round(&mut self) {
        self.running = None;
    }

    /// How far it is.
    pub fn state(&self) -> SyncState {
        let kept = self.disk.state.clone();
        kept.map_or_else(
            || SyncState::new(self.person),
            |one| one.of_person(self.person),
        )
    }

    /// Begins a round.
    pub fn begin(&mut self, anew: bool) -> Held<Option<Request>> {
        let kept = Kept {
            state: self.state(),
            ring: self.disk.ring.clone(),
            doubts: self.disk.doubts.clone(),
        };
        self.running = Some(Running {
            round: Round::new(self.hub.clone(), kept, anew),
            waits: Waits::Page,
            number: 0,
            pushed: Vec::new(),
        });
        self.go_on(Said::Begin, &mut || Power::On)
    }

    /// No answer came: the round breaks off.
    pub fn gives_up(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        match self.planted {
            Some(Planted::AnswerLostThenDropped) if running.waits == Waits::Push => {
                (self.disk.outbox).retain(|_, text| {
                    !running
                        .pushed
                        .contains(&RevisionId::of(text.bytes.as_bytes()))
                });
            }
            Some(Planted::ReceivedWithoutReceipt) if running.waits == Waits::Push => {
                for id in running.pushed {
                    let state = SendState::Received {
                        at: crate::hub::received_at(0),
                        n: 1,
                        reference: None,
                    };
                    self.disk.sent.insert(id, state);
                }
            }
            Some(Planted::CursorSkips) if running.waits == Waits::Page => {
                if let Some(state) = &mut self.disk.state {
                    state.pulled = state.seen.size;
                }
            }
            Some(Planted::PhotoSentInPart) if running.waits == Waits::Put => {
                let all: Vec<Digest> = self.disk.photos.keys().copied().collect();
                self.disk.photos_sent.extend(all);
            }
            _ => {}
        }
    }

    /// Takes an answer. Another than the one waited for is none.
    pub fn answered(
        &mut self,
        number: u64,
        reply: &Reply,
        power: &mut dyn FnMut() -> Power,
    ) -> Held<Option<Request>> {
        let Some(running) = self.running.as_mut().filter(|one| one.number == number) else {
            return Ok(None);
        };
        let waits = running.waits.clone();
        let Some(said) = self.read(&waits, reply)? else {
            return Ok(None);
        };
        match said {
            Read::Said(said) => self.go_on(said, power),
            Read::Ask(waits, asked) => Ok(Some(self.asks(waits, asked))),
            Read::Nothing => {
                self.gives_up();
                Ok(None)
            }
        }
    }

    fn read(&mut self, waits: &Waits, reply: &Reply) -> Held<Option<Read>> {
        let ok = reply.status == 200;
        Ok(Some(match waits {
            Waits::Page if reply.status == 401 => Read::Said(Said::SignInNeeded),
            Waits::Page => match serde_json::from_slice::<PullAnswer>(&reply.body) {
                Ok(mut page) if ok => {
                    if self.planted == Some(Planted::SkipBackfill)
                        && let Some(scope) = self.state().scope
                    {
                        page.scope = scope;
                    }
                    Read::Said(Said::Page(Box::new(page)))
                }
                _ => Read::Nothing,
            },
            Waits::Push => match serde_json::from_slice::<PushAnswer>(&reply.body) {
                Ok(answer) if ok => Read::Said(Said::Answer(Box::new(answer))),
                _ => Read::Nothing,
            },
            Waits::Challenge => match serde_json::from_slice::<ChallengeText>(&reply.body) {
                Ok(text) if ok => self.proof(&text)?,
                _ => Read::Nothing,
            },
            Waits::Proof => match reply.session() {
                Some(session) if ok => {
                    self.session = Some(session);
                    Read::Said(Said::Done)
                }
                _ => Read::Nothing,
            },
            Waits::Head(file) => {
                let offset = reply.header(media::UPLOAD_OFFSET);
                let offset: u64 = offset.and_then(|text| text.parse().ok()).unwrap_or(0);
                match self.disk.photos.get(&file.sha256) {
                    _ if offset >= file.bytes => Read::Said(Said::Photo(true)),
                    None => Read::Said(Said::Photo(false)),
                    Some(bytes) => {
                        let rest = bytes.get(offset as usize..).unwrap_or(bytes).to_vec();
                        Read::Ask(
                            Waits::Put,
                            Asked {
                                method: "PUT",
                                path: media::path(file.sha256),
                                session: self.session.clone(),
                                headers: vec![
                                    ("content-type", "image/jpeg".to_owned()),
                                    (media::UPLOAD_OFFSET, offset.to_string()),
                                    (media::UPLOAD_LENGTH, bytes.len().to_string()),
                                ],
                                body: rest,
                            },
                        )
                    }
                }
            }
            Waits::Put => match serde_json::from_slice::<MediaAnswer>(&reply.body) {
                Ok(answer) if ok => {
                    let complete =
                        answer.complete || self.planted == Some(Planted::PhotoSentInPart);
                    Read::Said(Said::Photo(complete))
                }
                _ => Read::Nothing,
            },
        }))
    }

    fn proof(&self, text: &ChallengeText) -> Held<Read> {
        let Ok(asked) = serde_json::from_str::<Challenge>(&text.bytes) else {
            return Ok(Read::Nothing);
        };
        let of_here =
            asked.device == self.id && asked.hub == self.hub.hub && asked.ledger == self.hub.ledger;
        if !of_here {
            return Ok(Read::Nothing);
        }
        let signature = self.key.sign(Challenge::LINE, text.bytes.as_bytes());
        let proof = Proof {
            challenge: SignedText::assemble(text.bytes.as_bytes(), signature),
        };
        let body = serde_json::to_vec(&proof).map_err(fault)?;
        Ok(Read::Ask(Waits::Proof, self.post(PROVE, body)))
    }

    fn post(&self, path: &str, body: Vec<u8>) -> Asked {
        Asked {
            method: "POST",
            path: path.to_owned(),
            session: self.session.clone(),
            headers: Vec::new(),
            body,
        }
    }

    fn asks(&mut self, waits: Waits, asked: Asked) -> Request {
        self.requests += 1;
        let number = self.requests;
        if let Some(running) = &mut self.running {
            running.waits = waits;
            running.number = number;
        }
        Request { number, asked }
    }

    /// Goes on with the round until it wants the network again, or is over.
    fn go_on(&mut self, mut said: Said, power: &mut dyn FnMut() -> Power) -> Held<Option<Request>> {
        loop {
            let Some(running) = &mut self.running else {
                return Ok(None);
            };
            let ask = running.round.step(said);
            self.outcome = running.round.outcome();
            let Ok(ask) = ask else {
                self.running = None;
                return Ok(None);
            };
            said = match ask {
                Ask::Over => {
                    self.running = None;
                    return Ok(None);
                }
                Ask::Page {
                    after,
                    seen,
                    told,
                    limit,
                } => {
                    let seen = seen.map_or_else(String::new, |seen| format!("&seen={seen}"));
                    let told = told.map_or_else(String::new, |told| format!("&told={told}"));
                    let limit = limit.map_or_else(String::new, |most| format!("&limit={most}"));
                    let path = format!("{PULL}?after={after}{seen}{told}{limit}");
                    let mut asked = self.post(&path, Vec::new());
                    asked.method = "GET";
                    return Ok(Some(self.asks(Waits::Page, asked)));
                }
                Ask::Prove => {
                    let asked = ChallengeRequest { device: self.id };
                    let body = serde_json::to_vec(&asked).map_err(fault)?;
                    let asked = self.post(CHALLENGE, body);
                    return Ok(Some(self.asks(Waits::Challenge, asked)));
                }
                Ask::Outbox => Said::Outbox(self.outbox()),
                Ask::Push(ids) => {
                    let body = self.push_body(&ids)?;
                    running_of(&mut self.running)?.pushed = ids;
                    let asked = self.post(PUSH, body);
                    return Ok(Some(self.asks(Waits::Push, asked)));
                }
                Ask::Verify(questions) => {
                    let believes = self.planted == Some(Planted::BelieveAnySignature);
                    let answers = questions.iter().map(|question| {
                        believes || question.key.signed(&question.message, &question.signature)
                    });
                    Said::Verified(Some(answers.collect()))
                }
                Ask::Ids => Said::Ids(self.disk.entries.keys().copied().collect()),
                Ask::Entries(ids) => Said::Entries(
                    ids.iter()
                        .filter_map(|id| self.disk.entries.get(id).cloned())
                        .collect(),
                ),
                Ask::Write(changes) => {
                    if !self.write(changes, power()) {
                        self.running = None;
                        return Ok(None);
                    }
                    Said::Done
                }
                Ask::Photo(file) => {
                    let mut asked = self.post(&media::path(file.sha256), Vec::new());
                    asked.method = "HEAD";
                    return Ok(Some(self.asks(Waits::Head(file), asked)));
                }
            };
        }
    }

    /// All or nothing; whether the battery still has something in it.
    fn write(&mut self, mut changes: Vec<Change>, power: Power) -> bool {
        match self.planted {
            Some(Planted::RestoreUnnoticed) => {
                changes.retain(|one| !matches!(one, Change::Waits(_)));
            }
            Some(Planted::ScopeKeepsLeftovers) => {
                changes.retain(|one| !matches!(one, Change::Drop(_)));
            }
            Some(Planted::HeldDropped) => {
                for change in &changes {
                    if let Change::Sent(id, SendState::Held { .. }) = change {
                        (self.disk.outbox)
                            .retain(|_, text| RevisionId::of(text.bytes.as_bytes()) != *id);
                    }
                }
            }
            Some(Planted::TornWrite) if power == Power::DiesBefore => {
                let half = changes.len() / 2;
                for change in changes.drain(..).take(half) {
                    self.disk.take(change);
                }
                return false;
            }
            _ => {}
        }
        if power == Power::DiesBefore {
            return false;
        }
        for change in changes {
            self.disk.take(change);
        }
        power == Power::On
    }

    fn outbox(&self) -> Vec<OutboxEntry> {
        let entries = self.disk.outbox.iter().map(|((_, seq), text)| {
            let id = RevisionId::of(text.bytes.as_bytes());
            let mut media = photos_of(text);
            for file in &mut media {
                file.sent = self.disk.photos_sent.contains(&file.sha256);
            }
            OutboxEntry {
                id,
                seq: *seq,
                bytes: text.bytes.len() + text.bodies.values().map(String::len).sum::<usize>(),
                state: self.disk.state_of(id),
                media,
            }
        });
        entries.collect()
    }

    fn push_body(&self, ids: &[RevisionId]) -> Held<Vec<u8>> {
        if ids.len() > safelane_sync::MAX_BATCH_REVISIONS {
            return broken("queues are bounded", format!("{} in one push", ids.len()));
        }
        let revisions = self.disk.outbox.values();
        let revisions = revisions
            .filter(|text| ids.contains(&RevisionId::of(text.bytes.as_bytes())))
            .cloned()
            .collect();
        serde_json::to_vec(&PushRequest { revisions }).map_err(fault)
    }
}

enum Read {
    Said(Said),
    Ask(Waits, Asked),
    Nothing,
}

fn running_of(running: &mut Option<Running>) -> Held<&mut Running> {
    running.as_mut().ok_or_else(|| fault("no round"))
}

/// Photos that a revision names.
pub fn photos_of(text: &RevisionText) -> Vec<MediaEntry> {
    let maps = text.bodies.values();
    let maps = maps.filter_map(|body| serde_json::from_str::<body::Map>(body).ok());
    maps.flat_map(|map| {
        let photos = body::photos(&map, "photos");
        photos.into_iter().filter_map(|photo| {
            Some(MediaEntry {
                sha256: photo.sha256.parse().ok()?,
                bytes: photo.bytes,
                sent: false,
            })
        })
    })
    .collect()
}
