//! Rounds between a device and a hub, without a network.

use proptest::prelude::*;

use safelane_ledger::testkit::{ledger, record};
use safelane_ledger::{
    Answer, Digest, Document, HeldReason, HeldReceipt, HubId, LogPoint, Receipt, ReceiptLeaf,
    RefusedReason, RevisionId, SignedText, SigningKey,
};
use safelane_sync::{
    AnswerError, Device, LogCheck, MAX_BATCH_BYTES, MediaEntry, Offer, OutboxEntry, SendState,
    Step, accept, check_log, plan,
};

fn id(n: u64) -> RevisionId {
    RevisionId::of(&n.to_be_bytes())
}

fn entry(seq: u64, state: SendState) -> OutboxEntry {
    OutboxEntry {
        id: id(seq),
        seq,
        bytes: 1000,
        state,
        media: vec![],
    }
}

fn received(n: u64) -> SendState {
    SendState::Received {
        at: "2026-03-02T06:00:00Z".parse().unwrap(),
        n,
        reference: None,
    }
}

/// The log of a hub after these leaves.
fn log(leaves: &[&str]) -> LogPoint {
    leaves
        .iter()
        .fold(LogPoint::START, |log, leaf| log.next(leaf.as_bytes()))
}

fn device(outbox: Vec<OutboxEntry>, seen: LogPoint) -> Device {
    Device {
        outbox,
        pulled: seen.size,
        seen,
        told: None,
        copy: None,
        scope: Some("1".to_owned()),
    }
}

fn offer(log: LogPoint) -> Offer {
    Offer {
        log,
        head_at_seen: None,
        head_at_told: None,
        copy: None,
        scope: "1".to_owned(),
    }
}

#[test]
fn nothing_to_do_is_no_step() {
    let device = device(vec![entry(1, received(1))], log(&["a"]));
    let plan = plan(&device, &offer(log(&["a"])));
    assert_eq!(
        (plan.log, plan.steps, plan.withdrawn),
        (LogCheck::Same, vec![], vec![])
    );
}

#[test]
fn waiting_revisions_go_first_then_the_pull_then_photos() {
    let photo = MediaEntry {
        sha256: Digest::of(b"photo"),
        bytes: 9,
        sent: false,
    };
    let done = MediaEntry {
        sent: true,
        ..photo
    };
    let mut with_photo = entry(1, received(1));
    with_photo.media = vec![photo, done];
    let refused = entry(
        3,
        SendState::Refused {
            reason: RefusedReason::TooLarge,
        },
    );
    let outbox = vec![with_photo, entry(2, SendState::Waiting), refused];
    let plan = plan(&device(outbox, log(&["a"])), &offer(log(&["a", "b"])));
    assert_eq!(plan.log, LogCheck::Grown);
    let expected = [
        Step::Push(vec![id(2)]),
        Step::Pull { after: 1 },
        Step::Media(photo),
    ];
    assert_eq!(plan.steps, expected);
}

#[test]
fn batches_are_bounded_by_number_and_by_bytes_and_lose_nothing() {
    let outbox: Vec<_> = (1..=1001)
        .map(|seq| entry(seq, SendState::Waiting))
        .collect();
    let sizes = |outbox: Vec<OutboxEntry>| -> Vec<usize> {
        let plan = plan(&device(outbox, LogPoint::START), &offer(LogPoint::START));
        let size = |step: &Step| match step {
            Step::Push(ids) => ids.len(),
            other => panic!("{other:?}"),
        };
        plan.steps.iter().map(size).collect()
    };
    assert_eq!(sizes(outbox), [500, 500, 1]);

    let of_bytes = |bytes: [usize; 4]| {
        (1..).zip(bytes).map(|(seq, bytes)| OutboxEntry {
            bytes,
            ..entry(seq, SendState::Waiting)
        })
    };
    let half = MAX_BATCH_BYTES / 2;
    assert_eq!(sizes(of_bytes([half, half, 1, 1]).collect()), [2, 2]);
    // One that is too large alone still goes, alone: the hub says what is wrong with it.
    assert_eq!(
        sizes(of_bytes([1, MAX_BATCH_BYTES + 1, 1, 1]).collect()),
        [1, 1, 2]
    );
}

#[test]
fn a_hub_restored_from_an_older_copy_is_offered_everything_again() {
    let held = SendState::Held {
        reason: HeldReason::Fork,
        at: "2026-03-02T06:00:00Z".parse().unwrap(),
    };
    let outbox = vec![entry(1, received(1)), entry(2, received(2)), entry(3, held)];
    let device = device(outbox, log(&["a", "b", "c"]));
    for older in [log(&["a"]), log(&["a", "x", "y"]), LogPoint::START] {
        let plan = plan(&device, &offer(older));
        assert_eq!(plan.log, LogCheck::Restored);
        assert_eq!(
            plan.withdrawn,
            [id(1), id(2), id(3)],
            "nobody says received any more"
        );
        assert_eq!(plan.steps[0], Step::Push(vec![id(1), id(2), id(3)]));
        let pull = Step::Pull { after: 0 };
        assert_eq!(plan.steps.get(1), (older.size > 0).then_some(&pull));
    }
}

#[test]
fn what_was_withdrawn_goes_again_in_a_later_round_too() {
    let photo = MediaEntry {
        sha256: Digest::of(b"photo"),
        bytes: 9,
        sent: true,
    };
    let mut first = entry(1, received(1));
    first.media = vec![photo];
    let refused = entry(
        2,
        SendState::Refused {
            reason: RefusedReason::TooLarge,
        },
    );
    let mut device = device(vec![first, refused], log(&["a", "b"]));
    let older = offer(log(&["x"]));
    device.withdraw(&older);
    let plan = plan(&device, &older);
    assert_eq!((plan.log, plan.withdrawn), (LogCheck::Same, vec![]));
    let again = MediaEntry {
        sent: false,
        ..photo
    };
    let steps = [
        Step::Push(vec![id(1)]),
        Step::Pull { after: 0 },
        Step::Media(again),
    ];
    assert_eq!(plan.steps, steps);
}

#[test]
fn a_restored_hub_that_has_grown_again_is_found_by_its_head_at_the_size_seen() {
    let seen = log(&["a", "b"]);
    let mut offer = offer(log(&["a", "x", "y"]));
    assert_eq!(
        check_log(seen, &offer),
        LogCheck::Grown,
        "nothing to tell it by"
    );
    offer.head_at_seen = Some(log(&["a", "x"]).head);
    assert_eq!(check_log(seen, &offer), LogCheck::Restored);
    offer.head_at_seen = Some(seen.head);
    assert_eq!(check_log(seen, &offer), LogCheck::Grown);
}

#[test]
fn a_new_scope_is_pulled_from_the_start() {
    let device = device(vec![], log(&["a", "b"]));
    let offer = Offer {
        scope: "2".to_owned(),
        ..offer(log(&["a", "b"]))
    };
    assert_eq!(plan(&device, &offer).steps, [Step::Pull { after: 0 }]);
}

#[test]
fn a_return_shows_until_it_is_answered() {
    let back = received(4).returned(true);
    assert!(matches!(back, SendState::Returned { n: 4, .. }) && back.is_received());
    assert_eq!(back.returned(false), received(4));
    assert_eq!(SendState::Waiting.returned(true), SendState::Waiting);
}

fn hub() -> (HubId, SigningKey) {
    (
        HubId::new(record("hub").uuid()),
        SigningKey::from_seed(&[7; 32]),
    )
}

fn receipt(leaves: &[u64]) -> Receipt {
    let leaf = |n: &u64| ReceiptLeaf {
        n: *n,
        id: id(*n),
        leaf: Digest::of(b"leaf"),
    };
    let log = log(&["a", "b", "c"]);
    Receipt {
        hub: hub().0,
        ledger: ledger(),
        leaves: leaves.iter().map(leaf).collect(),
        size: log.size,
        head: log.head,
        at: "2026-03-02T06:00:00Z".parse().unwrap(),
    }
}

/// Accepts the answer *received as leaf 2* to revision 2 under this receipt.
fn accept_two(receipt: Option<&SignedText>) -> Result<SendState, AnswerError> {
    let (hub, key) = hub();
    let answer = Answer::Received {
        n: 2,
        reference: Some("DEMO-0147".parse().unwrap()),
    };
    let accepted = accept(
        [(id(2), &answer, None)],
        receipt,
        (hub, &key.public()),
        ledger(),
    )?;
    assert_eq!(accepted.log, Some(log(&["a", "b", "c"])));
    Ok(accepted.states[0].1.clone())
}

#[test]
fn a_receipt_that_covers_the_revision_makes_it_received() {
    let text = receipt(&[1, 2]).sign(&hub().1).unwrap();
    match accept_two(Some(&text)).unwrap() {
        SendState::Received { n, reference, .. } => {
            assert_eq!((n, reference.unwrap().as_str()), (2, "DEMO-0147"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_receipt_that_holds_nothing_is_received() {
    let sign = |receipt: &Receipt| receipt.sign(&hub().1).unwrap();
    assert!(matches!(accept_two(None), Err(AnswerError::NoReceipt)));
    let uncovered = sign(&receipt(&[1]));
    assert!(
        matches!(accept_two(Some(&uncovered)), Err(AnswerError::NotCovered(of)) if of == id(2))
    );
    let mut other_number = receipt(&[2]);
    other_number.leaves[0].n = 3;
    assert!(matches!(
        accept_two(Some(&sign(&other_number))),
        Err(AnswerError::NotCovered(_))
    ));
    let mut beyond = receipt(&[2]);
    beyond.size = 1;
    assert!(matches!(
        accept_two(Some(&sign(&beyond))),
        Err(AnswerError::NotCovered(_))
    ));
    let mut foreign = receipt(&[2]);
    foreign.hub = HubId::new(record("another hub").uuid());
    assert!(matches!(
        accept_two(Some(&sign(&foreign))),
        Err(AnswerError::ForeignReceipt)
    ));
    let forged = receipt(&[2])
        .sign(&SigningKey::from_seed(&[8; 32]))
        .unwrap();
    assert!(matches!(
        accept_two(Some(&forged)),
        Err(AnswerError::BadReceipt(_))
    ));
}

#[test]
fn held_wants_the_hubs_signed_word_and_refused_wants_none() {
    let (hub, key) = hub();
    let reason = HeldReason::DeviceRevoked;
    let at = "2026-03-02T06:00:00Z".parse().unwrap();
    let word = HeldReceipt {
        hub,
        ledger: ledger(),
        id: id(1),
        reason,
        at,
    };
    let text = word.sign(&key).unwrap();
    let try_with = |of: RevisionId, said: HeldReason, text: Option<&SignedText>| {
        let answer = Answer::Held { reason: said };
        accept([(of, &answer, text)], None, (hub, &key.public()), ledger()).map(|a| a.states)
    };
    let held = SendState::Held { reason, at };
    assert_eq!(
        try_with(id(1), reason, Some(&text)).unwrap(),
        [(id(1), held)]
    );
    assert!(matches!(
        try_with(id(1), reason, None),
        Err(AnswerError::NoReceipt)
    ));
    assert!(matches!(
        try_with(id(2), reason, Some(&text)),
        Err(AnswerError::NotCovered(_))
    ));
    let other = try_with(id(1), HeldReason::Fork, Some(&text));
    assert!(matches!(other, Err(AnswerError::NotCovered(_))));

    let refused = Answer::Refused {
        reason: RefusedReason::TooLarge,
    };
    let accepted = accept(
        [(id(1), &refused, None)],
        None,
        (hub, &key.public()),
        ledger(),
    )
    .unwrap();
    assert_eq!(accepted.log, None);
    assert!(!accepted.states[0].1.is_received());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Whatever is lost on the way, rounds end with all received, and none was before its receipt.
    #[test]
    fn rounds_over_a_bad_network_end_with_everything_received(
        count in 1..1200_u64,
        fates in proptest::collection::vec(0..3_u8, 0..12),
    ) {
        let (hub, key) = hub();
        let mut device = device((1..=count).map(|seq| entry(seq, SendState::Waiting)).collect(), LogPoint::START);
        let mut at_hub: Vec<RevisionId> = Vec::new();
        let mut hub_log = LogPoint::START;
        // After these fates of pushes, all arrive.
        let mut fates = fates.into_iter().chain(std::iter::repeat(2));
        for _ in 0..20 {
            for step in plan(&device, &offer(hub_log)).steps {
                let Step::Push(ids) = step else { continue };
                let fate = fates.next().unwrap();
                if fate == 0 {
                    continue;
                }
                let mut answers = Vec::new();
                for id in ids {
                    let known = at_hub.iter().position(|one| *one == id);
                    let n = known.map_or(at_hub.len() as u64 + 1, |place| place as u64 + 1);
                    if known.is_none() {
                        at_hub.push(id);
                        hub_log = hub_log.next(id.as_bytes());
                        answers.push((id, Answer::Received { n, reference: None }));
                    } else {
                        answers.push((id, Answer::Duplicate { n, reference: None }));
                    }
                }
                let leaf = |(id, answer): &(RevisionId, Answer)| match answer {
                    Answer::Received { n, .. } | Answer::Duplicate { n, .. } => {
                        ReceiptLeaf { n: *n, id: *id, leaf: Digest::of(id.as_bytes()) }
                    }
                    other => panic!("{other:?}"),
                };
                let receipt = Receipt {
                    leaves: answers.iter().map(leaf).collect(),
                    size: hub_log.size,
                    head: hub_log.head,
                    ..receipt(&[])
                };
                if fate == 1 {
                    // Taken, and the answer lost.
                    continue;
                }
                let text = receipt.sign(&key).unwrap();
                let answers = answers.iter().map(|(id, answer)| (*id, answer, None));
                let accepted = accept(answers, Some(&text), (hub, &key.public()), ledger()).unwrap();
                for (id, state) in accepted.states {
                    prop_assert!(at_hub.contains(&id));
                    let entry = device.outbox.iter_mut().find(|entry| entry.id == id).unwrap();
                    entry.state = state;
                }
                device.seen = accepted.log.unwrap();
            }
        }
        prop_assert!(device.outbox.iter().all(|entry| entry.state.is_received()));
        prop_assert_eq!(at_hub.len() as u64, count, "nothing twice");
    }
}
