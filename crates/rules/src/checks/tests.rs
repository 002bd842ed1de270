use safelane_ledger::Status;
use safelane_ledger::testkit::record;
use safelane_model::{Body, Place};
use serde_json::json;

use super::*;
use crate::testkit::*;
use crate::world::{Memory, Settings};

pub(super) fn world(records: &[&Record]) -> Memory {
    Memory::of(
        records.iter().map(|one| (*one).clone()),
        Settings::default(),
    )
}

pub(super) fn found(record: &Record, others: &[&Record]) -> Vec<Finding> {
    let mut all = others.to_vec();
    all.push(record);
    run(record, &world(&all), day(100))
}

/// Results of one number of the catalogue alone.
pub(super) fn only(number: u8, record: &Record, others: &[&Record]) -> Vec<Finding> {
    let mut found = found(record, others);
    found.retain(|finding| finding.number == number);
    found
}

pub(super) fn codes(findings: &[Finding]) -> Vec<(&'static str, Life)> {
    findings.iter().map(|one| (one.code, one.life)).collect()
}

pub(super) fn opened(kind: &str, name: &str, body: &Body) -> Record {
    making(kind, name).then(body, Status::Open).done()
}

pub(super) fn cha() -> Record {
    official(
        "hazardous-area",
        "0147",
        &hazard("cha", day(0), &cells(0, 0, 20, 20)),
    )
}

pub(super) fn the_task() -> Record {
    official("task", "t", &task(&[record("0147")], None))
}

pub(super) fn cleared(on: i64) -> Body {
    completion("cleared", day(on), &[record("0147")], &cells(0, 0, 20, 20))
        .with("task", record("t").to_string())
}

#[test]
fn s5_an_item_or_accident_in_released_ground_alarms_and_freezes_until_two_people_settle_it() {
    let release = official("clearance", "c", &cleared(20));
    let mut accident = Body::new()
        .with("event", "accident")
        .with("on", day(5).to_string());
    accident.set_place("place", &Place::new(at(4, 4), safelane_model::How::Drawn));
    for (kind, body) in [
        ("explosive-ordnance", item(day(5), at(4, 4))),
        ("accident", accident),
    ] {
        // Open, returned or official, whatever day somebody wrote: it alarms.
        for status in [Status::Open, Status::Returned, Status::Official] {
            let find = making(kind, "find").then(&body, status).done();
            let alarms = only(1, &find, &[&cha(), &release]);
            assert_eq!(codes(&alarms), [("find-in-released-ground", Life::Open)]);
            assert_eq!(alarms[0].severity, Severity::Alarm);
            assert!(
                blocks_approval(&alarms).is_empty(),
                "the find itself goes through"
            );
            assert!(is_frozen(&release, &world(&[&cha(), &release, &find])));
        }
        let settled = body.clone().with("before_release", "yes");
        let said = making(kind, "find").then(&settled, Status::Open).done();
        assert!(is_frozen(&release, &world(&[&cha(), &release, &said])));
        let approved = official(kind, "find", &settled);
        assert_eq!(
            codes(&only(1, &approved, &[&cha(), &release])),
            [("find-in-released-ground", Life::Resolved)]
        );
        assert!(!is_frozen(&release, &world(&[&cha(), &release, &approved])));
        let imported = making(kind, "find")
            .then(&settled, Status::Official)
            .tweak(|v| v.imported = true)
            .done();
        assert!(is_frozen(&release, &world(&[&cha(), &release, &imported])));
    }
}

#[test]
fn s5_what_the_work_itself_found_is_no_alarm_and_what_it_missed_is() {
    let ground = cells(0, 0, 5, 5);
    let report = official(
        "clearance",
        "p",
        &progress(day(3), record("t"), 1_000, Some(&ground)),
    );
    let find = |on: i64| {
        let body = item(day(on), at(2, 2))
            .with("task", record("t").to_string())
            .with("clearance", record("today").to_string());
        opened("explosive-ordnance", "find", &body)
    };
    assert!(only(1, &find(3), &[&cha(), &the_task(), &report]).is_empty());
    let unlinked = item(day(3), at(2, 2)).with("task", record("t").to_string());
    let unlinked = opened("explosive-ordnance", "find", &unlinked);
    assert!(only(1, &unlinked, &[&cha(), &the_task(), &report]).is_empty());
    let missed = only(1, &find(4), &[&cha(), &the_task(), &report]);
    assert_eq!(codes(&missed), [("find-in-worked-ground", Life::Open)]);
    let stranger = opened("explosive-ordnance", "find", &item(day(3), at(2, 2)));
    let seen = only(1, &stranger, &[&cha(), &the_task(), &report]);
    assert_eq!(codes(&seen), [("find-in-worked-ground", Life::Open)]);
    let beside = opened("explosive-ordnance", "find", &item(day(4), at(9, 9)));
    assert!(only(1, &beside, &[&cha(), &report]).is_empty());
}

#[test]
fn s5_the_accuracy_of_a_find_reaches_into_released_ground() {
    let release = official("clearance", "c", &cleared(20));
    let mut body = item(day(30), at(-1, 5));
    let mut place = Place::new(at(-1, 5), safelane_model::How::Fix);
    assert!(only(1, &opened("explosive-ordnance", "f", &body), &[&release]).is_empty());
    place.accuracy_mm = Some(6_000);
    body.set_place("place", &place);
    // A cell is 8 m wide: 6 m without a stated statistic count as 9.7 m.
    assert_eq!(
        only(1, &opened("explosive-ordnance", "f", &body), &[&release]).len(),
        1
    );
}

#[test]
fn no_completion_over_an_item_that_is_not_destroyed_can_be_approved() {
    let body = item(day(2), at(3, 3))
        .with("task", record("t").to_string())
        .with("clearance", record("p").to_string());
    let left = official("explosive-ordnance", "i", &body);
    let completion = opened("clearance", "c", &cleared(20));
    let findings = only(13, &completion, &[&cha(), &the_task(), &left]);
    assert_eq!(blocks_approval(&findings), ["item-not-destroyed"]);
    let gone = body.with(
        "life",
        vec![json!({"step": "destroyed-in-situ", "on": day(2).to_string()})],
    );
    let waits = making("explosive-ordnance", "i")
        .then(&item(day(2), at(3, 3)), Status::Official)
        .then(&gone, Status::Open)
        .done();
    let findings = only(13, &completion, &[&cha(), &the_task(), &waits]);
    assert!(
        blocks_approval(&findings).contains(&"item-not-destroyed"),
        "not yet approved"
    );
    let destroyed = official("explosive-ordnance", "i", &gone);
    assert!(only(13, &completion, &[&cha(), &the_task(), &destroyed]).is_empty());
}

#[test]
fn a_strip_narrower_than_two_metres_blocks_a_completion() {
    // Between the parts a strip of about 1.1 m stays: a tenth of a cell in latitude.
    let body = |gap: i32| {
        let mut south = Body::new().with("release", "cleared").with("depth", 200);
        south.set_ground("ground", &cells(0, 0, 20, 10));
        let mut north = Body::new().with("release", "reduced");
        let mut ground = cells(0, 10, 20, 20);
        if let safelane_geometry::Shape::Polygons { polygons } = &mut ground.shape {
            let lift = |p: safelane_geometry::Position| {
                let up = if p == at(0, 10) || p == at(20, 10) {
                    gap
                } else {
                    0
                };
                safelane_geometry::Position::try_new_e7(p.lon_e7(), p.lat_e7() + up).unwrap()
            };
            polygons.0[0].exterior = polygons.0[0]
                .exterior
                .positions()
                .iter()
                .map(|p| lift(*p))
                .collect();
        }
        north.set_ground("ground", &ground);
        let parts = vec![
            serde_json::to_value(south).unwrap(),
            serde_json::to_value(north).unwrap(),
        ];
        cleared(20).with("parts", parts)
    };
    let findings = only(
        8,
        &opened("clearance", "c", &body(100)),
        &[&cha(), &the_task()],
    );
    assert_eq!(blocks_approval(&findings), ["strip-left"]);
    let width: i64 = findings[0].args["width"].parse().unwrap();
    assert!((1_000..1_200).contains(&width), "{width} mm");
    assert!(findings[0].at.is_some());
    assert!(
        only(
            8,
            &opened("clearance", "c", &body(0)),
            &[&cha(), &the_task()]
        )
        .is_empty()
    );
}

#[test]
fn a_part_may_leave_the_rest_but_a_small_remainder_needs_its_reason() {
    let part = |east: i32| {
        completion(
            "cleared",
            day(20),
            &[record("0147")],
            &cells(0, 0, east, 20),
        )
    };
    let half = opened("clearance", "c", &part(10));
    assert!(only(8, &half, &[&cha()]).is_empty());
    let nearly = only(8, &opened("clearance", "c", &part(19)), &[&cha()]);
    assert_eq!(blocks_approval(&nearly), ["remainder-left"]);
    let told = part(19).with("reason", "The east edge lies under a wall.");
    let explained = only(8, &opened("clearance", "c", &told), &[&cha()]);
    assert_eq!(codes(&explained), [("remainder-left", Life::Explained)]);
    assert!(blocks_approval(&explained).is_empty());
}

#[test]
fn stated_against_computed_area_warns_above_2_percent_and_blocks_above_10() {
    let computed = area(0, 0, 20, 20);
    let check = |stated: i64, accuracy: Option<i64>| {
        let mut ground = cells(0, 0, 20, 20);
        ground.accuracy_mm = accuracy;
        let body = hazard("sha", day(0), &ground).with("stated_area", stated);
        let findings = found(&opened("hazardous-area", "x", &body), &[]);
        (findings.len(), blocks_approval(&findings).len())
    };
    assert_eq!(check(computed * 101 / 100, None), (0, 0));
    assert_eq!(check(computed * 103 / 100, None), (1, 0));
    assert_eq!(
        check(computed * 97 / 100, Some(10_000)),
        (0, 0),
        "corners 10 m off explain it"
    );
    assert_eq!(check(computed * 88 / 100, None), (1, 1));
}

#[test]
fn overlaps_of_hazards_and_of_two_teams_are_found_with_their_area() {
    let other = official(
        "hazardous-area",
        "x",
        &hazard("sha", day(0), &cells(15, 0, 30, 20)),
    );
    let findings = found(&other, &[&cha()]);
    assert_eq!(codes(&findings), [("hazards-overlap", Life::Open)]);
    let overlap: i64 = findings[0].args["overlap"].parse().unwrap();
    assert!((overlap - area(15, 0, 20, 20)).abs() <= 2);
    let report = |name: &str, team: &str, west: i32| {
        let body = progress(day(3), record("t"), 100, Some(&cells(west, 0, west + 5, 5)))
            .with("team", record(team).to_string());
        opened("clearance", name, &body)
    };
    let (ours, theirs, ours_again) = (
        report("a", "1", 0),
        report("b", "3", 4),
        report("c", "1", 2),
    );
    let findings = found(&ours, &[&cha(), &the_task(), &theirs, &ours_again]);
    assert_eq!(codes(&findings), [("work-overlaps", Life::Open)]);
    assert_eq!(findings[0].records, [record("a"), record("b")]);
}

#[test]
fn implausible_rates_are_asked_about_and_a_reason_explains_them() {
    let usual: Vec<Record> = (0..4)
        .map(|n| {
            official(
                "clearance",
                &format!("d{n}"),
                &progress(day(n), record("t"), 11_400, None),
            )
        })
        .collect();
    let (hazard, task) = (cha(), the_task());
    let mut others: Vec<&Record> = usual.iter().collect();
    others.extend([&hazard, &task]);
    let body = progress(day(9), record("t"), 24_600, None);
    let findings = found(&opened("clearance", "p", &body), &others);
    assert_eq!(codes(&findings), [("rate-implausible", Life::Open)]);
    assert_eq!(
        (
            findings[0].args["rate"].as_str(),
            findings[0].args["median"].as_str()
        ),
        ("4100", "1900")
    );
    let told = body.clone().with("reason", "flat, no vegetation");
    let findings = found(&opened("clearance", "p", &told), &others);
    assert_eq!(codes(&findings), [("rate-implausible", Life::Explained)]);
    let rain = body
        .with("stand_down", "weather")
        .with("worked_area", 9_000);
    assert_eq!(
        codes(&found(&opened("clearance", "p", &rain), &others)),
        [("work-on-stand-down", Life::Open)]
    );
    let too_much =
        progress(day(9), record("t"), 4_000_000, None).with("effort", Vec::<String>::new());
    let findings = found(&opened("clearance", "p", &too_much), &others);
    assert!(findings.iter().any(|one| one.code == "work-beyond-task"));
}

#[test]
fn dates_refuse_nothing_and_are_asked_about() {
    let future = progress(day(101), record("t"), 0, None).with("stand_down", "weather");
    let findings = only(14, &opened("clearance", "p", &future), &[&the_task()]);
    assert_eq!(codes(&findings), [("date-in-future", Life::Open)]);
    let told = future.with("date_reason", "Planned");
    let findings = only(14, &opened("clearance", "p", &told), &[&the_task()]);
    assert_eq!(codes(&findings), [("date-in-future", Life::Explained)]);
    let reversed = cleared(20).with("started_on", day(21).to_string());
    let findings = only(
        14,
        &opened("clearance", "c", &reversed),
        &[&cha(), &the_task()],
    );
    assert_eq!(codes(&findings), [("dates-reversed", Life::Open)]);
    let done = official("clearance", "c", &cleared(20));
    let late = opened("clearance", "p", &progress(day(30), record("t"), 0, None));
    let findings = only(14, &late, &[&cha(), &the_task(), &done]);
    assert_eq!(codes(&findings), [("report-after-completion", Life::Open)]);
    assert!(blocks_approval(&findings).is_empty());
}

#[test]
fn a_number_used_twice_is_found_through_spaces_and_case() {
    let numbered = |name: &str, number: &str| {
        let body = hazard("sha", day(0), &cells(0, 0, 5, 5)).with("other_references", vec![number]);
        making("hazardous-area", name)
            .then(&body, Status::Official)
            .tweak(|version| match &mut version.content {
                Content::Hazard(hazard) => hazard.outline = None,
                _ => unreachable!("it is a hazardous area"),
            })
    };
    let copy = || numbered("b", "MF-0118");
    let first = numbered("a", "mf-0118 ").done();
    let life = |other: &Record| codes(&found(&first, &[other]));
    assert_eq!(life(&copy().done()), [("number-used-twice", Life::Open)]);
    let aside = copy().set_aside(Some(day(9))).done();
    assert_eq!(life(&aside), [("number-used-twice", Life::Resolved)]);
    assert!(life(&numbered("b", "MF-0119").done()).is_empty());
}

#[test]
fn every_code_has_its_number_in_the_catalogue() {
    let codes: std::collections::BTreeSet<_> = CODES.iter().map(|(code, _)| code).collect();
    assert_eq!(codes.len(), CODES.len());
    for (code, number) in CODES {
        let finding = Finding::new(code, Severity::Warn, record("x"));
        assert_eq!(finding.number, *number);
        assert!((1..=22).contains(number));
    }
}
