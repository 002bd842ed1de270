use safelane_ledger::Status;
use safelane_ledger::testkit::record;

use super::*;
use crate::accounts::Books;
use crate::danger::{Layer, features};
use crate::testkit::*;
use crate::world::{Memory, Settings};

fn on(record: &Record, n: i64) -> Option<Record> {
    as_on(record, day(n))
}

/// The layers that a map of that day shows of some records.
fn shown(records: &[Record], n: i64) -> Vec<(Layer, String)> {
    let then: Vec<Record> = records.iter().filter_map(|one| on(one, n)).collect();
    let world = Memory::of(then.clone(), Settings::default());
    let mut shown: Vec<_> = (then.iter())
        .flat_map(|one| features(one, &world))
        .filter(|feature| feature.layer != Layer::Hazard || feature.danger)
        .map(|feature| (feature.layer, feature.code))
        .collect();
    shown.sort();
    shown
}

#[test]
fn a_hazardous_area_is_on_each_day_what_its_approved_statements_say_of_it() {
    let first = hazard("sha", day(10), &cells(0, 0, 10, 10));
    let confirmed =
        hazard("cha", day(10), &cells(0, 0, 10, 10)).with("changed_on", day(20).to_string());
    let closed = confirmed
        .clone()
        .with("status", "closed")
        .with("closed_on", day(30).to_string())
        .with("changed_on", day(30).to_string());
    let area = making("hazardous-area", "h")
        .then(&first, Status::Official)
        .then(&confirmed, Status::Official)
        .then(&closed, Status::Official)
        .done();
    assert_eq!(on(&area, 9), None);
    let codes = |n| shown(std::slice::from_ref(&area), n);
    assert_eq!(codes(19), [(Layer::Hazard, "sha".to_owned())]);
    assert_eq!(codes(20), [(Layer::Hazard, "cha".to_owned())]);
    assert_eq!(codes(30), []);
    assert_eq!(on(&area, 30).unwrap(), area);
}

#[test]
fn s3_a_release_takes_nothing_before_its_day_and_one_that_was_corrected_took_nothing_ever() {
    let area = official(
        "hazardous-area",
        "h",
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let early = completion("cleared", day(10), &[record("h")], &cells(0, 0, 10, 10));
    let late = completion("cleared", day(20), &[record("h")], &cells(0, 0, 5, 10));
    let release = making("clearance", "c")
        .then(&early, Status::Official)
        .then(&late, Status::Official)
        .done();
    let records = [area, release];
    let hazard = (Layer::Hazard, "cha".to_owned());
    assert_eq!(shown(&records, 15), std::slice::from_ref(&hazard));
    assert_eq!(
        shown(&records, 20),
        [hazard, (Layer::Released, "cleared".to_owned())]
    );
    let then: Vec<Record> = records.iter().filter_map(|one| on(one, 15)).collect();
    let whole = Books::of(&then).account(record("h")).unwrap().remaining;
    assert_eq!(whole, crate::testkit::area(0, 0, 10, 10));
    let mut undated = completion("cleared", day(5), &[record("h")], &cells(0, 0, 10, 10));
    undated.clear("completed_on");
    assert_eq!(on(&official("clearance", "u", &undated), 300), None);
}

#[test]
fn s7_of_two_versions_of_a_release_the_past_shows_no_more_than_both_release() {
    let area = official(
        "hazardous-area",
        "h",
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let body = |n, east| completion("cleared", day(n), &[record("h")], &cells(0, 0, east, 10));
    let release = making("clearance", "c")
        .from(Vec::new(), &body(10, 8), Status::Official)
        .from(Vec::new(), &body(20, 4), Status::Official)
        .done();
    let then: Vec<Record> = [&area, &release]
        .into_iter()
        .filter_map(|one| on(one, 15))
        .collect();
    let left = Books::of(&then).account(record("h")).unwrap().remaining;
    assert!(
        (left - crate::testkit::area(4, 0, 10, 10)).abs() <= 2,
        "{left}"
    );
}

#[test]
fn s5_an_item_destroyed_since_was_in_the_ground_and_one_found_since_was_not_known_to_be() {
    let life = |step: &str, n| vec![serde_json::json!({"step": step, "on": day(n).to_string()})];
    let left = item(day(10), at(3, 3)).with("life", life("left-marked", 10));
    let destroyed = left.clone().with(
        "life",
        [life("left-marked", 10), life("destroyed-in-situ", 25)].concat(),
    );
    let record = making("explosive-ordnance", "i")
        .then(&left, Status::Official)
        .then(&destroyed, Status::Official)
        .done();
    let there = |n| !shown(std::slice::from_ref(&record), n).is_empty();
    assert_eq!(
        [9, 10, 24, 25, 60].map(there),
        [false, true, true, false, false]
    );
    // Taken away, brought back, taken away for good: since the last time.
    let moved = item(day(1), at(3, 3)).with(
        "life",
        [life("moved", 5), life("left-marked", 8), life("stored", 12)].concat(),
    );
    let record = official("explosive-ordnance", "m", &moved);
    let there = |n| !shown(std::slice::from_ref(&record), n).is_empty();
    assert_eq!([4, 11, 12].map(there), [true, true, false]);
}

#[test]
fn s11_what_is_reported_and_not_reviewed_is_danger_on_past_days_too() {
    let body = hazard("cha", day(10), &cells(0, 0, 4, 4));
    let reported = making("hazardous-area", "h")
        .then(&body, Status::Open)
        .done();
    assert_eq!(shown(std::slice::from_ref(&reported), 9), []);
    assert_eq!(shown(std::slice::from_ref(&reported), 10).len(), 1);
    let mut undated = body.clone();
    undated.clear("opened_on");
    let always = making("hazardous-area", "u")
        .then(&undated, Status::Open)
        .done();
    assert_eq!(shown(std::slice::from_ref(&always), 0).len(), 1);
    // A reported enlargement of an approved area stands beside it from its own day on.
    let larger = hazard("cha", day(0), &cells(0, 0, 9, 9)).with("changed_on", day(20).to_string());
    let both = making("hazardous-area", "b")
        .then(&hazard("cha", day(0), &cells(0, 0, 4, 4)), Status::Official)
        .then(&larger, Status::Open)
        .done();
    assert_eq!(shown(std::slice::from_ref(&both), 19).len(), 1);
    assert_eq!(shown(std::slice::from_ref(&both), 20).len(), 2);
}
