//! Where records stand, step by step and from nothing.

use std::collections::BTreeSet;

use safelane_ledger::testkit::{self, Author};
use safelane_ledger::{Act, RecordId, RevisionId, Role, SignedRevision};

use super::office::{HAZARD, Office, hazard};
use crate::{
    Limit, Order, RecordFilter, RecordSummary, Standing, StatementStatus, StatusFilter, Store,
};

async fn summary(store: &dyn Store, record: RecordId) -> RecordSummary {
    let found = store.record(record).await.unwrap();
    found.expect("the record is there")
}

fn sorted(ids: [RevisionId; 2]) -> Vec<RevisionId> {
    BTreeSet::from(ids).into_iter().collect()
}

/// Two people revise the same version while apart: both revisions survive as heads.
pub async fn concurrent_revisions_become_two_heads(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut ben = office.person("ben", &[Role::Field]).await;
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let record = testkit::record("a");
    let first = ana.put(record, HAZARD, &[], &hazard(0, 0));
    office.receive(&ana, &first).await;
    let (hers, his) = (
        ana.put(record, HAZARD, &[first.id()], &hazard(0, 0)),
        ben.put(record, HAZARD, &[first.id()], &hazard(0, 0)),
    );
    office.receive(&ben, &his).await;
    office.receive(&ana, &hers).await;

    let heads = summary(store, record).await;
    assert_eq!(heads.open, sorted([hers.id(), his.id()]));

    let approval = cora.approve(&hers, &[]);
    office.receive(&cora, &approval).await;
    let chosen = summary(store, record).await;
    assert_eq!(chosen.officials, vec![hers.id()]);
    assert_eq!(chosen.open, vec![his.id()]);
    assert!(chosen.two_versions);
    assert_eq!(chosen.standing, Standing::TwoVersions);
}

/// One approval of a report makes it official, and the author's own counts for nothing.
pub async fn an_approval_makes_official(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office
        .person("ana", &[Role::Field, Role::Coordinator])
        .await;
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let record = testkit::record("a");
    let statement = ana.put(record, HAZARD, &[], &hazard(0, 0));
    let own = ana.approve(&statement, &[]);
    office.push(&ana, &[&statement, &own]).await;
    assert_eq!(summary(store, record).await.standing, Standing::Reported);

    let approval = cora.approve(&statement, &[]);
    office.receive(&cora, &approval).await;

    let official = summary(store, record).await;
    assert_eq!(official.standing, Standing::Official);
    assert_eq!(official.officials, vec![statement.id()]);
    let rows = store.statements_of(record).await.unwrap();
    assert_eq!(rows[0].approved_by, vec![cora.person]);
    assert_eq!(rows[0].status, StatementStatus::Official);
}

/// A history of every act in one order, then from nothing: the same rows.
pub async fn rebuild_equals_incremental(store: &dyn Store) {
    let office = Office::found(store).await;
    busy(&office).await;
    let grown = store.derived().await.unwrap();

    store.rebuild().await.unwrap();

    let anew = store.derived().await.unwrap();
    assert!(grown.len() > 50, "too little to compare: {}", grown.len());
    assert_eq!(anew, grown);
    // The writer goes on where it was: numbers, chains and rights are as before.
    let mut dana = office.person("dana", &[Role::Field]).await;
    let one = dana.put(testkit::record("later"), HAZARD, &[], &hazard(0, 0));
    office.receive(&dana, &one).await;
}

/// Thirty records with statements, answers, judgements and ends, a fork, a revoked device.
pub(super) async fn busy(office: &Office<'_>) {
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut ben = office.person("ben", &[Role::Field]).await;
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let mut alma = office.person("alma", &[Role::Approver]).await;
    for n in 0..30_i64 {
        let record = testkit::record(&format!("record {n}"));
        let body = hazard(n * 100_000, n * 50_000).replacen(
            '{',
            &format!(r#"{{"name":"Polje {n}","temporary_reference":"T07-{n}","#),
            1,
        );
        let first = ana.put(record, HAZARD, &[], &body);
        office.receive(&ana, &first).await;
        let second = ben.put(record, HAZARD, &[first.id()], &hazard(n, n));
        match n % 6 {
            0 => {}
            1 => judge(office, &mut cora, &first, true).await,
            2 => judge(office, &mut cora, &first, false).await,
            3 => {
                office.receive(&ben, &second).await;
                judge(office, &mut cora, &first, true).await;
            }
            4 => {
                office.receive(&ben, &second).await;
                judge(office, &mut cora, &second, true).await;
                judge(office, &mut alma, &second, true).await;
            }
            _ => {
                judge(office, &mut cora, &first, true).await;
                let parents = [first.id()];
                let end = ana.end(Act::SetAside, record, HAZARD, &parents, "test");
                office.receive(&ana, &end).await;
            }
        }
        // What was not sent leaves a gap that never closes.
    }
    let zora = office.person("zora", &[Role::Field]).await;
    office.enrol(&zora, "yes").await;
    office.grant(zora.person, &[]).await;
}

async fn judge(office: &Office<'_>, judge: &mut Author, statement: &SignedRevision, good: bool) {
    let judgement = if good {
        judge.approve(statement, &[])
    } else {
        judge.send_back(statement)
    };
    office.receive(judge, &judgement).await;
}

/// A programme that comes to let one person release: what waited for a second one is official.
pub async fn the_programme_s_settings_count_for_old_records_too(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut alma = office.person("alma", &[Role::Approver]).await;
    let record = testkit::record("a");
    let first = ana.put(record, HAZARD, &[], &hazard(0, 0));
    let approval = alma.approve(&first, &[]);
    let closed = hazard(0, 0).replace(r#""open""#, r#""closed""#);
    let smaller = ana.put(record, HAZARD, &[first.id()], &closed);
    let closing = alma.approve(&smaller, &[first.id()]);
    office.push(&ana, &[&first, &smaller]).await;
    office.push(&alma, &[&approval, &closing]).await;
    let waits = summary(store, record).await;

    // The setting itself waits for somebody with the release right.
    let setting = office.settle(r#"{"one_person_release":"yes"}"#).await.id;
    let still = summary(store, record).await;
    let programme = (testkit::record("programme"), "programme/1");
    let agreed = alma.approve_named(programme, setting);
    office.push(&alma, &[&agreed]).await;

    assert_eq!(waits.standing, Standing::WaitsForApprover);
    assert_eq!(still.standing, Standing::WaitsForApprover);
    let settled = summary(store, record).await;
    assert_eq!(settled.standing, Standing::Official);
    assert_eq!(settled.officials, vec![smaller.id()]);
    let grown = store.derived().await.unwrap();
    store.rebuild().await.unwrap();
    assert_eq!(store.derived().await.unwrap(), grown);
}

/// What a filter should take.
type Takes = fn(&RecordSummary) -> bool;

/// Every filter takes what a look at all records takes; pages are complete and do not repeat.
pub async fn lists_filter_and_page(store: &dyn Store) {
    let office = Office::found(store).await;
    busy(&office).await;
    let kinds = vec!["hazardous-area".to_owned()];
    let all = pages(
        store,
        &RecordFilter {
            kinds,
            ..RecordFilter::default()
        },
    )
    .await;
    assert_eq!(all.len(), 30);
    let every = pages(store, &RecordFilter::default()).await;
    assert!(every.len() > all.len());

    let cases: [(StatusFilter, Takes); 5] = [
        (StatusFilter::Official, |r| {
            !r.officials.is_empty() && !r.ended
        }),
        (StatusFilter::Open, |r| !r.open.is_empty()),
        (StatusFilter::Returned, |r| !r.returned.is_empty()),
        (StatusFilter::TwoVersions, |r| r.two_versions),
        (StatusFilter::Exactly(Standing::SetAside), |r| {
            r.standing == Standing::SetAside
        }),
    ];
    for (status, takes) in cases {
        let filter = RecordFilter {
            status: Some(status),
            ..RecordFilter::default()
        };
        let wanted: Vec<_> = every.iter().filter(|one| takes(one)).cloned().collect();
        assert_eq!(pages(store, &filter).await, wanted, "{status:?}");
        assert_eq!(store.count(&filter).await.unwrap(), wanted.len() as u64);
    }
    let changed = RecordFilter {
        order: Order::Changed,
        without_ended: true,
        ..RecordFilter::default()
    };
    let changed = pages(store, &changed).await;
    assert!(changed.is_sorted_by_key(|one| std::cmp::Reverse(one.last)));
    assert!(changed.iter().all(|one| !one.ended));
}

async fn pages(store: &dyn Store, filter: &RecordFilter) -> Vec<RecordSummary> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = store.records(filter, after, Limit::new(7)).await.unwrap();
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// By reference, temporary number, and numbers of other systems, in any case and script.
pub async fn records_are_found_by_every_number(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let record = testkit::record("a");
    let body = hazard(0, 0).replacen(
        '{',
        r#"{"name":"Ђурђевик","other_references":["BHMAC 41-б"],"temporary_reference":"T07-12","#,
        1,
    );
    let one = ana.put(record, HAZARD, &[], &body);
    office.receive(&ana, &one).await;

    for text in ["DEMO-0001", " demo-0001 ", "t07-12", "bhmac 41-b"] {
        let found = store.find(text).await.unwrap();
        let ids: Vec<_> = found.iter().map(|one| one.record).collect();
        assert_eq!(ids, vec![record], "{text}");
    }
    assert_eq!(store.find("DEMO").await.unwrap(), vec![]);
    for text in ["Đurđ", "mo-000", "41"] {
        let filter = RecordFilter {
            text: Some(text.to_owned()),
            ..RecordFilter::default()
        };
        assert_eq!(store.count(&filter).await.unwrap(), 1, "{text}");
    }
    let summary = summary(store, record).await;
    assert_eq!(summary.aliases, vec!["T07-12".to_owned()]);
}

/// Officials first, each body without its salt; the order asked is kept.
pub async fn views_carry_the_bodies_of_current_statements(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let (a, b) = (testkit::record("a"), testkit::record("b"));
    let first = ana.put(a, HAZARD, &[], r#"{"name":"one"}"#);
    let second = ana.put(a, HAZARD, &[first.id()], r#"{"name":"two"}"#);
    let other = ana.put(b, HAZARD, &[], r#"{"name":"three"}"#);
    office.push(&ana, &[&first, &second, &other]).await;
    let approval = cora.approve(&first, &[]);
    office.receive(&cora, &approval).await;

    let views = store.views(&[b, testkit::record("none"), a]).await.unwrap();

    assert_eq!(views.len(), 2);
    assert_eq!(views[0].body().unwrap()["name"], "three");
    let shown: Vec<_> = views[1]
        .bodies
        .iter()
        .map(|one| (one.revision, one.status, one.body.as_ref().unwrap().len()))
        .collect();
    let wanted = vec![
        (first.id(), StatementStatus::Official, 1),
        (second.id(), StatementStatus::Open, 1),
    ];
    assert_eq!(shown, wanted);
}

/// The queue: open statements in the order of the log, with what each needs.
pub async fn statements_wait_in_order(store: &dyn Store) {
    let office = Office::found(store).await;
    busy(&office).await;
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let page = store
            .statements(StatementStatus::Open, after, Limit::new(3))
            .await
            .unwrap();
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let open: BTreeSet<RevisionId> = pages(store, &RecordFilter::default())
        .await
        .into_iter()
        .flat_map(|one| one.open)
        .collect();
    assert!(seen.is_sorted_by_key(|row| row.n));
    assert_eq!(
        seen.iter().map(|row| row.revision).collect::<BTreeSet<_>>(),
        open
    );
    assert!(seen.iter().all(|row| row.needs >= Some(1)));
}

/// Own records and what was judged on them: what a device pulls for its person.
pub async fn a_person_s_numbers_hold_what_judges_their_work(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut ben = office.person("ben", &[Role::Field]).await;
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let hers = ana.put(testkit::record("a"), HAZARD, &[], &hazard(0, 0));
    let his = ben.put(testkit::record("b"), HAZARD, &[], &hazard(0, 0));
    let first = office.receive(&ana, &hers).await;
    office.receive(&ben, &his).await;
    let (back, other) = (cora.send_back(&hers), cora.send_back(&his));
    let judged = office.receive(&cora, &back).await;
    office.receive(&cora, &other).await;

    let numbers = store
        .numbers_about(ana.person, 0, Limit::MAX)
        .await
        .unwrap();
    let later = store
        .numbers_about(ana.person, first, Limit::MAX)
        .await
        .unwrap();

    assert_eq!(numbers, vec![first, judged]);
    assert_eq!(later, vec![judged]);
}
