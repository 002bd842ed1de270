//! The checks of the catalogue that look at neighbours, days and answers.

use safelane_geometry::Position;
use safelane_ledger::testkit::record;
use safelane_ledger::{Act, Status};
use safelane_model::{Body, How, Place};
use serde_json::json;

use super::tests::{cha, cleared, codes, found, only, opened, the_task, world};
use super::*;
use crate::testkit::*;

fn accident(at: Position) -> Body {
    let mut body = Body::new()
        .with("event", "accident")
        .with("on", day(5).to_string());
    body.set_place("place", &Place::new(at, How::Drawn));
    body
}

fn gone(body: Body) -> Body {
    let step = json!({"step": "destroyed-in-situ", "on": day(6).to_string()});
    body.with("life", vec![step])
}

#[test]
fn an_accident_or_item_outside_every_recorded_hazard_is_a_lead() {
    let outside = opened("accident", "a", &accident(at(40, 40)));
    let lead = only(2, &outside, &[&cha()]);
    assert_eq!(codes(&lead), [("outside-recorded-hazard", Life::Open)]);
    assert_eq!(
        (lead[0].severity, lead[0].args["radius"].as_str()),
        (Severity::High, "100000")
    );
    assert_eq!(lead[0].at, Some(at(40, 40)));
    let inside = opened("accident", "a", &accident(at(4, 4)));
    assert!(only(2, &inside, &[&cha()]).is_empty());
    // A hazardous area that only waits for review is recorded too, and a closed one is opened again.
    let new = opened(
        "hazardous-area",
        "n",
        &hazard("sha", day(6), &cells(35, 35, 45, 45)),
    );
    assert!(only(2, &outside, &[&cha(), &new]).is_empty());
    let point = {
        let mut body = hazard("indication", day(0), &cells(0, 0, 1, 1));
        body.clear("ground");
        body.set_place("place", &Place::new(at(45, 40), How::Drawn));
        official("hazardous-area", "p", &body)
    };
    assert!(
        only(2, &outside, &[&point]).is_empty(),
        "40 m from an indication"
    );
    let imported = making("accident", "a")
        .then(&accident(at(40, 40)), Status::Official)
        .tweak(|version| version.imported = true)
        .done();
    assert_eq!(only(2, &imported, &[])[0].severity, Severity::Warn);
    // A shell that is gone leaves nothing; where one mine lay, others may.
    let mortar = gone(item(day(5), at(40, 40)).with("category", "unexploded-ordnance"));
    let mine = gone(item(day(5), at(40, 40)));
    for (body, life) in [(mortar, Life::Resolved), (mine, Life::Open)] {
        let found = only(2, &official("explosive-ordnance", "i", &body), &[&cha()]);
        assert_eq!(codes(&found), [("outside-recorded-hazard", life)]);
    }
}

#[test]
fn an_item_below_the_depth_that_the_search_reaches_is_found() {
    let deep = |depth: i64| {
        let body = item(day(5), at(4, 4)).with("depth", depth);
        opened("explosive-ordnance", "i", &body)
    };
    let required = official(
        "hazardous-area",
        "0147",
        &hazard("cha", day(0), &cells(0, 0, 20, 20)).with("required_depth", 200),
    );
    assert!(only(3, &deep(200), &[&required]).is_empty());
    let below = only(3, &deep(350), &[&required]);
    assert_eq!(codes(&below), [("item-below-depth", Life::Open)]);
    assert_eq!(below[0].records, [record("i"), record("0147")]);
    assert_eq!(
        (
            below[0].args["depth"].as_str(),
            below[0].args["limit_depth"].as_str()
        ),
        ("350", "200")
    );
    // The task's order counts also where the area itself asks for none.
    let ordered = official(
        "task",
        "t",
        &task(&[record("0147")], None).with("required_depth", 130),
    );
    let of_task = item(day(5), at(4, 4))
        .with("depth", 200)
        .with("task", record("t").to_string());
    let of_task = opened("explosive-ordnance", "i", &of_task);
    assert_eq!(
        only(3, &of_task, &[&cha(), &ordered])[0].args["limit_depth"],
        "130"
    );
    let release = official("clearance", "c", &cleared(20));
    assert_eq!(
        only(3, &deep(350), &[&cha(), &release])[0].records[1],
        record("c")
    );
}

#[test]
fn a_mine_where_the_task_looks_for_none_stops_the_work() {
    let find = |category: &str| {
        let body = item(day(5), at(4, 4))
            .with("category", category)
            .with("task", record("t").to_string());
        opened("explosive-ordnance", "i", &body)
    };
    let ordered = |activity: &str, targets: &[&str]| {
        let body = task(&[record("0147")], None)
            .with("activity", activity)
            .with("targets", targets.to_vec());
        official("task", "t", &body)
    };
    let battle_area = ordered("battle-area-clearance", &["cluster-munition-remnants"]);
    let stop = only(4, &find("ap-mine"), &[&cha(), &battle_area]);
    assert_eq!(codes(&stop), [("mine-outside-scope", Life::Open)]);
    assert_eq!(stop[0].severity, Severity::High);
    assert!(only(4, &find("submunition"), &[&cha(), &battle_area]).is_empty());
    assert_eq!(
        only(
            4,
            &find("ap-mine"),
            &[&ordered("battle-area-clearance", &[])]
        )
        .len(),
        1
    );
    assert_eq!(
        only(
            4,
            &find("improvised-mine"),
            &[&ordered("clearance", &["av-mine"])]
        )
        .len(),
        1
    );
    assert!(only(4, &find("ap-mine"), &[&ordered("clearance", &[])]).is_empty());
    assert!(
        only(
            4,
            &find("ap-mine"),
            &[&ordered("battle-area-clearance", &["ap-mine"])]
        )
        .is_empty()
    );
}

fn submunition(name: &str, x: i32, y: i32) -> Record {
    let body = item(day(5), at(x, y)).with("category", "submunition");
    opened("explosive-ordnance", name, &gone(body))
}

fn release(name: &str, way: &str, ground: &safelane_model::Ground) -> Record {
    let body = completion(way, day(20), &[record("0147")], ground);
    official("clearance", name, &body)
}

#[test]
fn released_ground_near_a_submunition_that_nobody_searched_is_found_from_both_sides() {
    // 3 cells from the west edge, 24 m; the fade-out reaches 50 m.
    let bomblet = submunition("i", 3, 10);
    let whole = release("c", "cleared", &cells(0, 0, 20, 20));
    let short = only(5, &bomblet, &[&cha(), &whole]);
    assert_eq!(codes(&short), [("fade-out-not-extended", Life::Open)]);
    let distance: i64 = short[0].args["distance"].parse().unwrap();
    assert!((23_000..25_000).contains(&distance), "{distance} mm");
    let other = only(5, &whole, &[&cha(), &bomblet]);
    assert_eq!(other[0].args, short[0].args);
    assert_eq!(each_once(short.into_iter().chain(other)).len(), 1);
    let wide = release("c", "cleared", &cells(-6, 0, 20, 20));
    assert!(
        only(5, &bomblet, &[&cha(), &wide]).is_empty(),
        "searched beyond the edge"
    );
    assert!(
        only(5, &submunition("i", 10, 10), &[&cha(), &whole]).is_empty(),
        "far from the edge"
    );
    // What is hazardous still will be searched.
    let part = release("c", "cleared", &cells(8, 0, 20, 20));
    let beside = submunition("i", 10, 10);
    assert!(only(5, &beside, &[&cha(), &part]).is_empty());
    // Reduced ground was not searched: where a bomblet lies so near it should not have been reduced.
    let reduced = release("c", "reduced", &cells(13, 0, 20, 20));
    assert_eq!(only(5, &beside, &[&cha(), &reduced]).len(), 1);
    let mine = opened("explosive-ordnance", "i", &gone(item(day(5), at(3, 10))));
    assert!(
        only(5, &mine, &[&cha(), &whole]).is_empty(),
        "mines are not scattered"
    );
}

#[test]
fn a_geometry_that_the_import_mended_asks_for_the_true_one() {
    let body = hazard("sha", day(0), &cells(0, 0, 20, 20)).with("repair", "buffered");
    let mended = official("hazardous-area", "x", &body);
    let found = only(6, &mended, &[]);
    assert_eq!(codes(&found), [("geometry-mended", Life::Open)]);
    assert_eq!(found[0].args["repair"], "buffered");
    let untouched = body.with("repair", "none");
    assert!(only(6, &official("hazardous-area", "x", &untouched), &[]).is_empty());
}

#[test]
fn cleared_ground_says_how_and_a_whole_area_without_an_item_is_asked_about() {
    let how = |methods: &[&str], depth: Option<i64>| {
        let mut part = Body::new()
            .with("release", "cleared")
            .with("methods", methods.to_vec());
        if let Some(depth) = depth {
            part.set("depth", depth);
        }
        part.set_ground("ground", &cells(0, 0, 20, 20));
        let part = serde_json::to_value(part).unwrap();
        opened("clearance", "c", &cleared(20).with("parts", vec![part]))
    };
    let detector = how(&["manual-detector"], Some(200));
    let find = official("explosive-ordnance", "i", &gone(item(day(5), at(4, 4))));
    assert!(only(12, &detector, &[&cha(), &the_task(), &find]).is_empty());
    let without = only(12, &detector, &[&cha(), &the_task()]);
    assert_eq!(codes(&without), [("cleared-without-item", Life::Open)]);
    assert_eq!(without[0].records, [record("c"), record("0147")]);
    for silent in [how(&[], Some(200)), how(&["dogs"], None)] {
        let found = only(12, &silent, &[&cha(), &the_task(), &find]);
        assert_eq!(codes(&found), [("cleared-without-method", Life::Open)]);
    }
    // Closing it takes its outline, not what was found there.
    let body = hazard("cha", day(0), &cells(0, 0, 20, 20))
        .with("status", "closed")
        .with("closed_on", day(20).to_string());
    let closed = making("hazardous-area", "0147")
        .and(&cha())
        .then(&body, Status::Official)
        .done();
    assert!(only(12, &detector, &[&closed, &find]).is_empty());
    let without = only(12, &detector, &[&closed]);
    assert_eq!(codes(&without), [("cleared-without-item", Life::Open)]);
    // A part of it says nothing about the whole.
    let half = completion("cleared", day(20), &[record("0147")], &cells(0, 0, 10, 20));
    let half = only(12, &opened("clearance", "c", &half), &[&cha()]);
    assert!(!half.iter().any(|one| one.code == "cleared-without-item"));
}

#[test]
fn an_item_left_for_too_many_days_is_found_when_they_have_passed() {
    let left = item(day(10), at(4, 4)).with(
        "life",
        vec![json!({"step": "left-marked", "on": day(10).to_string()})],
    );
    let left = official("explosive-ordnance", "i", &left);
    let all = world(&[&cha(), &left]);
    let on = |n: i64| {
        let found = run(&left, &all, day(n));
        found.iter().any(|one| one.code == "item-not-dealt-with")
    };
    assert!(!on(24), "14 days");
    assert!(on(25), "15 days");
    let stands = standing(&left, &all);
    let finding = stands.iter().find(|one| one.number == 13).unwrap();
    assert_eq!(
        (finding.from, finding.severity),
        (Some(day(25)), Severity::High)
    );
    let stored = item(day(10), at(4, 4)).with(
        "life",
        vec![json!({"step": "stored", "on": day(11).to_string()})],
    );
    assert!(only(13, &official("explosive-ordnance", "i", &stored), &[&cha()]).is_empty());
}

#[test]
fn a_report_that_comes_long_after_newer_ones_of_its_section_is_late() {
    let report = |name: &str, on: i64, status: Status| {
        let body =
            progress(day(on), record("t"), 1_000, None).with("team", record("3").to_string());
        making("clearance", name).then(&body, status).done()
    };
    let newer = report("n", 30, Status::Official);
    let late = report("l", 11, Status::Open);
    let found = only(14, &late, &[&the_task(), &newer]);
    assert_eq!(codes(&found), [("report-late", Life::Open)]);
    assert_eq!(found[0].args["newest"], day(30).to_string());
    assert!(only(14, &report("l", 25, Status::Open), &[&the_task(), &newer]).is_empty());
    let taken = report("l", 11, Status::Official);
    assert!(
        only(14, &taken, &[&the_task(), &newer]).is_empty(),
        "it has taken its place"
    );
}

fn team() -> Record {
    let body = Body::new()
        .with("name", "Dogs 1")
        .with("organisation", record("org").to_string())
        .with("team_type", "dogs");
    official("team", "dogs", &body)
}

fn accreditation(name: &str, of_team: bool, scope: &str, first: i64, last: i64) -> Record {
    let mut body = Body::new()
        .with("organisation", record("org").to_string())
        .with("scope", vec![scope])
        .with("issued_on", day(first).to_string())
        .with("expires_on", day(last).to_string());
    if of_team {
        body.set("team", record("dogs").to_string());
    }
    official("accreditation", name, &body)
}

#[test]
fn accreditation_counts_on_the_day_of_the_work_whatever_day_it_is_now() {
    let work = |on: i64, status: Status| {
        let body =
            progress(day(on), record("t"), 1_000, None).with("team", record("dogs").to_string());
        making("clearance", "p").then(&body, status).done()
    };
    let (before, after) = (work(20, Status::Open), work(41, Status::Open));
    // Nothing recorded: nobody can tell.
    assert!(only(15, &after, &[&the_task(), &team()]).is_empty());
    let own = accreditation("own", true, "dogs", 0, 40);
    assert!(only(15, &before, &[&the_task(), &team(), &own]).is_empty());
    let ended = only(15, &after, &[&the_task(), &team(), &own]);
    assert_eq!(codes(&ended), [("not-accredited", Life::Open)]);
    assert_eq!(blocks_approval(&ended), ["not-accredited"]);
    assert_eq!(ended[0].args["ended"], day(40).to_string());
    assert_eq!(ended[0].records, [record("p"), record("dogs")]);
    // Work that stands is not undone by it.
    let stands = only(
        15,
        &work(41, Status::Official),
        &[&the_task(), &team(), &own],
    );
    assert!(stands.len() == 1 && blocks_approval(&stands).is_empty());
    // The organisation's counts where the team has none of its own; another scope does not.
    let of_all = accreditation("all", false, "dogs", 0, 80);
    assert!(only(15, &after, &[&the_task(), &team(), &of_all]).is_empty());
    assert_eq!(
        only(15, &after, &[&the_task(), &team(), &of_all, &own]).len(),
        1
    );
    let other = accreditation("other", true, "eod", 0, 80);
    let found = only(15, &after, &[&the_task(), &team(), &other]);
    assert!(found.len() == 1 && !found[0].args.contains_key("ended"));
    let renewed = accreditation("new", true, "dogs", 41, 400);
    assert!(only(15, &after, &[&the_task(), &team(), &own, &renewed]).is_empty());
    // The team's own record may name the last day.
    let until = Body::new()
        .with("name", "Dogs 1")
        .with("team_type", "dogs")
        .with("accredited_until", day(40).to_string());
    let until = official("team", "dogs", &until);
    assert_eq!(only(15, &after, &[&the_task(), &until]).len(), 1);
    assert!(only(15, &before, &[&the_task(), &until]).is_empty());
}

#[test]
fn overdue_marking_near_people_and_areas_that_nobody_visits_are_found() {
    let marked = |inspected: i64| {
        let body = hazard("sha", day(-900), &cells(0, 0, 20, 20))
            .with("marking", "damaged")
            .with("marking_inspected_on", day(inspected).to_string());
        official("hazardous-area", "x", &body)
    };
    let school = |x: i32| {
        let mut body = Body::new()
            .with("name", "School")
            .with("settlement_type", "school");
        body.set_place("place", &Place::new(at(x, 10), How::Typed));
        official("settlement", "s", &body)
    };
    let overdue = only(20, &marked(-320), &[&school(30)]);
    assert_eq!(codes(&overdue), [("marking-overdue", Life::Open)]);
    assert_eq!(overdue[0].records, [record("x"), record("s")]);
    let metres: i64 = overdue[0].args["distance"].parse().unwrap();
    assert!((79_000..82_000).contains(&metres), "{metres} mm");
    assert!(
        only(20, &marked(-200), &[&school(30)]).is_empty(),
        "within 12 months"
    );
    assert!(
        only(20, &marked(-320), &[&school(100)]).is_empty(),
        "640 m away"
    );
    // Three years without anybody there.
    let old = hazard("sha", day(-1_300), &cells(0, 0, 20, 20));
    let old = official("hazardous-area", "x", &old);
    let alone = only(20, &old, &[]);
    assert_eq!(codes(&alone), [("not-visited", Life::Open)]);
    let survey = cancellation(day(-100), record("x"), &cells(0, 0, 2, 2));
    let survey = official("non-technical-survey", "n", &survey);
    assert!(only(20, &old, &[&survey]).is_empty());
    let closed = hazard("sha", day(-1_300), &cells(0, 0, 20, 20)).with("status", "closed");
    assert!(only(20, &official("hazardous-area", "x", &closed), &[]).is_empty());
}

fn flood(on: i64) -> Record {
    let mut body = Body::new()
        .with("name", "Flood")
        .with("basis", "flood-or-landslide")
        .with("visited_on", day(on).to_string());
    body.set_ground("ground", &cells(10, -5, 30, 10));
    opened("civilian-risk-zone", "flood", &body)
}

#[test]
fn a_flood_over_released_or_marked_ground_is_found_unless_somebody_was_there_since() {
    let release = official("clearance", "c", &cleared(20));
    let over = only(21, &flood(50), &[&cha(), &release]);
    assert_eq!(codes(&over), [("flooded-ground", Life::Open)]);
    let dm2: i64 = over[0].args["area"].parse().unwrap();
    assert!((dm2 - area(10, 0, 20, 10)).abs() <= 2);
    assert_eq!(
        only(21, &release, &[&cha(), &flood(50)])[0].args,
        over[0].args
    );
    assert!(
        only(21, &release, &[&cha(), &flood(10)]).is_empty(),
        "released after it"
    );
    let waits = opened("clearance", "c", &cleared(20));
    assert!(
        only(21, &waits, &[&cha(), &flood(50)]).is_empty(),
        "not released yet"
    );
    let marked = hazard("cha", day(0), &cells(0, 0, 20, 20)).with("marking", "complete");
    let inspected = marked
        .clone()
        .with("marking_inspected_on", day(60).to_string());
    let marked = official("hazardous-area", "0147", &marked);
    assert_eq!(only(21, &marked, &[&flood(50)]).len(), 1);
    let inspected = official("hazardous-area", "0147", &inspected);
    assert!(only(21, &inspected, &[&flood(50)]).is_empty());
    let mut around = Body::new().with("name", "x").with("basis", "around-hazard");
    around.set_ground("ground", &cells(10, -5, 30, 10));
    let around = opened("civilian-risk-zone", "z", &around);
    assert!(only(21, &around, &[&cha(), &release]).is_empty());
}

#[test]
fn land_used_deeper_than_it_was_cleared_is_found_from_both_sides() {
    let pond = hazard("cha", day(0), &cells(0, 0, 20, 20)).with("intended_depth", 800);
    let pond = official("hazardous-area", "0147", &pond);
    let release = official("clearance", "c", &cleared(20));
    let deep = only(22, &pond, &[&release]);
    assert_eq!(codes(&deep), [("use-deeper-than-clearance", Life::Open)]);
    assert_eq!(
        (
            deep[0].args["intended_depth"].as_str(),
            deep[0].args["depth"].as_str()
        ),
        ("800", "200")
    );
    assert_eq!(only(22, &release, &[&pond])[0].args, deep[0].args);
    assert!(only(22, &pond, &[]).is_empty(), "nothing cleared yet");
    let shallow = hazard("cha", day(0), &cells(0, 0, 20, 20)).with("intended_depth", 200);
    assert!(
        only(
            22,
            &official("hazardous-area", "0147", &shallow),
            &[&release]
        )
        .is_empty()
    );
}

fn answer(finding: &Finding, answer: &str) -> Record {
    let records: Vec<String> = finding.records.iter().map(ToString::to_string).collect();
    let mut body = Body::new()
        .with("code", finding.code)
        .with("records", records)
        .with("figures", finding.figures())
        .with("answer", answer);
    if answer == "explained" {
        body.set("reason", "The paper names the road too.");
    }
    official("check-answer", &format!("{} {answer}", finding.code), &body)
}

#[test]
fn a_reason_by_name_explains_a_check_as_long_as_its_figures_stay() {
    let (ours, theirs) = (cha(), |east: i32| {
        let ground = cells(15, 0, east, 20);
        official("hazardous-area", "x", &hazard("sha", day(0), &ground))
    });
    let overlap = only(7, &ours, &[&theirs(30)]);
    let told = answer(&overlap[0], "explained");
    let explained = only(7, &ours, &[&theirs(30), &told]);
    assert_eq!(codes(&explained), [("hazards-overlap", Life::Explained)]);
    assert_eq!(explained[0].answers[0].record, told.id);
    // From the other side it is the same check.
    let other = only(7, &theirs(30), &[&ours, &told]);
    assert_eq!(codes(&other), [("hazards-overlap", Life::Explained)]);
    let grown = only(7, &ours, &[&theirs(19), &told]);
    assert_eq!(
        codes(&grown),
        [("hazards-overlap", Life::Open)],
        "other figures"
    );
    let known = answer(&overlap[0], "acknowledged");
    let seen = only(7, &ours, &[&theirs(30), &known]);
    assert_eq!((seen[0].life, seen[0].answers.len()), (Life::Open, 1));
    let back = making("check-answer", "hazards-overlap explained")
        .then(&Body::new(), Status::Official)
        .set_aside(None)
        .done();
    assert_eq!(
        codes(&only(7, &ours, &[&theirs(30), &back])),
        [("hazards-overlap", Life::Open)]
    );
}

#[test]
fn s5_no_answer_settles_an_alarm_and_none_lifts_a_block() {
    let release = official("clearance", "c", &cleared(20));
    let find = official("explosive-ordnance", "find", &item(day(5), at(4, 4)));
    let alarm = only(1, &find, &[&cha(), &release]).remove(0);
    for how in ["acknowledged", "explained"] {
        let said = answer(&alarm, how);
        let still = only(1, &find, &[&cha(), &release, &said]).remove(0);
        assert_eq!((still.severity, still.life), (Severity::Alarm, Life::Open));
        assert_eq!(still.answers.len(), 1);
        assert!(is_frozen(
            &release,
            &world(&[&cha(), &release, &find, &said])
        ));
    }
    let completion = opened("clearance", "c", &cleared(20));
    let block = only(13, &completion, &[&cha(), &the_task(), &find]).remove(0);
    let said = answer(&block, "explained");
    let found = found(&completion, &[&cha(), &the_task(), &find, &said]);
    assert!(blocks_approval(&found).contains(&"item-not-destroyed"));
}

#[test]
fn s5_a_correction_or_removal_that_waits_silences_no_alarm() {
    let release = official("clearance", "c", &cleared(20));
    let there = item(day(5), at(4, 4));
    let moved = making("explosive-ordnance", "find")
        .then(&there, Status::Official)
        .then(&item(day(5), at(90, 90)), Status::Open)
        .done();
    let mut leaving = making("explosive-ordnance", "find")
        .then(&there, Status::Official)
        .then(&there, Status::Open)
        .done();
    leaving.versions[1].act = Act::Remove;
    leaving.versions[1].content = Content::Ends(crate::content::Ends {
        set_aside: false,
        on: None,
    });
    for waits in [moved, leaving] {
        let all = [&cha(), &release, &waits];
        assert_eq!(
            codes(&only(1, &waits, &all[..2])),
            [("find-in-released-ground", Life::Open)]
        );
        assert!(is_frozen(&release, &world(&all)));
        assert_eq!(only(1, &release, &[&cha(), &waits]).len(), 1);
    }
}
