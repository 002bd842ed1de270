//! What is kept outside the ledger, why, and how it comes in.

use safelane_ledger::testkit::{self, Author};
use safelane_ledger::{Answer, HeldReason, Role};

use super::office::{HAZARD, Office, hazard, verified};
use crate::judge::MAX_OPEN;
use crate::{DeviceState, Limit, Standing, Store, StoreError, Stored};

fn held(reason: HeldReason) -> Answer {
    Answer::Held { reason }
}

/// Both sides of a fork are kept: the first in the ledger, the second outside.
pub async fn a_second_revision_with_the_same_number_is_a_fork(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let first = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    office.receive(&ana, &first).await;
    let size = office.size().await;
    ana.rewind(&first);
    let second = ana.put(testkit::record("b"), HAZARD, &[], &hazard(9, 9));

    let answers = office.push(&ana, &[&second, &second]).await;

    assert_eq!(
        answers,
        vec![held(HeldReason::Fork), held(HeldReason::Fork)]
    );
    assert_eq!(office.size().await, size);
    let kept = store.held(None, Limit::MAX).await.unwrap().items;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].signed, second);
    let Some(Stored::Held(one)) = store.revision(second.id()).await.unwrap() else {
        panic!("not held");
    };
    assert_eq!(one.reason, HeldReason::Fork);
    assert_eq!(store.record(testkit::record("b")).await.unwrap(), None);
}

/// A number that is free does not help a revision whose link names another history.
pub async fn a_link_that_does_not_fit_is_a_fork(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let first = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    office.receive(&ana, &first).await;
    ana.rewind(&first);
    // Numbered 1 and never sent; the next one, numbered 2, names it.
    ana.put(testkit::record("b"), HAZARD, &[], &hazard(9, 9));
    let third = ana.put(testkit::record("c"), HAZARD, &[], &hazard(9, 9));

    assert_eq!(
        office.push(&ana, &[&third]).await,
        vec![held(HeldReason::Fork)]
    );
}

/// After a fork nothing of the device goes in, in whatever order; a new device does.
pub async fn a_forked_device_is_held_until_enrolled_anew(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let first = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    office.receive(&ana, &first).await;
    ana.rewind(&first);
    let second = ana.put(testkit::record("b"), HAZARD, &[], &hazard(9, 9));
    let third = ana.put(testkit::record("c"), HAZARD, &[], &hazard(9, 9));

    let answers = office.push(&ana, &[&second, &third]).await;

    assert_eq!(
        answers,
        vec![held(HeldReason::Fork), held(HeldReason::DeviceHeld)]
    );
    let device = store.device(ana.device).await.unwrap().expect("enrolled");
    assert_eq!(device.state, DeviceState::Held);

    let mut anew = Author::new("ana's new tablet");
    anew.person = ana.person;
    office.enrol(&anew, "no").await;
    let again = anew.put(testkit::record("c"), HAZARD, &[], &hazard(9, 9));
    office.receive(&anew, &again).await;
}

/// Somebody without the right is held; a coordinator lets the revision in, with a mark.
pub async fn an_author_without_the_right_is_held_and_can_be_admitted(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut vera = office.person("vera", &[Role::Viewer]).await;
    let cora = office.person("cora", &[Role::Coordinator]).await;
    let record = testkit::record("a");
    let one = vera.put(record, HAZARD, &[], &hazard(0, 0));
    let answers = office.push(&vera, &[&one]).await;
    assert_eq!(answers, vec![held(HeldReason::AuthorWithoutRight)]);

    let admitted = store
        .admit(one.id(), cora.person, office.now())
        .await
        .unwrap();
    let again = store
        .admit(one.id(), cora.person, office.now())
        .await
        .unwrap();

    assert!(
        matches!(admitted.answer, Answer::Received { .. }),
        "{admitted:?}"
    );
    assert!(
        matches!(again.answer, Answer::Duplicate { .. }),
        "{again:?}"
    );
    assert_eq!(again.receipt_leaf(), admitted.receipt_leaf());
    let history = store.history(record).await.unwrap();
    assert_eq!(history[0].leaf.verdict.admitted_by, Some(cora.person));
    assert!(history[0].leaf.verdict.roles.contains(&Role::Viewer));
    assert_eq!(store.held(None, Limit::MAX).await.unwrap().items, vec![]);
    let summary = store.record(record).await.unwrap().expect("it is there");
    assert_eq!(summary.standing, Standing::Reported);
    let answers = office.push(&vera, &[&one]).await;
    assert!(
        matches!(answers[0], Answer::Duplicate { .. }),
        "{answers:?}"
    );
    let stranger = vera.put(record, HAZARD, &[], &hazard(1, 1));
    let absent = store.admit(stranger.id(), cora.person, office.now()).await;
    assert!(
        matches!(absent, Err(StoreError::Absent { .. })),
        "{absent:?}"
    );
}

/// A device speaks for its own person alone.
pub async fn a_person_on_another_ones_device_is_held(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let ben = office.person("ben", &[Role::Field]).await;
    ana.person = ben.person;
    let one = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));

    let answers = office.push(&ana, &[&one]).await;

    assert_eq!(answers, vec![held(HeldReason::AuthorMismatch)]);
}

/// What a device sends after it was revoked is held; what it sent before stands.
pub async fn a_revoked_device_is_held(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let before = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    office.receive(&ana, &before).await;
    office.enrol(&ana, "yes").await;
    let after = ana.put(testkit::record("b"), HAZARD, &[], &hazard(0, 0));

    let answers = office.push(&ana, &[&after, &before]).await;

    assert_eq!(answers[0], held(HeldReason::DeviceRevoked));
    assert!(
        matches!(answers[1], Answer::Duplicate { .. }),
        "{answers:?}"
    );
    let device = store.device(ana.device).await.unwrap().expect("enrolled");
    assert_eq!(device.state, DeviceState::Revoked);
    assert_eq!(device.key, ana.public_key());
    assert!(device.heard.is_some());
}

/// A role that is taken in a batch is gone for the items behind it, and the reverse.
pub async fn rights_count_from_the_next_item_on(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let one = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    let two = ana.put(testkit::record("b"), HAZARD, &[], &hazard(0, 0));
    let none = office.grant_draft(ana.person, &[]).await;

    let items = vec![
        verified(&ana, &one).into(),
        none.into(),
        verified(&ana, &two).into(),
    ];
    let answers = office.append(items).await.answers;

    assert!(
        matches!(answers[0].answer, Answer::Received { .. }),
        "{answers:?}"
    );
    assert_eq!(answers[2].answer, held(HeldReason::AuthorWithoutRight));
    assert!(store.rights(ana.person).await.unwrap().roles.is_empty());
    let three = ana.put(testkit::record("c"), HAZARD, &[], &hazard(0, 0));
    office
        .grant(ana.person, &[Role::Field, Role::Approver])
        .await;
    office.receive(&ana, &three).await;
    let rights = store.rights(ana.person).await.unwrap();
    assert_eq!(rights.roles, [Role::Field, Role::Approver].into());
}

/// Beyond what a person could choose from, further versions wait outside.
pub async fn too_many_open_versions_are_held(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let record = testkit::record("a");
    let versions: Vec<_> = (0..=MAX_OPEN)
        .map(|n| ana.put(record, HAZARD, &[], &hazard(n as i64, 0)))
        .collect();

    let answers = office
        .push(&ana, &versions.iter().collect::<Vec<_>>())
        .await;

    let received = answers
        .iter()
        .filter(|answer| matches!(answer, Answer::Received { .. }));
    assert_eq!(received.count(), MAX_OPEN);
    assert_eq!(answers[MAX_OPEN], held(HeldReason::TooManyHeads));
}
