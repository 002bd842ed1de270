use proptest::prelude::*;
use safelane_model::{Place, Statistic};
use serde_json::json;

use super::*;
use crate::testkit::{area, at, cells};

const HAZARD: &str = "hazardous-area";

fn map(value: &Value) -> Map {
    value.as_object().unwrap().clone()
}

fn with_ground(mut map: Map, ground: &Ground) -> Map {
    map.insert("ground".to_owned(), serde_json::to_value(ground).unwrap());
    map
}

fn hazard(ground: &Ground) -> Map {
    let fields = json!({
        "name": "Islet", "classification": "sha", "contamination": ["ap-mine"], "status": "open",
        "opened_on": "2026-01-01", "required_depth": 200,
    });
    with_ground(map(&fields), ground)
}

fn set(map: &Map, key: &str, value: Value) -> Map {
    let mut map = map.clone();
    map.insert(key.to_owned(), value);
    map
}

fn of<'a>(compared: &'a [Compared], key: &str) -> &'a Compared {
    compared.iter().find(|one| one.key == key).unwrap()
}

fn shape_of(value: Option<&Value>) -> MultiPolygon {
    let ground: Ground = serde_json::from_value(value.unwrap().clone()).unwrap();
    ground.polygons().unwrap().clone()
}

fn id(name: &str) -> RevisionId {
    RevisionId::of(name.as_bytes())
}

/// Statements by name, each with its parents, whether it is current, and its body.
fn stated<'a>(all: &'a [(&'static str, Vec<RevisionId>, bool, Option<Map>)]) -> Vec<Stated<'a>> {
    all.iter()
        .map(|(name, parents, current, body)| Stated {
            id: id(name),
            parents,
            current: *current,
            puts: *name != "ends",
            body: body.as_ref(),
        })
        .collect()
}

fn named(names: &[&str]) -> Vec<RevisionId> {
    let ids: BTreeSet<RevisionId> = names.iter().map(|name| id(name)).collect();
    ids.into_iter().collect()
}

#[test]
fn a_combination_names_what_stands_waits_or_is_disputed_and_nothing_before_it() {
    let nothing = || Some(Map::new());
    let all = [
        ("official", vec![], true, nothing()),
        ("hers", named(&["official"]), true, nothing()),
        ("his-first", named(&["official"]), false, nothing()),
        ("his", named(&["his-first"]), true, nothing()),
        ("returned", named(&["official"]), false, nothing()),
        // What was said after a dispute was returned: the dispute itself still waits.
        ("disputed", named(&["official"]), true, nothing()),
        ("after-it", named(&["disputed"]), false, nothing()),
    ];
    assert_eq!(heads(&stated(&all)), named(&["hers", "his", "disputed"]));
    assert_eq!(heads(&stated(&all[..1])), named(&["official"]));
}

#[test]
fn versions_came_from_the_nearest_statement_before_all_of_them() {
    let body = |name: &str| Some(map(&json!({ "name": name })));
    let all = [
        ("first", vec![], false, body("1")),
        ("second", named(&["first"]), true, body("2")),
        ("ends", named(&["second"]), false, None),
        ("hers", named(&["ends"]), true, body("3")),
        ("his", named(&["ends"]), true, body("4")),
        ("alone", vec![], true, body("5")),
        ("late", named(&["not here"]), true, body("6")),
    ];
    let all = stated(&all);
    let names = |names: &[&str]| match before(&all, &named(names)) {
        Before::Bodies(bodies) => bodies
            .into_iter()
            .map(|body| body["name"].clone())
            .collect(),
        other => vec![json!(format!("{other:?}"))],
    };
    assert_eq!(names(&["hers", "his"]), ["2"]);
    assert_eq!(names(&["hers", "alone"]), ["Nothing"]);
    assert_eq!(names(&["hers", "late"]), ["NotHere"]);
}

#[test]
fn where_histories_cross_only_what_all_before_agree_on_tells_who_changed_it() {
    let body = |name: &str, note: &str| Some(map(&json!({ "name": name, "note": note })));
    let all = [
        ("a", vec![], false, body("a", "same")),
        ("b", vec![], false, body("b", "same")),
        ("left", named(&["a", "b"]), true, body("a", "left")),
        ("right", named(&["a", "b"]), true, body("b", "same")),
    ];
    let all = stated(&all);
    let before = before(&all, &named(&["left", "right"]));
    let (left, right) = (all[2].body.unwrap(), all[3].body.unwrap());
    let compared = combine(HAZARD, &before, &[left, right]);
    assert_eq!(of(&compared, "name").change, Change::Differ);
    assert_eq!(of(&compared, "note").change, Change::Only(vec![0]));
}

#[test]
fn what_one_side_changed_is_offered_and_what_both_changed_waits() {
    let base = hazard(&cells(0, 0, 12, 10));
    let hers = set(&base, "name", json!("Islet west"));
    let mut his = set(&base, "classification", json!("cha"));
    his.remove("required_depth");
    let hers = set(&hers, "classification", json!("indication"));
    let compared = combine(HAZARD, &Before::Bodies(vec![&base]), &[&hers, &his]);
    assert_eq!(of(&compared, "name").change, Change::Only(vec![0]));
    assert_eq!(
        of(&compared, "required_depth").change,
        Change::Only(vec![1])
    );
    assert_eq!(of(&compared, "status").change, Change::Same);
    let class = of(&compared, "classification");
    assert_eq!(
        (&class.change, &class.offered),
        (&Change::Differ, &Some(json!("cha")))
    );
    let body = body(&compared);
    assert_eq!(body["name"], "Islet west");
    assert!(!body.contains_key("required_depth"));
}

#[test]
fn one_of_three_versions_is_offered_as_one_of_two_is() {
    let base = hazard(&cells(0, 0, 12, 10));
    let (one, two) = (
        set(&base, "note", json!("1")),
        set(&base, "note", json!("2")),
    );
    let before = Before::Bodies(vec![&base]);
    let change = |versions: &[&Map]| {
        of(&combine(HAZARD, &before, versions), "note")
            .change
            .clone()
    };
    assert_eq!(change(&[&base, &one, &one]), Change::Only(vec![1, 2]));
    assert_eq!(change(&[&one, &base, &two]), Change::Differ);
    assert_eq!(change(&[&one, &one, &one]), Change::Same);
}

#[test]
fn s7_hazards_together_hold_every_version_and_show_no_less_than_any() {
    let base = hazard(&cells(0, 0, 120, 100));
    // Edges of 960 m, crossed where they are measured along geodesics.
    let hers = hazard(&cells(0, 0, 120, 110));
    let his = hazard(&cells(-7, 13, 111, 95));
    let compared = combine(HAZARD, &Before::Bodies(vec![&base]), &[&hers, &his]);
    let ground = of(&compared, "ground");
    assert_eq!(
        (&ground.change, &ground.offered),
        (&Change::Differ, &ground.together)
    );
    let together = shape_of(ground.together.as_ref());
    for version in [&hers, &his] {
        assert!(lost(&shape_of(version.get("ground")), &together) <= ROUNDING_DM2);
        let read = |map: &Map| Content::of_map(HAZARD, map);
        let taken = body(&compared);
        assert!(
            effect_of(&read(&taken), &[read(version)])
                .because()
                .is_empty()
        );
    }
    let figures = figures(&together, &shape_of(base.get("ground")));
    let grown = area(0, 0, 120, 110) - area(0, 0, 120, 100) + area(-7, 13, 0, 95);
    // Points of the union are rounded outward: a centimetre along 4 km.
    assert!(
        (0..5_000).contains(&(figures.gained - grown)),
        "{figures:?} {grown}"
    );
    assert_eq!(figures.lost, 0);
    // Where one version holds the other, the two together are the larger one to the letter.
    let inner = shape_of(base.get("ground"));
    let outer = shape_of(hers.get("ground"));
    assert_eq!(
        outline_of_several(HAZARD, [&inner, &outer]).oriented(),
        outer.oriented()
    );
}

#[test]
fn s7_of_work_reported_twice_only_the_common_ground_is_taken() {
    let report = |ground: &Ground| with_ground(map(&json!({"report": "progress"})), ground);
    let (hers, his) = (report(&cells(0, 0, 10, 10)), report(&cells(5, 0, 15, 10)));
    let ground =
        |versions: &[&Map]| of(&combine("clearance", &Before::Nothing, versions), "ground").clone();
    let common = ground(&[&hers, &his]);
    let common = shape_of(common.together.as_ref());
    assert!((measure::area_dm2(&common) as i64 - area(5, 0, 10, 10)).abs() <= 10);
    assert_eq!(
        ground(&[&hers, &report(&cells(20, 0, 30, 10))]).together,
        None
    );
}

#[test]
fn outlines_together_are_as_little_exact_as_the_worst_of_them() {
    let walked = Ground {
        how: How::Walked,
        accuracy_mm: Some(4_000),
        statistic: Statistic::Radius95,
        more: map(&json!({"newer": 1, "other": 2})),
        ..cells(0, 0, 10, 10)
    };
    let typed = Ground {
        accuracy_mm: Some(3_000),
        more: map(&json!({"newer": 7})),
        ..cells(0, 0, 12, 10)
    };
    let both = [Some(walked), Some(typed.clone()), None];
    let together = ground_of_several(HAZARD, &both).unwrap();
    assert!(together.how.is_sketch());
    // 3 m without its statistic count 4.86 m.
    assert_eq!(together.accuracy_mm, Some(3_000));
    assert_eq!(together.more, map(&json!({"other": 2})));
    let taped = Ground {
        how: How::Legs,
        ..typed
    };
    assert_eq!(
        ground_of_several(HAZARD, &[Some(taped)]).unwrap().how,
        How::Taken
    );
}

#[test]
fn a_point_beside_an_outline_has_no_ground_together() {
    let point = Ground::new(Shape::point(at(3, 3)), How::Fix);
    let versions = [hazard(&point), hazard(&cells(0, 0, 4, 4))];
    let compared = combine(HAZARD, &Before::Nothing, &[&versions[0], &versions[1]]);
    let ground = of(&compared, "ground");
    assert_eq!((&ground.change, &ground.together), (&Change::Differ, &None));
    assert_eq!(ground.offered.as_ref(), versions[1].get("ground"));
}

#[test]
fn lists_together_hold_every_entry_once() {
    let base = hazard(&cells(0, 0, 4, 4));
    let hers = set(&base, "other_references", json!(["B-2", "A-1", "C-9"]));
    let his = set(&base, "other_references", json!(["B-2", "D-4"]));
    let compared = combine(HAZARD, &Before::NotHere, &[&hers, &his]);
    let together = of(&compared, "other_references").together.clone();
    assert_eq!(together, Some(json!(["B-2", "A-1", "D-4", "C-9"])));
}

/// Any value of a few keys, known to the kind and not.
fn any_body() -> impl Strategy<Value = Map> {
    let depth = prop_oneof![Just(json!(130)), Just(json!(200))];
    let list = prop::sample::subsequence(vec!["ap-mine", "av-mine", "erw"], 1..3);
    let ground = (0..3_i32, 0..3_i32)
        .prop_map(|(x, y)| serde_json::to_value(cells(x, y, x + 4, y + 4)).unwrap());
    let code = |codes: &'static [&'static str]| prop::sample::select(codes).prop_map(|c| json!(c));
    (
        code(&["sha", "cha", "indication"]),
        code(&["open", "suspended", "closed"]),
        list.prop_map(|list| json!(list)),
        prop::option::of(depth),
        prop::option::of(ground),
        prop::option::of(code(&["yes", "no"])),
        prop::option::of(code(&["Islet", "Isle"])),
        prop::option::of((0..3_i64).prop_map(|n| json!(n))),
    )
        .prop_map(
            |(class, status, list, depth, ground, lifted, name, newer)| {
                let fields = [
                    ("classification", Some(class)),
                    ("status", Some(status)),
                    ("contamination", Some(list)),
                    ("required_depth", depth),
                    ("ground", ground),
                    ("reported_lifted", lifted),
                    ("name", name),
                    ("a_newer_field", newer),
                    ("salt", Some(json!("of this body alone"))),
                ];
                (fields.into_iter())
                    .filter_map(|(key, value)| Some((key.to_owned(), value?)))
                    .collect()
            },
        )
}

fn unsalted(map: &Map) -> Map {
    let mut map = map.clone();
    map.remove(SALT_KEY);
    map
}

proptest! {
    #[test]
    fn the_order_of_the_versions_decides_nothing(
        base in prop::option::of(any_body()), versions in prop::collection::vec(any_body(), 2..5),
    ) {
        let before = base.as_ref().map_or(Before::Nothing, |base| Before::Bodies(vec![base]));
        let forward: Vec<&Map> = versions.iter().collect();
        let backward: Vec<&Map> = versions.iter().rev().collect();
        let turned = combine(HAZARD, &before, &backward).into_iter().map(|one| {
            let change = match one.change {
                Change::Only(by) => {
                    Change::Only(by.into_iter().rev().map(|i| versions.len() - 1 - i).collect())
                }
                other => other,
            };
            Compared { change, values: one.values.into_iter().rev().collect(), ..one }
        });
        prop_assert_eq!(combine(HAZARD, &before, &forward), turned.collect::<Vec<_>>());
    }

    #[test]
    fn what_one_version_alone_changed_is_always_offered(base in any_body(), changed in any_body()) {
        for versions in [[&base, &changed], [&changed, &base]] {
            let compared = combine(HAZARD, &Before::Bodies(vec![&base]), &versions);
            prop_assert!(compared.iter().all(|one| one.change != Change::Differ));
            prop_assert_eq!(body(&compared), unsalted(&changed));
        }
    }

    #[test]
    fn versions_that_say_the_same_are_what_they_say(
        base in prop::option::of(any_body()), same in any_body(), times in 1..4_usize,
    ) {
        let before = base.as_ref().map_or(Before::NotHere, |base| Before::Bodies(vec![base]));
        let compared = combine(HAZARD, &before, &vec![&same; times]);
        prop_assert!(compared.iter().all(|one| one.change == Change::Same));
        prop_assert_eq!(body(&compared), unsalted(&same));
    }

    #[test]
    fn an_answer_that_this_program_does_not_know_is_never_dropped(
        versions in prop::collection::vec(any_body(), 2..4),
    ) {
        let versions: Vec<&Map> = versions.iter().collect();
        let said = versions.iter().any(|version| version.contains_key("a_newer_field"));
        let compared = combine(HAZARD, &Before::Nothing, &versions);
        prop_assert_eq!(compared.iter().any(|one| one.key == "a_newer_field"), said);
        prop_assert_eq!(body(&compared).contains_key("a_newer_field"), said);
        // Of a kind that is not known at all every answer is carried.
        let carried: BTreeSet<String> =
            combine("newer-kind", &Before::Nothing, &versions).into_iter().map(|one| one.key).collect();
        let all: BTreeSet<String> =
            versions.iter().flat_map(|version| unsalted(version)).map(|(key, _)| key).collect();
        prop_assert_eq!(carried, all);
    }

    /// Where nobody can tell who changed what, everything that differs waits; what stands in its
    /// place shows no less hazard than any version does.
    #[test]
    fn until_somebody_has_chosen_no_hazard_is_left_out(
        versions in prop::collection::vec(any_body(), 2..4),
    ) {
        let bodies: Vec<&Map> = versions.iter().collect();
        let taken = body(&combine(HAZARD, &Before::NotHere, &bodies));
        let read = |map: &Map| Content::of_map(HAZARD, map);
        let before: Vec<Content> = versions.iter().map(read).collect();
        prop_assert_eq!(effect_of(&read(&taken), &before).because(), []);
    }
}

#[test]
fn a_place_that_both_moved_waits_for_a_person() {
    let item = |x: i32| {
        let mut item = safelane_model::Body::new().with("category", "ap-mine");
        item.set_place("place", &Place::new(at(x, 0), How::Fix));
        item.0
    };
    let (base, hers, his) = (item(0), item(5), item(9));
    let before = Before::Bodies(vec![&base]);
    let compared = combine("explosive-ordnance", &before, &[&hers, &his]);
    let place = of(&compared, "place");
    assert_eq!((&place.change, &place.together), (&Change::Differ, &None));
}
