//! The round as a machine, against a hub of a few lines.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::testkit::{Author, ledger, record};
use safelane_ledger::{
    Answer, Document, HeldReason, HubId, Leaf, LogPoint, PersonId, Receipt, ReceiptLeaf,
    ReceivedAt, RevisionId, Role, SignedHead, SignedRevision, SigningKey, Tier, Verdict,
};
use safelane_sync::signatures::KeyRing;
use safelane_sync::{
    Ask, Change, Doubts, HubIdentity, Kept, MediaEntry, OutboxEntry, Outcome, Round, Said,
    SendState, SyncState,
};
use safelane_wire::sync::{PullAnswer, PullEntry, PushAnswer, RevisionAnswer, Scope};

fn at() -> ReceivedAt {
    "2026-03-02T06:00:00Z".parse().unwrap()
}

/// A hub that takes everything.
#[derive(Clone)]
struct Hub {
    author: u8,
    leaves: Vec<(SignedRevision, String)>,
    points: Vec<LogPoint>,
    copy: Option<String>,
    scope: String,
    /// Numbers that reach the device with another signature, so many times.
    tampers: BTreeMap<u64, u32>,
}

impl Hub {
    fn new() -> Self {
        Self {
            author: 7,
            leaves: Vec::new(),
            points: vec![LogPoint::START],
            copy: None,
            scope: "1".to_owned(),
            tampers: BTreeMap::new(),
        }
    }

    fn key(&self) -> SigningKey {
        SigningKey::from_seed(&[self.author; 32])
    }

    fn id() -> HubId {
        HubId::new(record("hub").uuid())
    }

    fn identity(&self) -> HubIdentity {
        HubIdentity {
            hub: Self::id(),
            key: self.key().public(),
            ledger: ledger(),
        }
    }

    fn point(&self) -> LogPoint {
        *self.points.last().unwrap()
    }

    fn number(&self, id: RevisionId) -> Option<u64> {
        let at = self.leaves.iter().position(|(one, _)| one.id() == id)?;
        Some(at as u64 + 1)
    }

    fn take(&mut self, signed: &SignedRevision) -> u64 {
        if let Some(n) = self.number(signed.id()) {
            return n;
        }
        let leaf = Leaf {
            n: self.leaves.len() as u64 + 1,
            id: signed.id(),
            received: at(),
            verdict: Verdict::with_roles([Role::Field]),
            reference: None,
            hub: Self::id(),
        };
        let bytes = leaf.to_bytes().unwrap();
        let next = self.point().next(&bytes);
        self.points.push(next);
        self.leaves
            .push((signed.clone(), String::from_utf8(bytes).unwrap()));
        leaf.n
    }

    fn restored_to(&self, size: usize) -> Self {
        let mut older = self.clone();
        older.leaves.truncate(size);
        older.points.truncate(size + 1);
        older
    }

    fn page(&mut self, after: u64, sizes: [Option<u64>; 2], limit: Option<u32>) -> PullAnswer {
        let point = self.point();
        let head = SignedHead {
            hub: Self::id(),
            ledger: ledger(),
            size: point.size,
            head: point.head,
            at: at(),
        };
        let [seen_head, told_head] = sizes.map(|size| Some(self.points.get(size? as usize)?.head));
        let most = limit.unwrap_or(500) as usize;
        let (mut entries, mut upto) = (Vec::new(), after);
        for (signed, leaf) in self.leaves.iter().skip(after as usize).take(most) {
            upto += 1;
            let mut signed = signed.clone();
            if let Some(left) = self.tampers.get_mut(&upto)
                && *left > 0
            {
                *left -= 1;
                signed.signature = safelane_ledger::Signature::from_bytes([1; 64]);
            }
            entries.push(PullEntry {
                leaf: leaf.clone(),
                revision: signed.try_into().unwrap(),
            });
        }
        if entries.len() < most {
            upto = point.size;
        }
        PullAnswer {
            after,
            upto,
            head: head.sign(&self.key()).unwrap(),
            seen_head,
            told_head,
            copy: self.copy.clone(),
            scope: Scope {
                version: self.scope.clone(),
                outline: None,
            },
            entries,
            more: upto < point.size,
        }
    }

    fn push(&mut self, revisions: &[SignedRevision]) -> PushAnswer {
        let leaves: Vec<ReceiptLeaf> = revisions
            .iter()
            .map(|one| ReceiptLeaf {
                n: self.take(one),
                id: one.id(),
                leaf: safelane_ledger::Digest::of(b"leaf"),
            })
            .collect();
        let point = self.point();
        let receipt = Receipt {
            hub: Self::id(),
            ledger: ledger(),
            leaves: leaves.clone(),
            size: point.size,
            head: point.head,
            at: at(),
        };
        let answers = leaves.iter().map(|leaf| RevisionAnswer {
            id: leaf.id,
            answer: Answer::Received {
                n: leaf.n,
                reference: None,
            },
            held_receipt: None,
        });
        PushAnswer {
            answers: answers.collect(),
            receipt: Some(receipt.sign(&self.key()).unwrap()),
        }
    }
}

/// A device with its disk.
struct Device {
    author: Author,
    outbox: Vec<SignedRevision>,
    sent: BTreeMap<RevisionId, SendState>,
    entries: BTreeMap<RevisionId, PullEntry>,
    photos: Vec<MediaEntry>,
    photos_sent: BTreeSet<safelane_ledger::Digest>,
    state: SyncState,
    ring: Option<KeyRing>,
    doubts: Doubts,
}

impl Device {
    fn new(name: &str) -> Self {
        let author = Author::new(name);
        let state = SyncState::new(author.person);
        Self {
            author,
            outbox: Vec::new(),
            sent: BTreeMap::new(),
            entries: BTreeMap::new(),
            photos: Vec::new(),
            photos_sent: BTreeSet::new(),
            state,
            ring: None,
            doubts: Doubts::default(),
        }
    }

    fn states(&mut self, name: &str) -> RevisionId {
        let body = r#"{"name":"Grove"}"#;
        let one = self
            .author
            .put(record(name), "civilian-risk-zone/1", &[], body);
        self.outbox.push(one.clone());
        one.id()
    }

    fn state_of(&self, id: RevisionId) -> SendState {
        self.sent.get(&id).cloned().unwrap_or(SendState::Waiting)
    }

    fn take(&mut self, change: Change) {
        match change {
            Change::State(state) => self.state = state,
            Change::Sent(id, state) => _ = self.sent.insert(id, state),
            Change::Waits(id) => _ = self.sent.remove(&id),
            Change::Receipt(..) => {}
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

    /// A round; `reads` while the session lasts. What was written, transaction by transaction.
    fn round(&mut self, hub: &mut Hub, reads: bool) -> (Outcome, Vec<Vec<Change>>) {
        let kept = Kept {
            state: self.state.clone(),
            ring: self.ring.clone(),
            doubts: self.doubts.clone(),
        };
        let mut round = Round::new(hub.identity(), kept, false);
        let (mut said, mut written) = (Said::Begin, Vec::new());
        loop {
            said = match round.step(said).unwrap() {
                Ask::Over => return (round.outcome(), written),
                Ask::Page { .. } if !reads => Said::SignInNeeded,
                Ask::Page {
                    after,
                    seen,
                    told,
                    limit,
                } => Said::Page(Box::new(hub.page(after, [seen, told], limit))),
                Ask::Prove => Said::Done,
                Ask::Outbox => {
                    let entries = (1..).zip(&self.outbox).map(|(seq, one)| OutboxEntry {
                        id: one.id(),
                        seq,
                        bytes: 1,
                        state: self.state_of(one.id()),
                        media: self
                            .photos
                            .iter()
                            .map(|file| MediaEntry {
                                sent: self.photos_sent.contains(&file.sha256),
                                ..*file
                            })
                            .collect(),
                    });
                    Said::Outbox(entries.collect())
                }
                Ask::Push(ids) => {
                    let of = self.outbox.iter().filter(|one| ids.contains(&one.id()));
                    let revisions: Vec<_> = of.cloned().collect();
                    Said::Answer(Box::new(hub.push(&revisions)))
                }
                Ask::Verify(questions) => Said::Verified(Some(
                    questions
                        .iter()
                        .map(|one| one.key.signed(&one.message, &one.signature))
                        .collect(),
                )),
                Ask::Ids => Said::Ids(self.entries.keys().copied().collect()),
                Ask::Entries(ids) => Said::Entries(
                    ids.iter()
                        .filter_map(|id| self.entries.get(id).cloned())
                        .collect(),
                ),
                Ask::Write(changes) => {
                    written.push(changes.clone());
                    for change in changes {
                        self.take(change);
                    }
                    Said::Done
                }
                Ask::Photo(_) => Said::Photo(true),
            };
        }
    }
}

/// The hub states the key of a device, signed with its own.
fn enrols(hub: &mut Hub, device: &Author) {
    let mut author = Author::new("hub");
    author.device = Hub::id().device();
    author.person = PersonId::new(Hub::id().uuid());
    let body = format!(
        r#"{{"public_key":"{}","revoked":"no"}}"#,
        device.public_key()
    );
    let kind = "device/1";
    let record = safelane_ledger::RecordId::new(device.device.uuid());
    let mut signed = author.put(record, kind, &[], &body);
    signed.signature = hub
        .key()
        .sign(safelane_ledger::Line::Revision, &signed.bytes);
    assert!(signed.bodies.contains_key(&Tier::T1));
    hub.take(&signed);
}

fn started() -> (Hub, Device) {
    let (mut hub, mut fern) = (Hub::new(), Device::new("fern"));
    enrols(&mut hub, &fern.author);
    fern.round(&mut hub, true);
    (hub, fern)
}

#[test]
fn what_is_signed_is_received_and_comes_back_by_the_pull() {
    let (mut hub, mut fern) = started();
    let id = fern.states("zone");
    fern.round(&mut hub, true);
    assert!(fern.state_of(id).is_received());
    fern.round(&mut hub, true);
    assert_eq!(fern.entries.len(), 2);
    assert_eq!(fern.doubts, Doubts::default());
    assert_eq!((fern.state.pulled, fern.state.told.len()), (2, 0));
}

/// A hub that was restored and has grown past what the device saw, while the device could only send:
/// the newer receipt says nothing of the older one.
#[test]
fn a_receipt_without_reading_hides_no_hub_that_was_restored() {
    let (mut hub, mut fern) = started();
    let first = fern.states("first");
    fern.round(&mut hub, true);
    fern.round(&mut hub, true);
    let mut hub = hub.restored_to(1);
    let mut reed = Author::new("reed");
    for name in ["a", "b", "c"] {
        hub.take(&reed.put(record(name), "civilian-risk-zone/1", &[], r#"{"name":"x"}"#));
    }
    let second = fern.states("second");
    let (outcome, _) = fern.round(&mut hub, false);
    assert!(outcome.needs_sign_in && fern.state_of(second).is_received());
    assert_eq!(hub.number(first), None, "the hub has lost it");

    let (outcome, _) = fern.round(&mut hub, true);
    assert!(outcome.restored);
    assert!(hub.number(first).is_some() && fern.state_of(first).is_received());
}

#[test]
fn a_receipt_of_before_the_restore_is_compared_too() {
    let (mut hub, mut fern) = started();
    let first = fern.states("first");
    fern.round(&mut hub, false);
    // Never seen by a page: only the receipt told of it.
    let mut hub = hub.restored_to(1);
    let mut reed = Author::new("reed");
    for name in ["a", "b"] {
        hub.take(&reed.put(record(name), "civilian-risk-zone/1", &[], r#"{"name":"x"}"#));
    }
    let (outcome, _) = fern.round(&mut hub, true);
    assert!(outcome.restored && hub.number(first).is_some());
}

/// What is held and the photos are beside the log: a backup with the same log may lack them.
#[test]
fn another_copy_with_the_same_log_is_offered_what_is_held_and_the_photos() {
    let (mut hub, mut fern) = started();
    let id = fern.states("zone");
    let photo = MediaEntry {
        sha256: safelane_ledger::Digest::of(b"photo"),
        bytes: 5,
        sent: false,
    };
    fern.photos.push(photo);
    fern.round(&mut hub, true);
    assert!(fern.photos_sent.contains(&photo.sha256));
    let held = SendState::Held {
        reason: HeldReason::AuthorWithoutRight,
        at: at(),
    };
    fern.sent.insert(id, held);
    hub.copy = Some("another".to_owned());
    let (outcome, written) = fern.round(&mut hub, true);
    assert!(outcome.restored);
    let first = &written[0];
    assert!(
        first.contains(&Change::Waits(id)) && first.contains(&Change::PhotoWaits(photo.sha256))
    );
    assert!(fern.state_of(id).is_received());
    let (outcome, _) = fern.round(&mut hub, true);
    assert!(!outcome.restored, "once");
}

/// Revoked before its first page: it may still send, all of that is held, and no receipt tells it of the log.
#[test]
fn who_only_ever_had_something_held_offers_it_to_another_copy() {
    let mut hub = Hub::new();
    let mut fern = Device::new("fern");
    enrols(&mut hub, &fern.author);
    let id = fern.states("zone");
    let held = SendState::Held {
        reason: HeldReason::DeviceRevoked,
        at: at(),
    };
    fern.sent.insert(id, held);
    hub.copy = Some("another".to_owned());
    assert!(fern.round(&mut hub, true).0.restored);
    assert!(hub.number(id).is_some() && fern.state_of(id).is_received());
    assert!(!fern.round(&mut hub, true).0.restored, "once");
}

#[test]
fn a_device_that_never_saw_the_log_takes_the_copy_as_it_is() {
    let mut hub = Hub::new();
    hub.copy = Some("brought back".to_owned());
    let mut fern = Device::new("fern");
    enrols(&mut hub, &fern.author);
    assert!(!fern.round(&mut hub, true).0.restored);
    assert!(!fern.round(&mut hub, true).0.restored);
}

#[test]
fn what_was_changed_on_its_way_is_asked_for_once_more() {
    let (mut hub, mut fern) = started();
    let mut reed = Author::new("reed");
    enrols(&mut hub, &reed);
    let signed = reed.put(
        record("zone"),
        "civilian-risk-zone/1",
        &[],
        r#"{"name":"x"}"#,
    );
    hub.take(&signed);
    // The key itself, then what it signed, which nobody can tell before the key is here: both come
    // whole when they are asked for again.
    hub.tampers = BTreeMap::from([(2, 1), (3, 1)]);
    fern.round(&mut hub, true);
    fern.round(&mut hub, true);
    assert_eq!(fern.doubts, Doubts::default());
    assert_eq!(fern.entries.len(), 3);
    // What the hub itself gives wrongly stays left aside, and is said.
    let later = reed.put(
        record("other"),
        "civilian-risk-zone/1",
        &[],
        r#"{"name":"y"}"#,
    );
    hub.take(&later);
    hub.tampers = BTreeMap::from([(4, 100)]);
    fern.round(&mut hub, true);
    fern.round(&mut hub, true);
    assert_eq!(fern.doubts.bad.len(), 1);
    assert_eq!(fern.entries.len(), 3);
}

#[test]
fn what_leaves_the_scope_leaves_with_the_write_of_the_scope() {
    let (mut hub, mut fern) = started();
    let mut reed = Author::new("reed");
    enrols(&mut hub, &reed);
    hub.take(&reed.put(
        record("zone"),
        "civilian-risk-zone/1",
        &[],
        r#"{"name":"x"}"#,
    ));
    fern.round(&mut hub, true);
    assert_eq!(fern.entries.len(), 3);
    let gone = hub.leaves.pop().unwrap().0.id();
    hub.points.pop();
    // Another scope: the log is as it was, and this person is not given the last of it.
    let mut narrow = Hub {
        scope: "2".to_owned(),
        ..hub
    };
    narrow.points.push(fern.state.seen);
    let (_, written) = fern.round(&mut narrow, true);
    let of_scope = written.iter().find(|changes| {
        changes.iter().any(|change| match change {
            Change::State(state) => state.scope.as_ref().is_some_and(|one| one.version == "2"),
            _ => false,
        })
    });
    assert!(of_scope.unwrap().contains(&Change::Drop(gone)));
    assert_eq!(fern.entries.len(), 2);
}
