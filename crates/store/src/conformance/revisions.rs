//! What goes in stays, once, in order, whole.

use safelane_ledger::testkit::{self, Author};
use safelane_ledger::{Act, Answer, LogPoint, Reference, Role, Salt, Tier, salt_body};

use super::office::{HAZARD, Office, hazard, verified};
use crate::{Batch, Item, Limit, Standing, Store, StoreError, Stored};

/// The same revision three times is one revision.
pub async fn append_is_idempotent(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let one = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    let before = office.size().await;

    let answers = office.push(&ana, &[&one, &one]).await;
    let again = office.push(&ana, &[&one]).await;

    assert!(matches!(answers[0], Answer::Received { .. }), "{answers:?}");
    assert!(
        matches!(answers[1], Answer::Duplicate { .. }),
        "{answers:?}"
    );
    assert_eq!(again[0], answers[1]);
    assert_eq!(office.size().await, before + 1);
    assert_eq!(store.history(testkit::record("a")).await.unwrap().len(), 1);
}

/// Many records are read at once as they are one by one; unknown ones are left out.
pub async fn many_records_are_read_as_one_by_one(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let records = ["a", "b", "never stated"].map(testkit::record);
    for record in &records[..2] {
        let first = ana.put(*record, HAZARD, &[], &hazard(0, 0));
        let second = ana.put(*record, HAZARD, &[first.id()], &hazard(1, 0));
        office.push(&ana, &[&first, &second]).await;
    }

    let mut histories = store.histories(&records).await.unwrap();
    let mut summaries = store.summaries(&records).await.unwrap();

    assert!(histories.is_sorted_by_key(|entry| entry.leaf.n));
    histories.sort_by_key(|entry| (entry.revision.record() != records[0], entry.leaf.n));
    summaries.sort_by_key(|one| one.record != records[0]);
    let mut one_by_one = (Vec::new(), Vec::new());
    for record in records {
        one_by_one.0.extend(store.history(record).await.unwrap());
        one_by_one.1.extend(store.record(record).await.unwrap());
    }
    assert_eq!((histories, summaries), one_by_one);
}

/// A receipt for a repeated push names the same leaf, its number and the record's reference.
pub async fn a_duplicate_gets_the_same_leaf_again(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let one = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    let first = office.append(vec![verified(&ana, &one).into()]).await;
    let more = ana.put(testkit::record("b"), HAZARD, &[], &hazard(9, 9));
    office.receive(&ana, &more).await;

    let again = office.append(vec![verified(&ana, &one).into()]).await;

    let leaf = first.answers[0].receipt_leaf().expect("received");
    assert_eq!(again.answers[0].receipt_leaf(), Some(leaf));
    assert_eq!(again.answers[0].at, first.answers[0].at);
    let Answer::Duplicate { n, reference } = &again.answers[0].answer else {
        panic!("{again:?}");
    };
    assert_eq!((*n, reference.is_some()), (leaf.n, true));
    assert_eq!(again.point.size, first.point.size + 1);
}

/// The heads are the chain over the exact leaves, and every number is there.
pub async fn the_log_chains_its_leaves(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    for name in ["a", "b", "c", "d"] {
        let one = ana.put(testkit::record(name), HAZARD, &[], &hazard(0, 0));
        office.receive(&ana, &one).await;
    }
    let mut point = LogPoint::START;
    let mut after = 0;
    loop {
        // Pages of two, as a slow device would read.
        let page = store.entries(after, Limit::new(2)).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.leaf.n;
        for entry in &page {
            point = point.next(&entry.leaf_bytes);
            assert_eq!(entry.leaf.n, point.size);
            assert_eq!(entry.leaf.to_bytes().unwrap(), entry.leaf_bytes);
            assert_eq!(store.point_at(point.size).await.unwrap(), Some(point));
        }
    }
    assert_eq!(store.point().await.unwrap(), point);
    assert_eq!(store.point_at(point.size + 1).await.unwrap(), None);
    assert_eq!(store.entries_of(&[2, 5]).await.unwrap().len(), 2);
}

/// What was known at an instant is everything up to the last leaf that was received by then.
pub async fn the_log_knows_how_far_it_was_at_an_instant(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    for name in ["a", "b", "c"] {
        let one = ana.put(testkit::record(name), HAZARD, &[], &hazard(0, 0));
        office.receive(&ana, &one).await;
    }
    let entries = store.entries(0, Limit::MAX).await.unwrap();
    let moment = |seconds: i64| safelane_ledger::ReceivedAt::from_unix(seconds).unwrap();
    for entry in &entries {
        let at = entry.leaf.received;
        let known = (entries.iter().filter(|one| one.leaf.received <= at))
            .map(|one| one.leaf.n)
            .max();
        assert_eq!(store.size_at(at).await.unwrap(), known.unwrap());
    }
    let (first, last) = (&entries[0].leaf, &entries[entries.len() - 1].leaf);
    let before = moment(first.received.unix() - 1);
    assert_eq!(store.size_at(before).await.unwrap(), 0);
    let after = moment(last.received.unix() + 86_400);
    assert_eq!(store.size_at(after).await.unwrap(), last.n);
}

/// A batch whose last item cannot be signed leaves neither a revision nor a number behind.
pub async fn a_failed_batch_leaves_nothing(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let good = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    // A judgement without the statement that it judges has no sound form.
    let nothing = testkit::fields("{}");
    let bad = office.draft(Act::Approve, testkit::record("a"), HAZARD, vec![], nothing);
    let (before, rows) = (store.point().await.unwrap(), store.derived().await.unwrap());

    let batch = Batch {
        at: office.now(),
        items: vec![verified(&ana, &good).into(), bad.into()],
    };
    let failed = store.append(batch).await;

    assert!(matches!(failed, Err(StoreError::HubDraft(_))), "{failed:?}");
    assert_eq!(store.point().await.unwrap(), before);
    assert_eq!(store.derived().await.unwrap(), rows);
    assert_eq!(store.revision(good.id()).await.unwrap(), None);
    assert_eq!(office.receive(&ana, &good).await, before.size + 1);
}

/// Records get the programme's next number as they come; its own records get none.
pub async fn references_count_in_the_order_of_the_log(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let revisions: Vec<_> = ["a", "b", "a", "c"]
        .map(|name| ana.put(testkit::record(name), HAZARD, &[], &hazard(0, 0)))
        .into();

    let answers = office
        .push(&ana, &revisions.iter().collect::<Vec<_>>())
        .await;

    let numbers: Vec<Option<String>> = answers
        .iter()
        .map(|answer| match answer {
            Answer::Received { reference, .. } => reference.as_ref().map(Reference::to_string),
            other => panic!("{other:?}"),
        })
        .collect();
    let wanted = ["DEMO-0001", "DEMO-0002", "DEMO-0001", "DEMO-0003"];
    assert_eq!(numbers, wanted.map(|text| Some(text.to_owned())));
    let grant = store.entries(0, Limit::MAX).await.unwrap();
    let systems = grant
        .iter()
        .filter(|entry| entry.revision.kind().name() == "grant");
    assert!(
        systems
            .map(|entry| &entry.leaf.reference)
            .all(Option::is_none)
    );
}

/// A judgement that comes before its statement waits, visibly, and then counts.
pub async fn a_parent_may_come_later(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let record = testkit::record("a");
    let statement = ana.put(record, HAZARD, &[], &hazard(0, 0));
    let approval = cora.approve(&statement, &[]);

    office.receive(&cora, &approval).await;
    let waiting = store.record(record).await.unwrap().expect("it is there");
    let named = store.waiting(Limit::MAX).await.unwrap();
    office.receive(&ana, &statement).await;
    let settled = store.record(record).await.unwrap().expect("it is there");

    assert_eq!(waiting.standing, Standing::Waiting);
    assert_eq!(named, vec![(statement.id(), record)]);
    assert_eq!(settled.standing, Standing::Official);
    assert_eq!(settled.waiting_for, vec![]);
    assert_eq!(store.waiting(Limit::MAX).await.unwrap(), vec![]);
}

/// The hub's return of a bad body is in the same transaction, right behind it.
pub async fn a_body_that_validation_refuses_is_returned_at_once(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let record = testkit::record("a");
    let bad = ana.put(record, HAZARD, &[], r#"{"status":"open"}"#);
    let problems = testkit::fields(r#"{"problems":[{"key":"required","field":"ground"}]}"#);
    let returned = salt_body(problems, Salt::from_bytes([9; 16]));

    let item = Item::Device {
        verified: Box::new(verified(&ana, &bad)),
        returned: Some(returned.clone()),
    };
    let appended = office.append(vec![item]).await;

    assert_eq!(appended.answers.len(), 1);
    let summary = store.record(record).await.unwrap().expect("it is there");
    assert_eq!(summary.standing, Standing::Returned);
    let history = store.history(record).await.unwrap();
    assert_eq!(history[1].revision.act(), Act::Return);
    assert_eq!(history[1].signed.bodies[&Tier::T1], returned);
    assert!(history[1].leaf.verdict.roles.contains(&Role::Hub));
}

/// A kind that this program does not know is in the ledger and in the lists, and open.
pub async fn an_unknown_kind_is_carried(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana: Author = office.person("ana", &[Role::Field]).await;
    let record = testkit::record("a");
    let new = ana.put(record, "drone-flight/3", &[], r#"{"area":[1,2]}"#);

    office.receive(&ana, &new).await;

    let summary = store.record(record).await.unwrap().expect("it is there");
    assert_eq!(summary.kind, "drone-flight");
    assert_eq!(summary.open, vec![new.id()]);
    let Some(Stored::Entry(entry)) = store.revision(new.id()).await.unwrap() else {
        panic!("not in the ledger");
    };
    assert_eq!(entry.signed, new);
}
