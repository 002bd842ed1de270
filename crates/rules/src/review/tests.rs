use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Received, Role, Status};
use safelane_model::Body;
use serde_json::json;

use super::*;
use crate::permissions::Table;
use crate::testkit::*;
use crate::world::{Memory, Settings};

fn world(records: &[Record]) -> Memory {
    Memory::of(records.to_vec(), Settings::default())
}

fn value(areas: &[AreaChange], what: AreaOf) -> (Dm2, Dm2) {
    let found = areas
        .iter()
        .find(|one| one.what == what)
        .expect("the area is listed");
    (found.before, found.after)
}

fn open(kind: &str, name: &str, body: &Body) -> Record {
    making(kind, name).then(body, Status::Open).done()
}

fn base() -> Vec<Record> {
    vec![
        official(
            "hazardous-area",
            "0147",
            &hazard("cha", day(0), &cells(0, 0, 20, 20)),
        ),
        official("task", "t", &task(&[record("0147")], None)),
    ]
}

#[test]
fn s3_a_day_of_progress_grows_worked_and_leaves_the_hazard_whole() {
    let mut records = base();
    records.push(open(
        "clearance",
        "a",
        &progress(day(3), record("t"), 1, Some(&cells(0, 0, 5, 2))),
    ));
    let mine = open(
        "clearance",
        "b",
        &progress(day(3), record("t"), 1, Some(&cells(4, 0, 9, 2))),
    );
    records.push(mine.clone());
    let list = areas(&mine, &mine.versions[0], &world(&records));
    let (all, common) = (area(0, 0, 20, 20), area(4, 0, 5, 2));
    let new = area(4, 0, 9, 2) - common;
    assert_eq!(value(&list, AreaOf::Hazard), (all, all));
    let (before, after) = value(&list, AreaOf::LeftToWork);
    assert!((before - after - new).abs() <= 2, "each m² once");
    assert!((value(&list, AreaOf::Overlap).1 - common).abs() <= 2);
    let (worked_before, worked_after) = value(&list, AreaOf::Worked);
    assert_eq!(worked_after - worked_before, before - after);
}

#[test]
fn a_draft_on_the_phone_says_what_is_left_to_work() {
    let records = base();
    let draft = Content::of_map("clearance", &progress(day(3), record("t"), 24_600, None).0);
    let list = areas_of_draft(record("draft"), &draft, &world(&records));
    let (before, after) = value(&list, AreaOf::LeftToWork);
    assert_eq!((before, before - after), (area(0, 0, 20, 20), 24_600));
    assert_eq!(lanes_uncertainty(6, 1_000), 30);
}

#[test]
fn a_cancellation_shows_what_it_takes_before_anybody_approves() {
    let mut records = base();
    let body = cancellation(day(9), record("0147"), &cells(0, 0, 20, 8));
    let survey = open("non-technical-survey", "s", &body);
    records.push(survey.clone());
    let world = world(&records);
    let list = areas(&survey, &survey.versions[0], &world);
    let (before, after) = value(&list, AreaOf::Cancelled);
    assert!(before == 0 && (after - area(0, 0, 20, 8)).abs() <= 2);
    assert_eq!(
        value(&list, AreaOf::Remaining),
        (area(0, 0, 20, 20), area(0, 0, 20, 20) - after)
    );
    assert_eq!(
        world.books().account(record("0147")).unwrap().remaining,
        area(0, 0, 20, 20)
    );
}

#[test]
fn a_smaller_outline_and_a_set_aside_show_hazard_before_and_after() {
    let first = hazard("cha", day(0), &cells(0, 0, 20, 20));
    let smaller = hazard("cha", day(0), &cells(0, 0, 10, 20));
    let record = making("hazardous-area", "0147")
        .then(&first, Status::Official)
        .then(&smaller, Status::Open)
        .done();
    let world = world(std::slice::from_ref(&record));
    let list = areas(&record, &record.versions[1], &world);
    assert_eq!(
        value(&list, AreaOf::Hazard),
        (area(0, 0, 20, 20), area(0, 0, 10, 20))
    );
    assert_eq!(
        value(&list, AreaOf::Remaining),
        (area(0, 0, 20, 20), area(0, 0, 10, 20))
    );
}

#[test]
fn changed_fields_are_named_lane_by_lane() {
    let body = |length: i64| {
        let lanes = json!([{"lane": 3, "length": 9_000}, {"lane": 4, "length": length}]);
        progress(day(3), record("t"), 100, None)
            .with("lanes", lanes)
            .with("salt", format!("{length:032x}"))
    };
    let changes = field_changes(&body(12_000).0, &body(2_000).0);
    assert_eq!(
        changes,
        [FieldChange {
            field: "lanes.1.length".to_owned(),
            old: Some(json!(12_000)),
            new: Some(json!(2_000)),
        }]
    );
}

/// Through the real ledger: a survey waits for two, is reviewed, then released.
#[test]
fn a_review_says_what_it_takes_and_who_has_approved() {
    let (mut ana, mut cora) = (Author::new("ana"), Author::new("cora"));
    let mut records = base();
    let body = cancellation(day(9), record("0147"), &cells(0, 0, 20, 8));
    let text = serde_json::to_string(&body).unwrap();
    let put = ana.put(record("s"), "non-technical-survey/1", &[], &text);
    let mut received: Vec<Received> = vec![ana.received(&put, &[Role::Field])];
    let id = received[0].id();
    let approval = cora.approve(&put, &[]);
    received.push(cora.received(&approval, &[Role::Coordinator]));
    records.push(Record::of(&received, &Table::default()).unwrap());
    let review = review(&received, id, &world(&records), day(20)).unwrap();
    assert_eq!(review.takes, "cancelled");
    assert_eq!(
        review
            .demand
            .map(|demand| (demand.approvals, demand.needs_release_right)),
        Some((2, true))
    );
    assert_eq!(review.approvals.len(), 1);
    assert!(review.blocked_by.is_empty());
    assert!(
        review
            .changes
            .iter()
            .any(|change| change.field == "outlines.0.outcome")
    );
    assert!(review.effect.is_less());
}
