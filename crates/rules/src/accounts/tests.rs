use std::collections::BTreeSet;

use proptest::prelude::*;
use safelane_ledger::testkit::record;
use safelane_ledger::{RecordId, Status};
use safelane_model::Date;

use super::*;
use crate::record::Record;
use crate::testkit::*;

fn all_time(books: &Books) -> Line {
    books
        .totals(
            "1900-01-01".parse().unwrap(),
            "2199-12-31".parse().unwrap(),
            By::Nothing,
        )
        .all
}

fn whats(account: &Account) -> Vec<(What, Dm2)> {
    account
        .movements
        .iter()
        .map(|one| (one.what, one.area))
        .collect()
}

const H: &str = "0147";

fn h() -> RecordId {
    record(H)
}

#[test]
fn a_completion_clears_reduces_and_leaves_the_rest() {
    let hazard = official(
        "hazardous-area",
        H,
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let cleared = completion("cleared", day(9), &[h()], &cells(0, 0, 6, 10));
    let reduced = completion("reduced", day(9), &[h()], &cells(6, 0, 10, 5));
    let books = Books::of([
        &hazard,
        &official("clearance", "c", &cleared),
        &official("clearance", "r", &reduced),
    ]);
    let account = books.account(h()).unwrap();
    assert_eq!(whats(account)[0], (What::New, area(0, 0, 10, 10)));
    assert!((account.remaining - area(6, 5, 10, 10)).abs() <= 2);
    let line = all_time(&books);
    assert!((line.cleared - area(0, 0, 6, 10)).abs() <= 2);
    assert!((line.reduced - area(6, 0, 10, 5)).abs() <= 2);
    assert!(line.closes() && line.closing == account.remaining);
}

#[test]
fn s3_progress_approved_or_not_takes_nothing_from_a_hazard() {
    let hazard = official(
        "hazardous-area",
        H,
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let alone = Books::of([&hazard]);
    let task = official("task", "t", &task(&[h()], None));
    let body = progress(day(3), record("t"), 500_000, Some(&cells(0, 0, 9, 9)));
    for status in [
        Status::Official,
        Status::Open,
        Status::Returned,
        Status::Disputed,
    ] {
        let report = making("clearance", "p").then(&body, status).done();
        let books = Books::of([&hazard, &task, &report]);
        assert_eq!(books.account(h()), alone.account(h()));
        assert_eq!(all_time(&books).closing, all_time(&alone).closing);
    }
}

#[test]
fn s3_only_approved_releases_take_and_claimed_or_imported_ones_never_do() {
    let hazard = official(
        "hazardous-area",
        H,
        &hazard("sha", day(0), &cells(0, 0, 10, 10)),
    );
    let cancelled = cancellation(day(5), h(), &cells(0, 0, 10, 4));
    for status in [
        Status::Open,
        Status::Returned,
        Status::Disputed,
        Status::Amended,
    ] {
        let survey = making("non-technical-survey", "s")
            .then(&cancelled, status)
            .done();
        let books = Books::of([&hazard, &survey]);
        assert_eq!(books.account(h()).unwrap().remaining, area(0, 0, 10, 10));
        let waiting = books.waiting().cancelled;
        let waits = status == Status::Open;
        assert!(
            waits == ((waiting - area(0, 0, 10, 4)).abs() <= 2),
            "{waiting}"
        );
    }
    let imported = making("non-technical-survey", "s")
        .then(&cancelled, Status::Official)
        .tweak(|version| version.imported = true)
        .done();
    let claimed = completion("cleared", day(5), &[h()], &cells(0, 0, 5, 5)).with("claimed", "yes");
    let books = Books::of([&hazard, &imported, &official("clearance", "c", &claimed)]);
    assert_eq!(books.account(h()).unwrap().remaining, area(0, 0, 10, 10));
    assert!((books.claimed() - area(0, 0, 10, 4) - area(0, 0, 5, 5)).abs() <= 2);
}

#[test]
fn a_release_cuts_only_what_it_names_after_the_opening_to_depth_and_for_its_contamination() {
    let whole = cells(0, 0, 10, 10);
    let body = hazard("cha", day(10), &whole).with("required_depth", 200);
    let remaining = |release: &safelane_model::Body| {
        let books = Books::of([
            &official("hazardous-area", H, &body),
            &official("clearance", "c", release),
        ]);
        books.account(h()).unwrap().remaining
    };
    let cleared = |on, depth: i64, hazard, target: &str| {
        let mut release = completion("cleared", on, &[hazard], &whole);
        let part = &mut release.0["parts"][0];
        part["depth"] = depth.into();
        part["targets"] = vec![target].into();
        release
    };
    assert_eq!(remaining(&cleared(day(10), 200, h(), "ap-mine")), 0);
    let whole_area = area(0, 0, 10, 10);
    assert_eq!(remaining(&cleared(day(9), 200, h(), "ap-mine")), whole_area);
    assert_eq!(
        remaining(&cleared(day(10), 199, h(), "ap-mine")),
        whole_area
    );
    assert_eq!(
        remaining(&cleared(day(10), 200, record("other"), "ap-mine")),
        whole_area
    );
    assert_eq!(
        remaining(&cleared(day(10), 200, h(), "cluster-munition-remnants")),
        whole_area
    );
    let mut undated = cleared(day(10), 200, h(), "ap-mine");
    undated.clear("completed_on");
    assert_eq!(remaining(&undated), whole_area);
}

#[test]
fn a_re_opening_is_a_movement_of_its_own_and_older_releases_take_nothing_away() {
    let whole = cells(0, 0, 10, 10);
    let opened = hazard("cha", day(0), &whole);
    let closed = opened
        .clone()
        .with("status", "closed")
        .with("closed_on", day(20).to_string());
    let again = hazard("cha", day(30), &whole).with("opening", "re-opened");
    let area_record = making("hazardous-area", H)
        .then(&opened, Status::Official)
        .then(&closed, Status::Official)
        .then(&again, Status::Official)
        .done();
    // Not all chain statements are official any more, and all were approved.
    let release = official(
        "clearance",
        "c",
        &completion("cleared", day(19), &[h()], &whole),
    );
    let books = Books::of([&area_record, &release]);
    let account = books.account(h()).unwrap();
    let full = area(0, 0, 10, 10);
    assert_eq!(
        whats(account),
        [
            (What::New, full),
            (What::Cleared, -full),
            (What::ReOpened, full)
        ]
    );
    let line = books.totals(day(25), day(40), By::Nothing).all;
    assert_eq!(
        (line.opening, line.re_opened, line.closing),
        (0, full, full)
    );
    let same_day = official(
        "clearance",
        "d",
        &completion("cleared", day(30), &[h()], &whole),
    );
    let books = Books::of([&area_record, &release, &same_day]);
    assert_eq!(
        books.account(h()).unwrap().remaining,
        full,
        "the day of the re-opening is before it"
    );
}

#[test]
fn enlarging_correcting_and_reclassifying_are_named() {
    let first = hazard("sha", day(0), &cells(0, 0, 10, 10));
    let larger = hazard("sha", day(0), &cells(0, 0, 12, 10)).with("changed_on", day(5).to_string());
    let confirmed =
        hazard("cha", day(0), &cells(0, 0, 12, 10)).with("changed_on", day(7).to_string());
    let smaller =
        hazard("cha", day(0), &cells(1, 0, 12, 10)).with("changed_on", day(9).to_string());
    let record = [&larger, &confirmed, &smaller]
        .into_iter()
        .fold(
            making("hazardous-area", H).then(&first, Status::Official),
            |making, body| making.then(body, Status::Official),
        )
        .set_aside(Some(day(11)))
        .done();
    let books = Books::of([&record]);
    let account = books.account(h()).unwrap();
    let sorts: Vec<What> = account.movements.iter().map(|one| one.what).collect();
    assert_eq!(
        sorts,
        [
            What::New,
            What::Enlarged,
            What::Reclassified,
            What::Reclassified,
            What::Corrected,
            What::Corrected
        ]
    );
    assert_eq!((account.remaining, account.class()), (0, None));
    let totals = books.totals(day(6), day(8), By::Class);
    assert!(totals.lines.values().all(Line::closes) && totals.all.closes());
    assert_eq!(totals.all.reclassified, 0);
    assert_eq!(totals.lines[&(None, Some(Class::Sha))].closing, 0);
}

#[test]
fn ground_confirmed_out_of_a_suspected_area_moves_over_and_is_counted_once() {
    let mother = official(
        "hazardous-area",
        H,
        &hazard("sha", day(0), &cells(0, 0, 20, 20)),
    );
    let child = hazard("cha", day(8), &cells(5, 5, 10, 10))
        .with("opening", "confirmed-out-of")
        .with("opened_from", h().to_string());
    let child = official("hazardous-area", "0125", &child);
    for order in [[&mother, &child], [&child, &mother]] {
        let books = Books::of(order);
        let line = books.totals(day(1), day(30), By::Nothing).all;
        assert_eq!((line.reclassified, line.new), (0, 0));
        assert_eq!(line.closing, area(0, 0, 20, 20));
        let mut step_by_step = Books::default();
        for record in order {
            step_by_step.set(record);
        }
        assert!(step_by_step.accounts().eq(books.accounts()));
    }
    let weaker = hazard("sha", day(8), &cells(5, 5, 10, 10))
        .with("contamination", vec!["av-mine"])
        .with("opened_from", h().to_string());
    let books = Books::of([&mother, &official("hazardous-area", "0125", &weaker)]);
    assert_eq!(books.account(h()).unwrap().remaining, area(0, 0, 20, 20));
}

#[test]
fn s7_two_official_outlines_count_as_their_union_and_two_releases_as_what_both_hold() {
    let first = hazard("sha", day(0), &cells(0, 0, 10, 10));
    let making_it = making("hazardous-area", H).then(&first, Status::Official);
    let root = making_it.ids();
    let two = making_it
        .from(
            root.clone(),
            &hazard("sha", day(0), &cells(0, 0, 8, 10)),
            Status::Official,
        )
        .from(
            root,
            &hazard("cha", day(0), &cells(4, 0, 12, 10)),
            Status::Official,
        )
        .done();
    let books = Books::of([&two]);
    let account = books.account(h()).unwrap();
    assert!((account.remaining - area(0, 0, 12, 10)).abs() <= 2);
    assert_eq!(account.class(), Some(Class::Cha));

    let one = completion("cleared", day(5), &[h()], &cells(0, 0, 6, 10));
    let other = completion("cleared", day(5), &[h()], &cells(3, 0, 9, 10));
    let release = making("clearance", "c")
        .from(Vec::new(), &one, Status::Official)
        .from(Vec::new(), &other, Status::Official)
        .done();
    let hazard = official("hazardous-area", H, &first);
    let books = Books::of([&hazard, &release]);
    let cleared = all_time(&books).cleared;
    assert!((cleared - area(3, 0, 6, 10)).abs() <= 2, "{cleared}");
}

#[test]
fn cleared_outside_recorded_hazard_has_its_own_column() {
    let hazard = official(
        "hazardous-area",
        H,
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let release = completion("cleared", day(5), &[h()], &cells(0, 0, 11, 10));
    let books = Books::of([&hazard, &official("clearance", "c", &release)]);
    let line = all_time(&books);
    assert_eq!((line.closing, line.cleared), (0, area(0, 0, 10, 10)));
    assert!((line.outside - area(10, 0, 11, 10)).abs() <= 2);
}

#[test]
fn two_teams_on_one_task_count_each_square_metre_once() {
    let hazard = official(
        "hazardous-area",
        H,
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let task = official("task", "t", &task(&[h()], None));
    let a = official(
        "clearance",
        "a",
        &progress(day(3), record("t"), 100, Some(&cells(0, 0, 5, 4))),
    );
    let b = official(
        "clearance",
        "b",
        &progress(day(3), record("t"), 100, Some(&cells(4, 0, 9, 4))),
    );
    let number = official(
        "clearance",
        "n",
        &progress(day(4), record("t"), 12_345, None),
    );
    let books = Books::of([&hazard, &task, &a, &b, &number]);
    let work = books.work_on_task(record("t"), Reports::Approved).unwrap();
    assert!((work.worked - area(0, 0, 9, 4) - 12_345).abs() <= 2);
    assert_eq!(work.left, work.area - work.worked);
    assert_eq!(books.work_on_hazard(h(), Reports::Approved), Some(work));
    let before = books
        .work_on_task(record("t"), Reports::ReportedBut(record("b")))
        .unwrap();
    assert!((before.left - work.left - area(5, 0, 9, 4)).abs() <= 2);
}

#[test]
fn a_completion_replaces_progress_and_never_adds() {
    let hazard = official(
        "hazardous-area",
        H,
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let task_record = official("task", "t", &task(&[h()], None));
    let drawn = official(
        "clearance",
        "a",
        &progress(day(3), record("t"), 100, Some(&cells(0, 0, 5, 4))),
    );
    let number = official(
        "clearance",
        "n",
        &progress(day(4), record("t"), 9_000, None),
    );
    let release = completion("cleared", day(5), &[h()], &cells(0, 0, 10, 5))
        .with("task", record("t").to_string());
    let books = Books::of([
        &hazard,
        &task_record,
        &drawn,
        &number,
        &official("clearance", "c", &release),
    ]);
    let line = all_time(&books);
    assert_eq!(line.worked, 0);
    assert!((line.closing - area(0, 5, 10, 10)).abs() <= 2);
}

#[test]
fn what_a_late_release_moves_in_the_past_is_listed_as_restated() {
    let hazard = official(
        "hazardous-area",
        H,
        &hazard("cha", day(0), &cells(0, 0, 10, 10)),
    );
    let later = official(
        "clearance",
        "b",
        &completion("cleared", day(20), &[h()], &cells(0, 0, 10, 10)),
    );
    let mut books = Books::of([&hazard, &later]);
    let late = official(
        "clearance",
        "a",
        &completion("reduced", day(10), &[h()], &cells(0, 0, 5, 10)),
    );
    let changed = books.set(&late);
    let before = changed[&h()].as_ref();
    let list = restated(before, books.account(h()).unwrap(), day(30));
    let sorts: Vec<_> = list.iter().map(|one| (one.on, one.what)).collect();
    assert_eq!(
        sorts,
        [
            (Some(day(10)), What::Reduced),
            (Some(day(20)), What::Cleared)
        ]
    );
    assert_eq!(
        list.iter().map(|one| one.after - one.before).sum::<Dm2>(),
        0
    );
    assert!(restated(before, books.account(h()).unwrap(), day(5)).is_empty());
}

/// A statement of a random history.
#[derive(Clone, Debug)]
enum Fact {
    Outline {
        on: i64,
        class: u8,
        closed: bool,
        again: bool,
        box_: [i32; 4],
    },
    Release {
        way: u8,
        on: i64,
        depth: i64,
        box_: [i32; 4],
        status: u8,
    },
}

fn a_box() -> impl Strategy<Value = [i32; 4]> {
    (0..12_i32, 0..12_i32, 1..10_i32, 1..10_i32).prop_map(|(x, y, w, h)| [x, y, x + w, y + h])
}

fn a_fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        (
            0..60_i64,
            0..3_u8,
            prop::bool::weighted(0.25),
            any::<bool>(),
            a_box()
        )
            .prop_map(|(on, class, closed, again, box_)| Fact::Outline {
                on,
                class,
                closed,
                again,
                box_
            }),
        (0..3_u8, 0..60_i64, 100..300_i64, a_box(), 0..6_u8).prop_map(
            |(way, on, depth, box_, status)| Fact::Release {
                way,
                on,
                depth,
                box_,
                status
            }
        ),
    ]
}

/// The records of a history: one hazardous area with its statements, and the releases.
fn records_of(facts: &[Fact]) -> Vec<Record> {
    let mut outlines = making("hazardous-area", H).then(
        &hazard("sha", day(0), &cells(0, 0, 14, 14)),
        Status::Official,
    );
    let mut records = Vec::new();
    for (n, fact) in facts.iter().enumerate() {
        match fact {
            Fact::Outline {
                on,
                class,
                closed,
                again,
                box_: [a, b, c, d],
            } => {
                let class = ["indication", "sha", "cha"][usize::from(*class)];
                let opened = if *again { day(*on) } else { day(0) };
                let mut body = hazard(class, opened, &cells(*a, *b, *c, *d))
                    .with("changed_on", day(*on).to_string())
                    .with("required_depth", 150);
                if *closed {
                    body.set("status", "closed");
                }
                if *again {
                    body.set("opening", "re-opened");
                }
                outlines = outlines.then(&body, Status::Official);
            }
            Fact::Release {
                way,
                on,
                depth,
                box_: [a, b, c, d],
                status,
            } => {
                let ground = cells(*a, *b, *c, *d);
                let status = if *status == 0 {
                    Status::Open
                } else {
                    Status::Official
                };
                let name = format!("release {n}");
                records.push(if *way == 2 {
                    let body = cancellation(day(*on), h(), &ground);
                    making("non-technical-survey", &name)
                        .then(&body, status)
                        .done()
                } else {
                    let release = ["cleared", "reduced"][usize::from(*way)];
                    let mut body = completion(release, day(*on), &[h()], &ground);
                    body.0["parts"][0]["depth"] = (*depth).into();
                    making("clearance", &name).then(&body, status).done()
                });
            }
        }
    }
    records.push(outlines.done());
    records
}

/// What remains by counting cells, from the last state and the releases alone.
fn cells_left(facts: &[Fact]) -> Option<BTreeSet<(i32, i32)>> {
    // Statements take effect in order, none before the one that it replaces.
    let inside = |[a, b, c, d]: [i32; 4], x: i32, y: i32| a <= x && x < c && b <= y && y < d;
    let mut now = (0, [0, 0, 14, 14], true, 0_i64, false, 0);
    let (mut open, mut opening, mut again_now) = (true, 0, false);
    for fact in facts {
        let Fact::Outline {
            on,
            class,
            closed,
            again,
            box_,
        } = fact
        else {
            continue;
        };
        now.0 = now.0.max(*on);
        (now.1, now.5) = (*box_, 150);
        let stated = if *again { *on } else { 0 };
        if *closed {
            open = false;
        } else if *class > 0 {
            // Same-day statements collapse into the last; too fine for this count.
            if !open || (*again && stated > opening) {
                opening = if *again && stated > opening {
                    stated
                } else {
                    now.0.max(stated)
                };
                again_now = true;
            } else if again_now {
                opening = opening.max(stated);
            } else {
                (opening, again_now) = (stated, *again);
            }
            open = true;
        }
        now.2 = !*closed && *class > 0;
        if *class == 0 {
            // An indication in between has rules of its own, tested by name.
            return None;
        }
    }
    let mut days: Vec<i64> = vec![0];
    for fact in facts {
        if let Fact::Outline { on, .. } = fact {
            if days.iter().any(|day| day >= on) {
                return None;
            }
            days.push(*on);
        }
    }
    let takes = |x: i32, y: i32| {
        facts.iter().any(|fact| match fact {
            Fact::Release {
                way,
                on,
                depth,
                box_,
                status,
            } => {
                *status != 0
                    && (if again_now {
                        *on > opening
                    } else {
                        *on >= opening
                    })
                    && (*way != 0 || *depth >= now.5)
                    && inside(*box_, x, y)
            }
            Fact::Outline { .. } => false,
        })
    };
    let all = (0..24).flat_map(|x| (0..24).map(move |y| (x, y)));
    Some(
        all.filter(|&(x, y)| now.2 && inside(now.1, x, y) && !takes(x, y))
            .collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Opening + new + enlarged + re-opened − released ± reclassified ± corrected = closing, in
    /// whole dm², in every class and period, and no account goes below nothing.
    #[test]
    fn the_identity_closes_for_every_history_class_and_period(
        facts in prop::collection::vec(a_fact(), 0..9), from in 0..60_i64, days in 0..60_i64,
    ) {
        let records = records_of(&facts);
        let books = Books::of(&records);
        for by in [By::DistrictAndClass, By::Class, By::Nothing] {
            let totals = books.totals(day(from), day(from + days), by);
            prop_assert!(totals.all.closes(), "{:?}", totals.all);
            prop_assert!(totals.lines.values().all(Line::closes));
            prop_assert!(totals.lines.values().all(|line| line.closing >= 0 && line.opening >= 0));
        }
        let account = books.account(h()).unwrap();
        let sum: Dm2 = account.movements.iter().map(|one| one.area).sum();
        prop_assert_eq!(account.remaining, sum);
        prop_assert!((account.remaining - crate::ground::size(&account.ground)).abs() <= 1);
        prop_assert!(account.movements.iter().all(|one| one.remaining >= 0));
        prop_assert!(account.movements.is_sorted_by_key(|one| one.on));
        for one in &account.movements {
            let released = matches!(one.what, What::Cancelled | What::Reduced | What::Cleared);
            prop_assert!(!released || one.area <= 0);
        }
    }

    #[test]
    fn what_remains_is_what_counting_cells_says(facts in prop::collection::vec(a_fact(), 0..7)) {
        let Some(left) = cells_left(&facts) else { return Ok(()) };
        let books = Books::of(&records_of(&facts));
        let expected: Dm2 = left.iter().map(|&(x, y)| area(x, y, x + 1, y + 1)).sum();
        let remaining = books.account(h()).unwrap().remaining;
        prop_assert!((remaining - expected).abs() <= left.len() as Dm2, "{} {}", remaining, expected);
    }

    /// Step by step, in any order, over records that come, change and go, equals from nothing.
    #[test]
    fn step_by_step_equals_from_nothing(
        (facts, order) in prop::collection::vec(a_fact(), 0..8).prop_flat_map(|facts| {
            let records = records_of(&facts).len();
            (Just(facts), Just((0..records).collect::<Vec<_>>()).prop_shuffle())
        }),
        earlier in prop::collection::vec(a_fact(), 0..8),
    ) {
        let mut books = Books::of(&records_of(&earlier));
        let records = records_of(&facts);
        // What was there before and is no more was set aside.
        for gone in records_of(&earlier).iter().filter(|one| records.iter().all(|r| r.id != one.id)) {
            books.set(&Record { versions: Vec::new(), ..gone.clone() });
        }
        for index in order {
            books.set(&records[index]);
        }
        let whole = Books::of(&records);
        prop_assert!(books.accounts().eq(whole.accounts()));
        prop_assert_eq!(books.waiting(), whole.waiting());
    }
}

#[test]
fn a_date_without_a_day_lies_before_every_period() {
    let mut body = hazard("sha", day(0), &cells(0, 0, 10, 10));
    body.clear("opened_on");
    let books = Books::of([&official("hazardous-area", H, &body)]);
    let early: Date = "1950-01-01".parse().unwrap();
    let line = books.totals(early, day(0), By::Nothing).all;
    assert_eq!(
        (line.opening, line.new, line.areas),
        (area(0, 0, 10, 10), 0, 1)
    );
}
