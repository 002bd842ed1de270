use proptest::prelude::*;
use safelane_geometry::{Area, Position, measure};
use safelane_ledger::testkit::record;
use safelane_model::{Body, How, Statistic};

use super::*;
use crate::ground::size;
use crate::testkit::*;
use crate::world::{Memory, Settings};

fn world(records: &[&Record]) -> Memory {
    Memory::of(
        records.iter().map(|one| (*one).clone()),
        Settings::default(),
    )
}

fn shown(record: &Record, others: &[&Record]) -> Vec<Feature> {
    let mut all = others.to_vec();
    all.push(record);
    features(record, &world(&all))
}

fn danger_area(features: &[Feature]) -> i64 {
    let areas: Vec<Area> = (features.iter())
        .filter(|feature| feature.danger)
        .filter_map(|feature| feature.remaining.as_ref().or(feature.shape.as_polygons()))
        .map(Area::of)
        .collect();
    size(&Area::union(&areas))
}

/// S2: what is drawn is never less than what is left, and no more than a rounding of its line, two
/// centimetres on each of at most 500 m.
fn drawn_outward(drawn: i64, left: i64) -> bool {
    (-4..=1_000).contains(&(drawn - left))
}

const ALL: [Status; 6] = [
    Status::Official,
    Status::Open,
    Status::Amended,
    Status::Returned,
    Status::Disputed,
    Status::Superseded,
];

#[test]
fn s11_danger_counts_from_the_moment_it_is_here() {
    let hazard = hazard("sha", day(0), &cells(0, 0, 9, 9));
    let mut accident = Body::new().with("event", "accident");
    accident.set_place("place", &Place::new(at(3, 3), How::Drawn));
    let bodies = [
        ("hazardous-area", hazard),
        ("explosive-ordnance", item(day(1), at(2, 2))),
        ("accident", accident),
    ];
    for (kind, body) in bodies {
        for status in ALL {
            let record = making(kind, "x").then(&body, status).done();
            let features = shown(&record, &[]);
            if status == Status::Superseded {
                assert!(features.is_empty());
                continue;
            }
            assert_eq!(features.len(), 1, "{kind} {status:?}");
            assert!(features[0].danger);
            let reported = features[0].marks.contains(&Mark::Reported);
            assert_eq!(reported, status != Status::Official);
        }
    }
}

#[test]
fn s11_release_counts_only_when_approved() {
    let area_record = official(
        "hazardous-area",
        "h",
        &hazard("cha", day(0), &cells(0, 0, 9, 9)),
    );
    let body = completion("cleared", day(5), &[record("h")], &cells(0, 0, 9, 5));
    for status in ALL {
        let release = making("clearance", "c").then(&body, status).done();
        let features = shown(&area_record, &[&release]);
        let left = danger_area(&features);
        let released = shown(&release, &[&area_record]).len();
        if status == Status::Official {
            assert!(drawn_outward(left, area(0, 5, 9, 9)) && released == 1);
        } else {
            assert_eq!((left, released), (area(0, 0, 9, 9), 0), "{status:?}");
        }
    }
}

#[test]
fn s11_an_enlargement_shows_at_once_and_a_smaller_outline_does_not() {
    let first = hazard("sha", day(0), &cells(0, 0, 9, 9));
    let change = |ground: &safelane_model::Ground, status| {
        making("hazardous-area", "h")
            .then(&first, Status::Official)
            .then(&hazard("sha", day(0), ground), status)
            .done()
    };
    for status in [
        Status::Open,
        Status::Returned,
        Status::Disputed,
        Status::Amended,
    ] {
        let larger = shown(&change(&cells(0, 0, 12, 9), status), &[]);
        assert!((danger_area(&larger) - area(0, 0, 12, 9)).abs() <= 2);
        assert!(larger[1].marks.contains(&Mark::Reported));
        let smaller = shown(&change(&cells(0, 0, 5, 9), status), &[]);
        assert_eq!(
            (smaller.len(), danger_area(&smaller)),
            (1, area(0, 0, 9, 9))
        );
    }
    let closed = first.clone().with("status", "closed");
    let waits = making("hazardous-area", "h")
        .then(&first, Status::Official)
        .then(&closed, Status::Open)
        .done();
    assert_eq!(danger_area(&shown(&waits, &[])), area(0, 0, 9, 9));
    let closes = making("hazardous-area", "h")
        .then(&first, Status::Official)
        .then(&closed, Status::Official)
        .done();
    assert_eq!(danger_area(&shown(&closes, &[])), 0);
    let gone = making("hazardous-area", "h")
        .then(&first, Status::Official)
        .set_aside(None)
        .done();
    assert!(shown(&gone, &[]).is_empty());
}

#[test]
fn s11_an_item_is_danger_until_an_approved_statement_says_it_is_gone() {
    let left = item(day(1), at(2, 2));
    let gone = left.clone().with(
        "life",
        vec![serde_json::json!({"step": "destroyed-in-situ", "on": day(2).to_string()})],
    );
    let said = making("explosive-ordnance", "i")
        .then(&left, Status::Official)
        .then(&gone, Status::Open)
        .done();
    assert_eq!(shown(&said, &[]).len(), 1);
    let done = making("explosive-ordnance", "i")
        .then(&left, Status::Official)
        .then(&gone, Status::Official)
        .done();
    assert!(shown(&done, &[]).is_empty());
}

#[test]
fn s5_a_find_in_released_ground_gives_the_ground_back_until_settled() {
    let area_record = official(
        "hazardous-area",
        "h",
        &hazard("cha", day(0), &cells(0, 0, 9, 9)),
    );
    let release = official(
        "clearance",
        "c",
        &completion("cleared", day(5), &[record("h")], &cells(0, 0, 9, 5)),
    );
    let find = making("explosive-ordnance", "i")
        .then(&item(day(30), at(2, 2)), Status::Open)
        .done();
    let features = shown(&area_record, &[&release, &find]);
    assert_eq!(danger_area(&features), area(0, 0, 9, 9));
    assert!(
        shown(&release, &[&area_record, &find])[0]
            .marks
            .contains(&Mark::Frozen)
    );
    let point = shown(&find, &[&area_record, &release]);
    assert!(point[0].danger && point[0].reach >= 50.0);
    let world = world(&[&area_record, &release, &find]);
    assert!(
        (world.books().account(record("h")).unwrap().remaining - area(0, 5, 9, 9)).abs() <= 2,
        "the account moves only when two people re-open it"
    );
}

#[test]
fn s7_the_map_shows_the_union_of_hazards_the_intersection_of_releases_and_the_worse_value() {
    let one = hazard("sha", day(0), &cells(0, 0, 9, 9));
    let other = hazard("cha", day(0), &cells(5, 0, 14, 9)).with("status", "closed");
    let two = making("hazardous-area", "h")
        .from(Vec::new(), &one, Status::Official)
        .from(Vec::new(), &other, Status::Official)
        .done();
    let features = shown(&two, &[]);
    assert!((danger_area(&features) - area(0, 0, 14, 9)).abs() <= 2);
    assert_eq!(
        (features[0].code.as_str(), features[0].standing),
        ("cha", Some(Standing::Open))
    );
    assert!(features[0].marks.contains(&Mark::TwoVersions));

    let hazard = official(
        "hazardous-area",
        "h",
        &hazard("cha", day(0), &cells(0, 0, 9, 9)),
    );
    let release =
        |west, east| completion("cleared", day(5), &[record("h")], &cells(west, 0, east, 9));
    for second in [Status::Official, Status::Open] {
        let mut both = making("clearance", "c")
            .from(Vec::new(), &release(0, 6), Status::Official)
            .from(Vec::new(), &release(4, 9), second)
            .done();
        both.state.two_versions = true;
        let left = danger_area(&shown(&hazard, &[&both]));
        assert!(
            drawn_outward(left, area(0, 0, 9, 9) - area(4, 0, 6, 9)),
            "{second:?} {left}"
        );
    }
}

#[test]
fn marks_say_what_is_imported_claimed_and_reported_lifted() {
    let imported = |body: &Body, kind: &str| {
        making(kind, "x")
            .then(body, Status::Official)
            .tweak(|version| version.imported = true)
            .done()
    };
    let mut lifted = hazard("indication", day(0), &cells(0, 0, 2, 2))
        .with("reported_lifted", "yes")
        .with("as_of", "2024-05-01");
    lifted.clear("ground");
    lifted.set_place("place", &Place::new(at(1, 1), How::Imported));
    let features = shown(&imported(&lifted, "hazardous-area"), &[]);
    assert_eq!(
        features[0].marks,
        [Mark::Imported, Mark::ReportedLifted].into()
    );
    assert!(features[0].danger && features[0].reach >= 100.0 && features[0].as_of.is_some());
    let claimed = completion("cleared", day(5), &[], &cells(0, 0, 2, 2)).with("claimed", "yes");
    let features = shown(&imported(&claimed, "clearance"), &[]);
    assert_eq!((features.len(), features[0].layer), (1, Layer::Claimed));
    assert!(features[0].marks.contains(&Mark::Claimed) && !features[0].danger);
}

fn fix(at: Position) -> Fix {
    Fix {
        at,
        accuracy_mm: Some(5_000),
        statistic: Statistic::Radius95,
        age_s: 0,
    }
}

#[test]
fn s8_a_fix_that_is_old_or_has_no_accuracy_is_no_position() {
    let world = world(&[]);
    let ask = |fix| answer(fix, 1_000.0, None, None, &world);
    let old = Fix {
        age_s: 11,
        ..fix(at(0, 0))
    };
    assert_eq!(ask(old), Answer::NoPosition(NoPosition::Old));
    let future = Fix {
        age_s: -1,
        ..fix(at(0, 0))
    };
    assert_eq!(ask(future), Answer::NoPosition(NoPosition::Old));
    let bare = Fix {
        accuracy_mm: None,
        ..fix(at(0, 0))
    };
    assert_eq!(ask(bare), Answer::NoPosition(NoPosition::NoAccuracy));
    let not_stated = Fix {
        statistic: Statistic::NotStated,
        ..fix(at(0, 0))
    };
    let metres = |answer| match answer {
        Answer::NoRecordedHazard { metres, .. } => metres,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (metres(ask(fix(at(0, 0)))), metres(ask(not_stated))),
        (994, 991)
    );
}

#[test]
fn s12_distances_stop_at_the_edge_of_what_is_known() {
    let world = world(&[]);
    let known = cells(-20, -20, 20, 20);
    let known = known.polygons();
    match answer(fix(at(15, 0)), 1_000.0, known, None, &world) {
        // Five cells of 8 m less 5 m of accuracy.
        Answer::NoRecordedHazard {
            metres, edge: true, ..
        } => assert!((34..36).contains(&metres), "{metres}"),
        other => panic!("{other:?}"),
    }
    let outside = answer(fix(at(25, 0)), 1_000.0, known, None, &world);
    assert_eq!(outside, Answer::NotOnThisDevice { as_of: None });
}

proptest! {
    /// The figure is never more than the true distance less what both positions may be off.
    #[test]
    fn s8_no_answer_claims_more_than_the_accuracies_allow(
        (x, y) in (-60..60_i32, -60..60_i32),
        own in 0..30_000_i64, theirs in prop::option::of(0..30_000_i64),
        stated in any::<bool>(), pick in 0..3_u8,
    ) {
        let here = at(x, y);
        let statistic = if stated { Statistic::Radius95 } else { Statistic::NotStated };
        let factor = if stated { 1.0 } else { 1.62 };
        let off = theirs.unwrap_or(0) as f64 / 1_000.0 * factor;
        let own_m = own as f64 / 1_000.0 * factor;
        let (record, true_distance) = if pick == 0 {
            let mut body = item(day(1), at(0, 0));
            let mut place = Place::new(at(0, 0), How::Fix);
            (place.accuracy_mm, place.statistic) = (theirs, statistic);
            body.set_place("place", &place);
            let distance = measure::distance(at(0, 0), here).get() - 50.0;
            (making("explosive-ordnance", "i").then(&body, Status::Open).done(), distance)
        } else {
            let mut ground = cells(0, 0, 4, 4);
            (ground.accuracy_mm, ground.statistic) = (theirs, statistic);
            let body = hazard("sha", day(0), &ground);
            // The nearest of many points of the square: never nearer than its edge.
            let points = (0..=16).flat_map(|i| (0..=16).map(move |j| (i, j)));
            let nearest = points
                .map(|(i, j)| Position::try_new_e7(
                    184_000_000 + i * CELL_E7 / 4, 438_000_000 + j * CELL_E7 / 4).unwrap())
                .map(|p| measure::distance(p, here).get())
                .fold(f64::INFINITY, f64::min);
            let status = if pick == 1 { Status::Official } else { Status::Returned };
            (making("hazardous-area", "h").then(&body, status).done(), nearest)
        };
        let most = true_distance - off - own_m;
        let fix = Fix { at: here, accuracy_mm: Some(own), statistic, age_s: 3 };
        match answer(fix, 2_000.0, None, None, &world(&[&record])) {
            Answer::Hazard { metres, .. } => prop_assert!(f64::from(metres) <= most, "{} {}", metres, most),
            Answer::InHazard { records, .. } => prop_assert!(records == [record.id] && most < 3.0, "{}", most),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    /// Whatever is approved or not, the map never shows less hazard than the accounts count.
    #[test]
    fn s7_s11_the_map_never_shows_less_than_the_accounts(
        boxes in prop::collection::vec((0..10_i32, 0..10_i32, 2..9_i32, 2..9_i32, 0..5_usize), 1..5),
        releases in prop::collection::vec((0..10_i32, 0..10_i32, 2..9_i32, 2..9_i32, 0..5_usize), 0..4),
    ) {
        let statuses = [Status::Official, Status::Open, Status::Returned, Status::Disputed, Status::Amended];
        let mut making_it = making("hazardous-area", "h")
            .then(&hazard("sha", day(0), &cells(0, 0, 12, 12)), Status::Official);
        for (x, y, w, h, status) in boxes {
            let body = hazard("cha", day(0), &cells(x, y, x + w, y + h));
            making_it = making_it.from(Vec::new(), &body, statuses[status]);
        }
        let hazard = making_it.done();
        let releases: Vec<Record> = releases.iter().enumerate().map(|(n, &(x, y, w, h, status))| {
            let body = completion("cleared", day(5), &[record("h")], &cells(x, y, x + w, y + h));
            making("clearance", &format!("c{n}")).then(&body, statuses[status]).done()
        }).collect();
        let others: Vec<&Record> = releases.iter().collect();
        let mut all = others.clone();
        all.push(&hazard);
        let remaining = world(&all).books().account(record("h")).unwrap().remaining;
        prop_assert!(danger_area(&shown(&hazard, &others)) >= remaining - 4);
    }
}
