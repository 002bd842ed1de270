use proptest::prelude::*;
use safelane_geometry::Position;
use safelane_ledger::Status;
use safelane_ledger::testkit::record;
use safelane_model::{Body, How, Place, Statistic};
use serde_json::{Value, json};

use super::*;
use crate::content::Zone;
use crate::testkit::*;
use crate::world::{Memory, Settings};

fn zone_body(more: Value) -> Body {
    let mut body = Body::new()
        .with("name", "Paddy-edge walk")
        .with("threat", json!(["ap-mine"]))
        .with("visited_on", day(300).to_string())
        .with("marking", "none");
    let Value::Object(more) = more else {
        unreachable!("answers are an object")
    };
    body.0.extend(more);
    body.set_ground("ground", &cells(0, 0, 20, 20));
    body
}

fn zone(more: Value) -> Zone {
    match Content::of_map("civilian-risk-zone", &zone_body(more).0) {
        Content::Zone(zone) => *zone,
        other => unreachable!("{other:?}"),
    }
}

fn facts(more: Value, hazards: &[(Evidence, &[&str])]) -> Facts {
    let fact = |(n, (evidence, types)): (usize, &(Evidence, &[&str]))| HazardFact {
        record: record(&format!("h{n}")),
        evidence: *evidence,
        contamination: types.iter().map(|code| (*code).to_owned()).collect(),
    };
    Facts {
        zone: zone(more),
        hazards: hazards.iter().enumerate().map(fact).collect(),
        accidents: Vec::new(),
        schools: Vec::new(),
        finds: Vec::new(),
    }
}

const TODAY: i64 = 330;

fn months_ago(months: f64) -> AccidentFact {
    AccidentFact {
        record: record(&format!("accident {months}")),
        on: Some(day(TODAY - (months * 365.25 / 12.0).round() as i64)),
    }
}

fn shown(interval: Interval) -> (f64, f64) {
    let tenths = |value| rounded(value, 1) as f64 / 10.0;
    (tenths(interval.least), tenths(interval.greatest))
}

fn part(part: &Part) -> (i64, i64) {
    (
        rounded(part.value.least, 2),
        rounded(part.value.greatest, 2),
    )
}

fn bands(band: Band) -> Bands {
    Bands {
        least: band,
        greatest: band,
    }
}

/// The worked examples of `domain.md` 3.4.
fn paddy_edge() -> Facts {
    let answers = json!({
        "women": 30, "men": 20, "girls": 25, "boys": 25, "newcomers": 0,
        "entries_per_month": 420, "alternatives": "no", "reached_by_education": 0, "minutes_to_care": 144,
    });
    let mut facts = facts(answers, &[(Evidence::Confirmed, &["ap-mine"])]);
    facts.accidents.push(months_ago(5.0));
    facts
}

fn grove() -> Facts {
    let answers = json!({
        "women": 40, "men": 40, "girls": 8, "boys": 7, "newcomers": 5,
        "entries_per_month": 30, "alternatives": "partly", "reached_by_education": 100, "minutes_to_care": 120,
    });
    facts(answers, &[(Evidence::Confirmed, &["ap-mine"])])
}

fn remote_forest(entries: Value) -> Facts {
    let answers = json!({
        "threat": ["av-mine", "unexploded-ordnance"], "road_or_ploughed": "no",
        "women": 35, "men": 35, "girls": 15, "boys": 15, "newcomers": 0,
        "entries_per_month": entries, "alternatives": "yes", "reached_by_education": 0, "minutes_to_care": 300,
    });
    let types: &[&str] = &["av-mine", "unexploded-ordnance"];
    facts(answers, &[(Evidence::Suspected, types)])
}

/// The demo's School path.
fn school_path() -> Facts {
    let answers = json!({
        "women": 30, "men": 25, "girls": 46, "boys": 44, "newcomers": 0,
        "entries_per_month": 40, "alternatives": "partly", "reached_by_education": 90, "minutes_to_care": 45,
    });
    let mut facts = facts(answers, &[(Evidence::Suspected, &["ap-mine"])]);
    facts.schools.push(SchoolFact {
        settlement: record("school"),
        hazard: record("0216"),
        metres: 80,
    });
    facts
}

#[test]
fn worked_example_a_the_paddy_edge_is_very_high() {
    let risk = score(&paddy_edge(), day(TODAY));
    assert_eq!(part(&risk.hazard), (100, 100));
    assert_eq!(part(&risk.exposure), (87, 87));
    assert_eq!(part(&risk.vulnerability), (84, 84));
    assert_eq!(shown(risk.index), (9.0, 9.0));
    assert_eq!(risk.computed, bands(Band::VeryHigh));
    assert!(risk.missing.is_empty());
    assert_eq!(risk.exposure.inputs[0].code, "entries");
    assert_eq!(rounded(risk.exposure.inputs[1].value.least, 2), 58);
    // The accident of 5 months ago asks for High and changes nothing.
    assert_eq!(risk.overrides.len(), 1);
    assert_eq!(
        (risk.overrides[0].code, risk.overrides[0].changes),
        ("accident", false)
    );
}

#[test]
fn worked_example_c_the_grove_is_high() {
    let risk = score(&grove(), day(TODAY));
    assert_eq!(part(&risk.exposure), (50, 50));
    assert_eq!(part(&risk.vulnerability), (51, 51));
    assert_eq!(shown(risk.index), (6.3, 6.3));
    assert_eq!(risk.band, bands(Band::High));
    assert!(risk.overrides.is_empty());
}

#[test]
fn worked_example_b_the_remote_forest_is_medium_and_unknown_entries_are_an_interval() {
    let risk = score(&remote_forest(json!(12)), day(TODAY));
    assert_eq!(part(&risk.hazard), (42, 42));
    assert_eq!(part(&risk.exposure), (37, 37));
    assert_eq!(part(&risk.vulnerability), (70, 70));
    assert_eq!(shown(risk.index), (4.8, 4.8));
    assert_eq!(risk.band, bands(Band::Medium));

    let risk = score(&remote_forest(json!("unknown")), day(TODAY));
    assert_eq!(shown(risk.index), (2.5, 6.7));
    let band = Bands {
        least: Band::Low,
        greatest: Band::High,
    };
    assert_eq!(risk.band, band);
    let asked: Vec<_> = risk
        .missing
        .iter()
        .map(|ask| (ask.code, ask.field))
        .collect();
    assert_eq!(asked, [("entries", Some("entries_per_month"))]);
    assert_eq!(rounded(risk.missing[0].narrows, 1), 42, "6.7 to 2.5");
}

#[test]
fn the_school_path_is_5_6_and_high_because_a_school_is_80_m_from_a_confirmed_hazardous_area() {
    let risk = score(&school_path(), day(TODAY));
    assert_eq!(shown(risk.index), (5.6, 5.6));
    assert_eq!(risk.computed, bands(Band::Medium));
    assert_eq!(risk.band, bands(Band::High));
    let rule = &risk.overrides[0];
    assert_eq!((rule.code, rule.changes), ("school", true));
    assert_eq!(rule.args, [("metres", "80".to_owned())]);
    assert_eq!(rule.records, [record("school"), record("0216")]);
}

#[test]
fn accidents_count_half_after_two_years() {
    let exposure = |months: &[f64]| {
        let mut facts = facts(json!({"entries_per_month": 0}), &[]);
        facts.accidents = months.iter().map(|months| months_ago(*months)).collect();
        part(&score(&facts, day(TODAY)).exposure)
    };
    assert_eq!(exposure(&[5.0]), (58, 58));
    assert_eq!(exposure(&[5.0, 20.0]), (76, 76));
    assert_eq!(exposure(&[60.0]), (16, 16));
    assert_eq!(exposure(&[]), (5, 5), "the floor");
}

#[test]
fn what_is_not_answered_is_an_interval_and_is_asked_that_which_narrows_most_first() {
    let nothing = facts(json!({"threat": ["unknown"], "marking": "unknown"}), &[]);
    let risk = score(&nothing, day(TODAY));
    assert_eq!(shown(risk.index), (0.9, 10.0));
    assert_eq!(shown(risk.current), (0.8, 10.0));
    assert_eq!(part(&risk.hazard), (5, 100));
    assert_eq!(part(&risk.vulnerability), (30, 100));
    let asked: Vec<_> = risk.missing.iter().map(|ask| ask.code).collect();
    let wanted = [
        "hazard",
        "entries",
        "exposed",
        "newcomers",
        "alternatives",
        "education",
        "care",
        "marking",
    ];
    assert_eq!(asked.len(), wanted.len());
    assert_eq!(asked[..2], wanted[..2]);
    assert!(wanted.iter().all(|code| asked.contains(code)), "{asked:?}");
    let falls: Vec<_> = risk.missing.iter().map(|ask| ask.narrows).collect();
    assert!(falls.is_sorted_by(|a, b| *a >= *b - 0.01), "{falls:?}");
}

#[test]
fn an_av_mine_asks_for_road_or_ploughed_land_and_unknown_ordnance_for_its_type() {
    let with = |road: &str, types: &[&str]| {
        let answers = json!({"threat": types, "road_or_ploughed": road});
        score(&facts(answers, &[(Evidence::Confirmed, types)]), day(TODAY))
    };
    assert_eq!(part(&with("yes", &["av-mine"]).hazard), (90, 90));
    assert_eq!(part(&with("no", &["av-mine"]).hazard), (70, 70));
    let unknown = with("unknown", &["av-mine"]);
    assert_eq!(part(&unknown.hazard), (70, 90));
    assert!(unknown.missing.iter().any(|ask| ask.code == "road"));
    // An AP mine beside it decides: the road changes nothing and is not asked.
    let both = with("unknown", &["ap-mine", "av-mine"]);
    assert_eq!(part(&both.hazard), (100, 100));
    assert!(both.missing.iter().all(|ask| ask.code != "road"));
    let some = with("no", &["unexploded-ordnance", "unknown"]);
    assert_eq!(part(&some.hazard), (60, 100));
    let ask = some.missing.iter().find(|ask| ask.code == "contamination");
    assert_eq!(ask.map(|ask| ask.records.clone()), Some(vec![record("h0")]));
}

#[test]
fn the_worst_hazardous_area_decides_and_a_threat_that_none_is_recorded_for_is_an_indication() {
    let answers = json!({"threat": ["cluster-munition-remnants"]});
    let hazards: [(Evidence, &[&str]); 2] = [
        (Evidence::Residual, &["ap-mine"]),
        (Evidence::Indication, &["unexploded-ordnance"]),
    ];
    let risk = score(&facts(answers, &hazards), day(TODAY));
    assert_eq!(part(&risk.hazard), (30, 30));
    let inputs: Vec<_> = risk
        .hazard
        .inputs
        .iter()
        .map(|one| (one.code, one.decides))
        .collect();
    assert_eq!(
        inputs,
        [("threat", true), ("hazard", false), ("hazard", false)]
    );
    // An unknown type may be the threat that people state, and then it is recorded already.
    for threat in ["cluster-munition-remnants", "unknown"] {
        let hazards: [(Evidence, &[&str]); 1] = [(Evidence::Residual, &["unknown"])];
        let risk = score(&facts(json!({"threat": [threat]}), &hazards), day(TODAY));
        assert_eq!(part(&risk.hazard), (5, 30), "{threat}");
    }
}

#[test]
fn marking_takes_little_off_and_education_is_not_counted_twice() {
    let with = |marking: &str, reached: i64| {
        let mut facts = grove();
        facts.zone.marking = Some(marking.to_owned());
        facts.zone.reached = Some(reached);
        let risk = score(&facts, day(TODAY));
        rounded(100.0 * risk.current.least / risk.index.least, 0)
    };
    assert_eq!(with("complete", 100), 85);
    assert_eq!(with("partial", 0), 93, "92.5");
    assert_eq!(with("damaged", 100), 100);
    assert_eq!(with("none", 100), 100);
}

#[test]
fn rules_raise_the_band_and_a_band_set_by_a_person_never_lowers_it_below_them() {
    let set = |facts: &mut Facts, band: &str| {
        facts.zone.set_band = Some((band.to_owned(), "Asked by the commune".to_owned()));
    };
    let mut facts = remote_forest(json!(12));
    set(&mut facts, "very-low");
    let risk = score(&facts, day(TODAY));
    assert_eq!(risk.band, bands(Band::VeryLow));
    assert_eq!(risk.computed, bands(Band::Medium), "shown beside it");
    facts.accidents.push(months_ago(11.0));
    let risk = score(&facts, day(TODAY));
    assert_eq!(risk.band, bands(Band::High));
    let codes: Vec<_> = risk
        .overrides
        .iter()
        .map(|one| (one.code, one.changes))
        .collect();
    assert_eq!(codes, [("person", true), ("accident", true)]);
    facts.finds.push(record("item"));
    assert_eq!(score(&facts, day(TODAY)).band, bands(Band::VeryHigh));
    facts.accidents = vec![months_ago(13.0)];
    facts.finds.clear();
    assert_eq!(score(&facts, day(TODAY)).band, bands(Band::VeryLow));
    // Nobody knows when: perhaps within the year.
    facts.accidents[0].on = None;
    let maybe = score(&facts, day(TODAY));
    assert_eq!(maybe.band.least, Band::VeryLow);
    assert_eq!(maybe.band.greatest, Band::High);
    assert!(maybe.missing.iter().any(|ask| ask.code == "accident-day"));
}

#[test]
fn a_zone_is_looked_at_again_after_a_year_or_after_an_accident() {
    let due = |more: Value, accident: Option<i64>, today: i64| {
        let mut facts = facts(more, &[]);
        facts.accidents.extend(accident.map(|on| AccidentFact {
            record: record("accident"),
            on: Some(day(on)),
        }));
        let due = score(&facts, day(today)).due;
        (due.on, due.overdue)
    };
    let visited = json!({"visited_on": day(0).to_string()});
    assert_eq!(due(visited.clone(), None, 365), (Some(day(365)), false));
    assert_eq!(due(visited.clone(), None, 366), (Some(day(365)), true));
    assert_eq!(due(visited.clone(), Some(-5), 10), (Some(day(365)), false));
    assert_eq!(due(visited.clone(), Some(5), 10), (Some(day(365)), true));
    let sooner = json!({"visited_on": day(0).to_string(), "next_review_on": day(90).to_string()});
    assert_eq!(due(sooner, None, 91), (Some(day(90)), true));
    let later = json!({"visited_on": day(0).to_string(), "next_review_on": day(900).to_string()});
    assert_eq!(due(later, None, 91), (Some(day(365)), false));
    assert_eq!(due(json!({"visited_on": "?"}), None, 1), (None, true));
}

fn accident(name: &str, on: Option<i64>, place: Position, event: &str) -> Record {
    let mut body = Body::new().with("event", event);
    if let Some(on) = on {
        body.set("on", day(on).to_string());
    }
    body.set_place("place", &Place::new(place, How::Fix));
    official("accident", name, &body)
}

fn place(name: &str, settlement_type: &str, place: Position) -> Record {
    let mut body = Body::new()
        .with("name", name)
        .with("settlement_type", settlement_type);
    body.set_place("place", &Place::new(place, How::Fix));
    official("settlement", name, &body)
}

fn facts_in(body: &Body, records: &[&Record]) -> Facts {
    let zone = official("civilian-risk-zone", "zone", body);
    let all = records.iter().map(|one| (*one).clone()).chain([zone]);
    let world = Memory::of(all, Settings::default());
    match Content::of_map("civilian-risk-zone", &body.0) {
        Content::Zone(zone) => Facts::of(&zone, &world, day(TODAY)),
        other => unreachable!("{other:?}"),
    }
}

fn cha(name: &str, class: &str, west: i32, east: i32) -> Record {
    let ground = cells(west, 0, east, 20);
    official("hazardous-area", name, &hazard(class, day(0), &ground))
}

#[test]
fn what_lies_in_the_zone_counts_and_what_it_names_wherever_that_lies() {
    let inside = cha("inside", "sha", 10, 30);
    let beside = cha("beside", "cha", 21, 40);
    let named = cha("named", "cha", 500, 520);
    let hurt = accident("hurt", Some(200), at(5, 5), "accident");
    let unsaid = accident("unsaid", None, at(6, 6), "unknown");
    let far = accident("far", Some(200), at(300, 5), "accident");
    let no_harm = accident("no harm", Some(200), at(5, 5), "incident");
    let all = [&inside, &beside, &named, &hurt, &unsaid, &far, &no_harm];
    let here = facts_in(&zone_body(json!({})), &all);
    assert_eq!(here.hazards.len(), 1);
    assert_eq!(here.hazards[0].evidence, Evidence::Suspected);
    let mut accidents: Vec<_> = here
        .accidents
        .iter()
        .map(|one| (one.record, one.on))
        .collect();
    accidents.sort();
    let mut wanted = [(record("hurt"), Some(day(200))), (record("unsaid"), None)];
    wanted.sort();
    assert_eq!(accidents, wanted);

    let names = json!({
        "hazards": [record("named").to_string()],
        "accidents": [record("far").to_string()],
    });
    let with = facts_in(&zone_body(names), &all);
    let mut evidence: Vec<_> = with.hazards.iter().map(|one| one.evidence).collect();
    evidence.sort();
    assert_eq!(evidence, [Evidence::Suspected, Evidence::Confirmed]);
    assert_eq!(with.accidents.len(), 3);
}

#[test]
fn a_hazardous_area_counts_as_it_stands_now() {
    let body = zone_body(json!({}));
    let evidence = |hazards: &[&Record]| {
        let found = facts_in(&body, hazards).hazards;
        found.first().map(|one| one.evidence)
    };
    let sha = cha("h", "sha", 0, 10);
    assert_eq!(evidence(&[&sha]), Some(Evidence::Suspected));
    // S11: what is reported counts at once.
    let reported = making("hazardous-area", "h")
        .then(
            &hazard("sha", day(0), &cells(0, 0, 10, 20)),
            Status::Official,
        )
        .then(&hazard("cha", day(0), &cells(0, 0, 10, 20)), Status::Open)
        .done();
    assert_eq!(evidence(&[&reported]), Some(Evidence::Confirmed));
    // Released by two people: residual. An item in that ground freezes the release.
    let done = completion("cleared", day(50), &[record("h")], &cells(-1, -1, 11, 21));
    let release = official("clearance", "c", &done);
    assert_eq!(evidence(&[&sha, &release]), Some(Evidence::Residual));
    let found = official("explosive-ordnance", "i", &item(day(60), at(5, 5)));
    assert_eq!(
        evidence(&[&sha, &release, &found]),
        Some(Evidence::Suspected)
    );
    let gone = making("hazardous-area", "h")
        .then(
            &hazard("sha", day(0), &cells(0, 0, 10, 20)),
            Status::Official,
        )
        .set_aside(None)
        .done();
    assert_eq!(evidence(&[&gone]), None);
}

#[test]
fn s5_ordnance_found_in_released_ground_of_the_zone_makes_it_very_high_until_settled() {
    let sha = cha("h", "sha", 0, 10);
    let done = completion("cleared", day(50), &[record("h")], &cells(-1, -1, 11, 21));
    let release = official("clearance", "c", &done);
    let find = item(day(60), at(5, 5));
    let body = zone_body(json!({}));
    let band = |found: &Record| {
        let facts = facts_in(&body, &[&sha, &release, found]);
        score(&facts, day(TODAY)).band.least
    };
    let found = making("explosive-ordnance", "i").then(&find, Status::Open);
    assert_eq!(band(&found.done()), Band::VeryHigh);
    let settled = find.with("before_release", "yes");
    let settled = official("explosive-ordnance", "i", &settled);
    assert!(band(&settled) < Band::VeryHigh);
}

#[test]
fn a_school_near_a_confirmed_hazardous_area_counts_at_the_zone_or_at_its_own_hazardous_area() {
    // A cell is 8 m wide here: 10 cells are some 80 m, 20 some 160 m.
    let body = zone_body(json!({}));
    let schools = |records: &[&Record]| facts_in(&body, records).schools;
    let own = cha("own", "cha", 10, 30);
    let school = place("school", "school", at(40, 10));
    let found = schools(&[&own, &school]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].settlement, found[0].hazard), (school.id, own.id));
    assert!((79..=81).contains(&found[0].metres), "{found:?}");
    assert!(schools(&[&own, &place("far", "school", at(50, 10))]).is_empty());
    assert!(schools(&[&own, &place("village", "village", at(40, 10))]).is_empty());
    assert!(schools(&[&cha("own", "sha", 10, 30), &school]).is_empty());
    // The school lies at the zone; the confirmed hazardous area on its other side is not the zone's.
    let other = cha("other", "cha", 40, 60);
    let between = place("between", "health-post", at(31, 10));
    assert_eq!(schools(&[&other, &between]).len(), 1);
    let behind = place("behind", "school", at(70, 10));
    assert!(schools(&[&other, &behind]).is_empty());
    // S8: what the accuracy allows is near.
    let mut rough = Body::new().with("settlement_type", "school");
    let mut spot = Place::new(at(50, 10), How::Fix);
    (spot.accuracy_mm, spot.statistic) = (Some(70_000), Statistic::Radius95);
    rough.set_place("place", &spot);
    assert_eq!(
        schools(&[&own, &official("settlement", "rough", &rough)]).len(),
        1
    );
}

#[test]
fn the_official_zone_is_ranked_and_only_zones_are() {
    let first = zone_body(json!({"entries_per_month": 10}));
    let second = zone_body(json!({"entries_per_month": 900}));
    let open = making("civilian-risk-zone", "z").then(&first, Status::Open);
    assert!(ranked(&open.done()).is_some());
    let changing = making("civilian-risk-zone", "z")
        .then(&first, Status::Official)
        .then(&second, Status::Open)
        .done();
    assert_eq!(
        ranked(&changing).map(|one| one.status),
        Some(Status::Official)
    );
    let none = cha("h", "cha", 0, 10);
    assert!(ranked(&none).is_none());
    let world = Memory::default();
    assert_eq!(risk(&none.versions[0], &world, day(0)), None);
}

// Layer 3.

fn tasks() -> [Task; 3] {
    let risk = |facts: &Facts| score(facts, day(TODAY)).index.least / 10.0;
    let task = |risk, [benefit, readiness, feasibility, equity]: [f64; 4]| Task {
        risk,
        benefit,
        readiness,
        feasibility,
        equity,
    };
    [
        task(risk(&paddy_edge()), [0.62, 0.8, 0.7, 0.5]),
        task(risk(&grove()), [0.5, 0.6, 0.8, 0.4]),
        task(risk(&remote_forest(json!(12))), [0.3, 0.2, 0.3, 0.9]),
    ]
}

#[test]
fn priorities_of_the_worked_examples_and_their_parts() {
    let shown = tasks().map(|task| rounded(priority(&task, Weights::DEFAULT).value, 1));
    assert_eq!(shown, [756, 588, 416]);
    let parts = priority(&tasks()[0], Weights::DEFAULT).parts;
    assert_eq!(parts.map(|part| rounded(part, 1)), [361, 155, 120, 70, 50]);
}

#[test]
fn no_weight_a_quarter_more_or_less_changes_the_order_of_the_worked_examples() {
    let moved = sensitivity(&tasks(), Weights::DEFAULT, 3);
    assert_eq!(moved.len(), 10);
    assert!(moved.iter().all(|one| one.places == 0), "{moved:?}");
    // Two tasks that differ in one weight alone change places.
    let [risky, _, _] = tasks();
    let close = Task {
        risk: risky.risk - 0.1,
        benefit: risky.benefit + 0.15,
        ..risky
    };
    let moved = sensitivity(&[risky, close], Weights::DEFAULT, 2);
    assert!(moved.iter().any(|one| one.places == 2), "{moved:?}");
}

#[test]
fn benefit_is_a_share_of_the_most_by_powers_of_ten() {
    assert_eq!(rounded(benefit(99, 9_999), 2), 50);
    assert_eq!(rounded(benefit(9_999, 9_999), 2), 100);
    assert_eq!(rounded(benefit(0, 10), 2), 0);
    assert_eq!(rounded(benefit(5, 0), 2), 0);
    assert!(Weights::try_new([0.0; 5]).is_none());
    assert!(Weights::try_new([1.0, -0.1, 0.0, 0.0, 0.0]).is_none());
}

#[test]
fn halves_round_up_also_where_binary_puts_them_below() {
    assert_eq!(rounded(2.45, 1), 25);
    assert_eq!(rounded(0.285, 2), 29);
    assert_eq!(rounded(2.449_999, 1), 24);
    assert_eq!(rounded(7.95, 1), 80);
    assert_eq!(Band::of_tenths(rounded(7.95, 1)), Band::VeryHigh);
    for (tenths, band) in [
        (0, Band::VeryLow),
        (19, Band::VeryLow),
        (20, Band::Low),
        (40, Band::Medium),
        (59, Band::Medium),
        (60, Band::High),
        (80, Band::VeryHigh),
        (100, Band::VeryHigh),
    ] {
        assert_eq!(Band::of_tenths(tenths), band);
        assert_eq!(Band::of_code(band.code()), band);
    }
}

/// Answers with gaps, and the same answers with every gap filled.
#[derive(Clone, Debug)]
struct Gaps {
    full: serde_json::Map<String, Value>,
    left_out: Vec<bool>,
    hazard: Option<(Evidence, &'static str)>,
    hazard_unknown: bool,
    hazard_not_named: bool,
    threat: &'static str,
    accidents: Vec<(i64, bool)>,
}

const KEYS: [&str; 11] = [
    "women",
    "men",
    "girls",
    "boys",
    "newcomers",
    "entries_per_month",
    "alternatives",
    "reached_by_education",
    "minutes_to_care",
    "road_or_ploughed",
    "marking",
];

prop_compose! {
    fn gaps()(
        people in prop::array::uniform4(0_i64..60),
        new in 0_i64..200,
        entries in 0_i64..3_000,
        alternatives in prop::sample::select(vec!["yes", "partly", "no"]),
        reached in 0_i64..=100,
        minutes in 0_i64..400,
        road in prop::sample::select(vec!["yes", "no"]),
        marking in prop::sample::select(vec!["none", "partial", "complete", "damaged"]),
        left_out in prop::collection::vec(any::<bool>(), KEYS.len()),
        hazard in prop::option::of((
            prop::sample::select(vec![Evidence::Residual, Evidence::Indication, Evidence::Suspected, Evidence::Confirmed]),
            prop::sample::select(vec!["ap-mine", "av-mine", "unexploded-ordnance", "booby-trap"]),
        )),
        hazard_unknown in any::<bool>(),
        hazard_not_named in any::<bool>(),
        threat in prop::sample::select(vec!["unexploded-ordnance", "ap-mine", "unknown"]),
        accidents in prop::collection::vec((0_i64..2_000, any::<bool>()), 0..4),
    ) -> Gaps {
        let [women, men, girls, boys] = people;
        let full = json!({
            "women": women, "men": men, "girls": girls, "boys": boys,
            "newcomers": new.min(women + men), "entries_per_month": entries,
            "alternatives": alternatives, "reached_by_education": reached,
            "minutes_to_care": minutes, "road_or_ploughed": road, "marking": marking,
        });
        let full = full.as_object().cloned().unwrap_or_default();
        Gaps { full, left_out, hazard, hazard_unknown, hazard_not_named, threat, accidents }
    }
}

impl Gaps {
    fn facts(&self, filled: bool) -> Facts {
        let mut answers = self.full.clone();
        for (key, left_out) in KEYS.iter().zip(&self.left_out) {
            if *left_out && !filled {
                // Not asked, or asked and not known: the same.
                if key.len() % 2 == 0 {
                    answers.remove(*key);
                } else {
                    answers.insert((*key).to_owned(), json!("unknown"));
                }
            }
        }
        let threat = match self.threat {
            "unknown" if filled => "booby-trap",
            threat => threat,
        };
        answers.insert("threat".to_owned(), json!([threat]));
        let named = filled || !self.hazard_not_named;
        let hazard = self.hazard.filter(|_| named).map(|(evidence, code)| {
            let code = if self.hazard_unknown && !filled {
                "unknown"
            } else {
                code
            };
            (evidence, code)
        });
        let types: Vec<[&str; 1]> = hazard.iter().map(|(_, code)| [*code]).collect();
        let hazards: Vec<(Evidence, &[&str])> = hazard
            .iter()
            .zip(&types)
            .map(|((evidence, _), types)| (*evidence, types.as_slice()))
            .collect();
        let mut facts = facts(answers.into(), &hazards);
        facts.accidents = (self.accidents.iter().enumerate())
            .map(|(n, (ago, undated))| AccidentFact {
                record: record(&format!("a{n}")),
                on: (filled || !undated).then(|| day(TODAY - ago)),
            })
            .collect();
        facts
    }
}

proptest! {
    #[test]
    fn an_interval_contains_every_completion_of_what_is_missing(gaps in gaps()) {
        let (open, closed) = (score(&gaps.facts(false), day(TODAY)), score(&gaps.facts(true), day(TODAY)));
        for (wide, narrow) in [(open.index, closed.index), (open.current, closed.current)] {
            prop_assert!(wide.least <= narrow.least && narrow.greatest <= wide.greatest, "{wide:?} {narrow:?}");
        }
        prop_assert!(open.band.least <= closed.band.least);
        prop_assert!(closed.band.greatest <= open.band.greatest);
        let parts = [&open.hazard, &open.exposure, &open.vulnerability, &open.measures];
        for one in parts.into_iter().flat_map(|part| &part.inputs) {
            prop_assert!(INPUTS.contains(&one.code), "{}", one.code);
        }
        prop_assert!(open.missing.iter().all(|one| ASKS.contains(&one.code)));
        prop_assert!(open.overrides.iter().all(|one| OVERRIDES.contains(&one.code)));
        // An interval asks, and what is known does not.
        prop_assert!(open.current.is_exact() || !open.missing.is_empty());
        prop_assert!(!open.missing.is_empty() || open.current.is_exact());
        let floor = 10.0 * policy::FLOOR;
        prop_assert!(open.index.least >= floor && open.index.greatest <= 10.0 + 1e-9);
    }

    #[test]
    fn an_accident_more_never_lowers_the_index(gaps in gaps(), ago in -100_i64..4_000, dated in any::<bool>()) {
        let mut facts = gaps.facts(false);
        let before = score(&facts, day(TODAY));
        let on = dated.then(|| day(TODAY - ago));
        facts.accidents.push(AccidentFact { record: record("more"), on });
        let after = score(&facts, day(TODAY));
        prop_assert!(after.index.least >= before.index.least);
        prop_assert!(after.index.greatest >= before.index.greatest);
        prop_assert!(after.band.least >= before.band.least && after.band.greatest >= before.band.greatest);
    }

    #[test]
    fn a_hazardous_area_of_another_type_never_lowers_the_index(gaps in gaps(), sure in prop::sample::select(vec![Evidence::Residual, Evidence::Suspected, Evidence::Confirmed])) {
        let mut facts = gaps.facts(false);
        let of = |name: &str, evidence, code: &str| HazardFact {
            record: record(name),
            evidence,
            contamination: [code.to_owned()].into(),
        };
        facts.hazards.push(of("first", Evidence::Suspected, "unexploded-ordnance"));
        let before = score(&facts, day(TODAY)).index;
        facts.hazards.push(of("more", sure, "cluster-munition-remnants"));
        let after = score(&facts, day(TODAY)).index;
        prop_assert!(after.least >= before.least && after.greatest >= before.greatest);
    }
}

#[test]
fn the_bits_of_the_worked_examples_are_those_of_libm() {
    // Another bit here is another figure on some border of a tenth: a new policy version.
    let bits = [
        paddy_edge(),
        grove(),
        remote_forest(json!(12)),
        school_path(),
    ]
    .map(|facts| score(&facts, day(TODAY)).index.least.to_bits());
    let pinned = [
        4_621_274_601_128_474_466,
        4_618_820_553_807_083_659,
        4_617_073_414_929_667_934,
        4_617_998_704_525_193_433,
    ];
    assert_eq!(bits, pinned);
}
