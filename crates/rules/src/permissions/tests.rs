use std::collections::BTreeSet;

use proptest::prelude::*;
use safelane_geometry::{MultiPolygon, Position, Ring, Shape};
use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Act, Received, Role, SignedRevision, Status, resolve};
use safelane_model::{Body, Ground, How, kinds};

use super::*;
use crate::content::Content;
use crate::effect::{effect_of, effect_of_settings};

const ALL_ACTS: [Act; 6] = [
    Act::Put,
    Act::Remove,
    Act::SetAside,
    Act::Import,
    Act::Approve,
    Act::Return,
];

fn roles(of: &[Role]) -> BTreeSet<Role> {
    of.iter().copied().collect()
}

/// A square of `side` units of 1e-6 degree with its south-west corner at `west`, `south`.
fn square(west: i32, south: i32, side: i32) -> Ground {
    let at =
        |x: i32, y: i32| Position::try_new_e7(184_000_000 + x * 10, 438_000_000 + y * 10).unwrap();
    let ring: Ring = [
        at(west, south),
        at(west + side, south),
        at(west + side, south + side),
        at(west, south + side),
    ]
    .into_iter()
    .collect();
    Ground::new(Shape::polygons(MultiPolygon::from_ring(ring)), How::Typed)
}

fn hazard(class: &str, status: &str, ground: &Ground) -> Body {
    let mut body = Body::new()
        .with("classification", class)
        .with("contamination", vec!["ap-mine"])
        .with("status", status)
        .with("opened_on", "2026-01-01")
        .with("required_depth", 200);
    body.set_ground("ground", ground);
    body
}

fn content(kind: &str, body: &Body) -> Content {
    Content::of_map(kind, &body.0)
}

fn reasons(kind: &str, new: &Body, old: &[&Body]) -> Vec<Because> {
    let old: Vec<_> = old.iter().map(|body| content(kind, body)).collect();
    effect_of(&content(kind, new), &old).because()
}

#[test]
fn every_kind_has_one_rule_and_every_rule_a_kind() {
    let kinds: Vec<_> = kinds::ALL.iter().map(|kind| kind.name).collect();
    let ruled: Vec<_> = RULES.iter().map(|rule| rule.kind).collect();
    assert_eq!(ruled, kinds);
}

#[test]
fn the_page_in_docs_is_the_table() {
    let page = include_str!("../../../../docs/permissions.md");
    assert!(
        page == listing(),
        "write this to docs/permissions.md:\n{}",
        listing()
    );
}

#[test]
fn s9_administrators_field_and_viewers_judge_nothing() {
    for kind in kinds::ALL {
        for role in [Role::Administrator, Role::Field, Role::Viewer] {
            assert!(
                !may(&roles(&[role]), kind.name, Act::Approve),
                "{}",
                kind.name
            );
            assert!(
                !may(&roles(&[role]), kind.name, Act::Return),
                "{}",
                kind.name
            );
        }
        for act in ALL_ACTS {
            assert!(!may(&roles(&[Role::Viewer]), kind.name, act));
            let by_hub_alone = may(
                &roles(&[Role::Administrator, Role::Field]),
                kind.name,
                Act::Import,
            );
            assert!(!by_hub_alone);
        }
    }
}

#[test]
fn field_people_state_field_kinds_and_coordinators_keep_the_reference_data() {
    let field = roles(&[Role::Field]);
    assert!(may(&field, "clearance", Act::Put) && may(&field, "accident", Act::Put));
    assert!(!may(&field, "task", Act::Put) && !may(&field, "hazardous-area", Act::Remove));
    let desk = roles(&[Role::Coordinator]);
    assert!(may(&desk, "task", Act::Put) && may(&desk, "team", Act::Put));
    assert!(!may(&desk, "grant", Act::Put) && !may(&desk, "task", Act::Approve));
    assert!(may(&roles(&[Role::Administrator]), "team", Act::Put));
    assert!(!may(&roles(&[Role::Administrator]), "task", Act::Put));
    assert!(may(&roles(&[Role::Hub]), "grant", Act::Put));
}

#[test]
fn unknown_kinds_are_carried_and_nobody_may_approve_them() {
    let everybody = roles(&[Role::Coordinator, Role::Approver, Role::Field, Role::Hub]);
    assert!(may(&everybody, "flying-saucer", Act::Put));
    assert!(!may(&everybody, "flying-saucer", Act::Approve));
    assert_eq!(
        needs("flying-saucer", &Effect::MoreOrSame, true).approvals,
        u8::MAX
    );
}

#[test]
fn s9_every_way_to_show_less_hazard_takes_two() {
    let whole = hazard("cha", "open", &square(0, 0, 1_000));
    let check = |new: Body, reason: Because| {
        assert_eq!(reasons("hazardous-area", &new, &[&whole]), [reason]);
    };
    check(
        hazard("cha", "closed", &square(0, 0, 1_000)),
        Because::Closed,
    );
    check(
        hazard("sha", "open", &square(0, 0, 1_000)),
        Because::LowerClass,
    );
    check(
        hazard("indication", "open", &square(0, 0, 1_000)),
        Because::LowerClass,
    );
    check(
        hazard("cha", "open", &square(0, 0, 999)),
        Because::SmallerOutline,
    );
    check(
        hazard("cha", "open", &square(1, 0, 1_000)),
        Because::SmallerOutline,
    );
    check(
        whole.clone().with("contamination", vec!["av-mine"]),
        Because::LessContamination,
    );
    check(
        whole.clone().with("required_depth", 130),
        Because::LesserDepth,
    );
    check(
        whole.clone().with("opened_on", "2025-12-31"),
        Because::EarlierOpening,
    );
    check(
        whole.clone().with("reported_lifted", "yes"),
        Because::ReportedLifted,
    );
    let mut bare = whole.clone();
    bare.clear("ground");
    check(bare, Because::SmallerOutline);
    let mut any_depth = whole.clone();
    any_depth.clear("required_depth");
    check(any_depth, Because::LesserDepth);
}

#[test]
fn s9_what_adds_danger_or_only_reports_takes_one() {
    let whole = hazard("sha", "suspended", &square(0, 0, 1_000));
    let more = [
        hazard("cha", "open", &square(0, 0, 1_000)),
        hazard("sha", "open", &square(-1, -1, 1_002)),
        whole
            .clone()
            .with("contamination", vec!["ap-mine", "av-mine"]),
        whole.clone().with("required_depth", 350),
        whole
            .clone()
            .with("opened_on", "2026-02-01")
            .with("opening", "re-opened"),
        whole.clone(),
    ];
    for new in more {
        assert!(reasons("hazardous-area", &new, &[&whole]).is_empty());
    }
    let progress = Body::new()
        .with("report", "progress")
        .with("worked_area", 24_600);
    assert!(reasons("clearance", &progress, &[]).is_empty());
    let claimed = Body::new()
        .with("report", "completion")
        .with("claimed", "yes");
    assert!(reasons("clearance", &claimed, &[]).is_empty());
    let item = Body::new().with("category", "ap-mine");
    assert!(reasons("explosive-ordnance", &item, &[]).is_empty());
}

#[test]
fn s9_accepting_a_claimed_release_and_settling_an_alarm_take_two() {
    let claimed = Body::new()
        .with("report", "completion")
        .with("claimed", "yes");
    let linked = Body::new().with("report", "completion");
    assert_eq!(
        reasons("clearance", &linked, &[&claimed]),
        [Because::Completion]
    );
    for kind in ["explosive-ordnance", "accident"] {
        let found = Body::new().with("before_release", "unknown");
        let settled = Body::new().with("before_release", "yes");
        assert_eq!(reasons(kind, &settled, &[&found]), [Because::AlarmSettled]);
        assert_eq!(reasons(kind, &settled, &[]), [Because::AlarmSettled]);
        assert!(reasons(kind, &settled, &[&settled]).is_empty());
        assert!(reasons(kind, &found, &[&settled]).is_empty());
    }
}

#[test]
fn s9_a_merge_is_held_against_each_of_its_parents() {
    let west = hazard("cha", "open", &square(0, 0, 1_000));
    let east = hazard("cha", "open", &square(500, 0, 1_000));
    let both = hazard("cha", "open", &square(0, 0, 1_500));
    assert!(reasons("hazardous-area", &both, &[&west, &east]).is_empty());
    assert_eq!(
        reasons("hazardous-area", &west, &[&west, &east]),
        [Because::SmallerOutline]
    );
}

/// Ana and Ben work in the field, Cora coordinates, Ada approves.
struct People {
    ana: Author,
    cora: Author,
    dan: Author,
    ada: Author,
    received: Vec<Received>,
}

impl People {
    fn new() -> Self {
        Self {
            ana: Author::new("ana"),
            cora: Author::new("cora"),
            dan: Author::new("dan"),
            ada: Author::new("ada"),
            received: Vec::new(),
        }
    }

    fn put(&mut self, parents: &[RevisionId], body: &Body) -> SignedRevision {
        let text = serde_json::to_string(body).unwrap();
        let signed = self
            .ana
            .put(record("0118"), "hazardous-area/1", parents, &text);
        self.received
            .push(self.ana.received(&signed, &[Role::Field]));
        signed
    }

    fn status(&self, of: &SignedRevision) -> Status {
        let state = resolve(&self.received, &Table::default());
        state.statements[&of.read().unwrap().claim().id()].status
    }

    fn approve(&mut self, who: &str, of: &SignedRevision) {
        let (author, role) = match who {
            "cora" => (&mut self.cora, Role::Coordinator),
            "dan" => (&mut self.dan, Role::Coordinator),
            _ => (&mut self.ada, Role::Approver),
        };
        let signed = author.approve(of, &[]);
        self.received.push(author.received(&signed, &[role]));
    }
}

fn id(of: &SignedRevision) -> RevisionId {
    of.read().unwrap().claim().id()
}

#[test]
fn s9_a_smaller_outline_waits_for_two_people_one_with_the_release_right() {
    let mut people = People::new();
    let first = people.put(&[], &hazard("sha", "open", &square(0, 0, 1_000)));
    people.approve("cora", &first);
    assert_eq!(people.status(&first), Status::Official);
    let smaller = people.put(&[id(&first)], &hazard("sha", "open", &square(0, 0, 600)));
    people.approve("cora", &smaller);
    assert_eq!(people.status(&smaller), Status::Open);
    people.approve("dan", &smaller);
    assert_eq!(
        people.status(&smaller),
        Status::Open,
        "nobody had the release right"
    );
    people.approve("ada", &smaller);
    assert_eq!(people.status(&smaller), Status::Official);
}

/// The hub's statements of the settings, and who approved them.
struct Settled {
    hub: Author,
    people: People,
}

impl Settled {
    fn put(&mut self, parents: &[RevisionId], body: &Body) -> SignedRevision {
        let text = serde_json::to_string(body).unwrap();
        let signed = self
            .hub
            .put(record("programme"), "programme/1", parents, &text);
        let received = self.hub.received(&signed, &[Role::Hub]);
        self.people.received.push(received);
        signed
    }

    /// Where it stands, also in a programme in which one person may release.
    fn status(&self, of: &SignedRevision) -> Status {
        let one = Table {
            one_person_release: true,
        };
        let state = resolve(&self.people.received, &one);
        assert_eq!(state, resolve(&self.people.received, &Table::default()));
        state.statements[&id(of)].status
    }
}

fn settings(danger_distance: i64) -> Body {
    Body::new()
        .with("name", "Made up")
        .with("danger_distance", danger_distance)
}

#[test]
fn s9_settings_that_show_less_danger_wait_for_two_people_and_others_stand_at_once() {
    let mut settled = Settled {
        hub: Author::new("hub"),
        people: People::new(),
    };
    let first = settled.put(&[], &settings(60_000));
    assert_eq!(settled.status(&first), Status::Official);
    let more = settled.put(&[id(&first)], &settings(80_000));
    assert_eq!(settled.status(&more), Status::Official);
    let less = settled.put(&[id(&more)], &settings(70_000));
    assert_eq!(settled.status(&less), Status::Open);
    // Left out means the default, 50 m; that is less too.
    let default = Body::new().with("name", "Made up");
    let left_out = effect_of_settings(&default.0, &[settings(60_000).0]);
    assert_eq!(left_out.because(), [Because::LesserDistance]);
    settled.people.approve("cora", &less);
    settled.people.approve("dan", &less);
    assert_eq!(settled.status(&less), Status::Open);
    settled.people.approve("ada", &less);
    assert_eq!(settled.status(&less), Status::Official);

    let one = settings(70_000).with("one_person_release", "yes");
    let alone = settled.put(&[id(&less)], &one);
    settled.people.approve("cora", &alone);
    assert_eq!(settled.status(&alone), Status::Open);
    settled.people.approve("ada", &alone);
    assert_eq!(settled.status(&alone), Status::Official);
    let again = settled.put(&[id(&alone)], &settings(70_000));
    assert_eq!(settled.status(&again), Status::Official);
}

#[test]
fn s9_a_correction_of_an_unapproved_smaller_outline_is_held_against_what_stands() {
    let mut people = People::new();
    let first = people.put(&[], &hazard("sha", "open", &square(0, 0, 1_000)));
    people.approve("cora", &first);
    let smaller = people.put(&[id(&first)], &hazard("sha", "open", &square(0, 0, 600)));
    let again = people.put(
        &[id(&smaller)],
        &hazard("sha", "open", &square(0, 0, 600)).with("name", "Hill Farm"),
    );
    people.approve("cora", &again);
    assert_eq!(people.status(&again), Status::Open);
}

#[test]
fn s9_a_statement_of_another_kind_never_ends_a_hazardous_area() {
    let mut people = People::new();
    let first = people.put(&[], &hazard("sha", "open", &square(0, 0, 1_000)));
    people.approve("cora", &first);
    // A task stands without judgement, and so would its removal.
    let mut dan = Author::new("dan");
    let task = dan.put(record("0118"), "task/1", &[id(&first)], r#"{"name":"x"}"#);
    people
        .received
        .push(dan.received(&task, &[Role::Coordinator]));
    let removal = dan.end(Act::Remove, record("0118"), "task/1", &[id(&first)], "test");
    people
        .received
        .push(dan.received(&removal, &[Role::Coordinator]));
    let beside = dan.put(record("0118"), "task/1", &[], r#"{"name":"y"}"#);
    people
        .received
        .push(dan.received(&beside, &[Role::Coordinator]));
    people.approve("cora", &task);
    people.approve("ada", &task);
    assert_eq!(people.status(&first), Status::Official);
    for _ in 0..people.received.len() {
        people.received.rotate_left(1);
        let known = crate::Record::of(&people.received, &Table::default()).unwrap();
        assert_eq!(known.kind, "hazardous-area");
        let world = crate::Memory::of([known.clone()], crate::Settings::default());
        let shown = crate::features(&known, &world);
        assert!(shown.len() == 1 && shown[0].danger);
        assert!(
            crate::World::books(&world)
                .account(known.id)
                .unwrap()
                .remaining
                > 0
        );
    }
}

#[test]
fn who_may_approve_is_said_with_the_reason() {
    let mut people = People::new();
    let first = people.put(&[], &hazard("sha", "open", &square(0, 0, 1_000)));
    people.approve("cora", &first);
    let smaller = people.put(&[id(&first)], &hazard("sha", "open", &square(0, 0, 600)));
    let statement = people.received.last().unwrap().clone();
    let ask = |people: &People, who: &Author, role: Role| {
        let state = resolve(&people.received, &Table::default());
        may_approve(&statement, &state, who.person, &roles(&[role]))
    };
    assert_eq!(
        ask(&people, &people.ana, Role::Coordinator),
        Err(WhyNot::Author)
    );
    assert_eq!(ask(&people, &people.dan, Role::Field), Err(WhyNot::NoRight));
    assert_eq!(ask(&people, &people.cora, Role::Coordinator), Ok(()));
    people.approve("cora", &smaller);
    assert_eq!(
        ask(&people, &people.cora, Role::Coordinator),
        Err(WhyNot::Already)
    );
    assert_eq!(
        ask(&people, &people.dan, Role::Coordinator),
        Err(WhyNot::Waits)
    );
    assert_eq!(ask(&people, &people.ada, Role::Approver), Ok(()));
    people.approve("ada", &smaller);
    assert_eq!(
        ask(&people, &people.dan, Role::Coordinator),
        Err(WhyNot::NotOpen)
    );
}

#[test]
fn what_can_be_entered_from_paper_is_what_waits_for_judgement() {
    for kind in kinds::ALL {
        let judged = rule(kind.name).is_some_and(|rule| rule.judged);
        assert_eq!(kind.takes_paper(), judged, "{}", kind.name);
    }
}

#[test]
fn of_a_paper_entry_neither_who_entered_nor_who_reported_it_approves() {
    use safelane_model::paper::key;
    let mut people = People::new();
    let entered = hazard("sha", "open", &square(0, 0, 1_000))
        .with(key::paper, "photographed")
        .with(key::entered_by, people.ana.person.to_string())
        .with(key::reported_by_person, people.cora.person.to_string());
    let sheet = people.put(&[], &entered);
    let statement = people.received.last().unwrap().clone();
    let ask = |people: &People, who: &Author| {
        let state = resolve(&people.received, &Table::default());
        may_approve(&statement, &state, who.person, &roles(&[Role::Coordinator]))
    };
    assert_eq!(ask(&people, &people.ana), Err(WhyNot::Author));
    assert_eq!(ask(&people, &people.cora), Err(WhyNot::Named));
    assert_eq!(ask(&people, &people.dan), Ok(()));
    people.approve("cora", &sheet);
    let state = resolve(&people.received, &Table::default());
    assert_eq!(state.open, [id(&sheet)], "her approval counts for nothing");
    people.approve("dan", &sheet);
    let state = resolve(&people.received, &Table::default());
    assert_eq!(state.officials, [id(&sheet)]);
}

#[test]
fn s9_one_person_release_is_a_setting_and_still_asks_for_the_right() {
    let less = Effect::LessHazard {
        because: BTreeSet::from([Because::Completion]),
    };
    let (two, one) = (
        needs("clearance", &less, false),
        needs("clearance", &less, true),
    );
    assert_eq!((two.approvals, two.needs_release_right), (2, true));
    assert_eq!((one.approvals, one.needs_release_right), (1, true));
}

#[test]
fn the_reasons_of_a_kind_are_those_that_the_table_lists() {
    for rule in RULES {
        let two = |because| rule.two.contains(&because);
        assert_eq!(
            two(Because::NotHere),
            // These two only report: no statement about them takes hazard from a map.
            rule.kind == "programme"
                || (rule.judged && !matches!(rule.kind, "civilian-risk-zone" | "civilian-report"))
        );
    }
}

/// A hazardous area that stands, and two changes of it that wait: hers adds ground in the east, his
/// in the north.
struct Parted {
    received: Vec<Received>,
    official: SignedRevision,
    hers: SignedRevision,
    his: SignedRevision,
    ash: Author,
    bell: Author,
}

fn square_json(west: i32, south: i32, side: i32) -> String {
    serde_json::to_string(&hazard("cha", "open", &square(west, south, side)).0).unwrap()
}

fn parted() -> Parted {
    let [mut fern, mut reed, mut ash, bell] = ["fern", "reed", "ash", "bell"].map(Author::new);
    let kind = "hazardous-area/1";
    let official = fern.put(record("islet"), kind, &[], &square_json(0, 0, 1_000));
    let stands = ash.approve(&official, &[]);
    let hers = fern.put(
        record("islet"),
        kind,
        &[official.id()],
        &square_json(0, 0, 1_200),
    );
    let his = reed.put(
        record("islet"),
        kind,
        &[official.id()],
        &square_json(-100, 0, 1_000),
    );
    let received = vec![
        fern.received(&official, &[Role::Field]),
        ash.received(&stands, &[Role::Coordinator]),
        fern.received(&hers, &[Role::Field]),
        reed.received(&his, &[Role::Field]),
    ];
    Parted {
        received,
        official,
        hers,
        his,
        ash,
        bell,
    }
}

impl Parted {
    /// A statement in place of both, and where the record then stands.
    fn combined(&mut self, body: &str) -> (SignedRevision, State) {
        let both = [self.hers.id(), self.his.id()];
        let put = (self.ash).put(record("islet"), "hazardous-area/1", &both, body);
        let received = self.ash.received(&put, &[Role::Coordinator]);
        self.received.push(received);
        (put, resolve(&self.received, &Table::default()))
    }

    fn approved(&mut self, statement: &SignedRevision) -> State {
        let approval = self.bell.approve(statement, &[self.official.id()]);
        let received = self.bell.received(&approval, &[Role::Approver]);
        self.received.push(received);
        resolve(&self.received, &Table::default())
    }
}

#[test]
fn s7_a_combination_replaces_both_versions_and_once_approved_alone_stands() {
    let mut parted = parted();
    let union = square_json(-100, 0, 1_300);
    let (put, state) = parted.combined(&union);
    let id = put.id();
    assert_eq!(
        (state.open.as_slice(), state.two_versions),
        (&[id][..], false)
    );
    assert_eq!(
        state.statements[&id].demand.map(|one| one.approvals),
        Some(1)
    );
    let state = parted.approved(&put);
    assert_eq!(state.officials, [id]);
    assert!(state.open.is_empty() && !state.two_versions);
    assert_eq!(
        state.statements[&parted.hers.id()].status,
        Status::Superseded
    );
    assert_eq!(
        state.statements[&parted.his.id()].status,
        Status::Superseded
    );
}

#[test]
fn s9_a_combination_that_leaves_out_a_reported_enlargement_takes_two() {
    // As large as what stands, so that nothing official is lost: hers alone is.
    for (left_out, body) in [
        ("both", square_json(0, 0, 1_000)),
        ("hers", square_json(-100, 0, 1_100)),
        ("his", square_json(0, 0, 1_200)),
    ] {
        let mut parted = parted();
        let (put, state) = parted.combined(&body);
        let demand = state.statements[&put.id()].demand.unwrap();
        assert_eq!(
            (demand.approvals, demand.needs_release_right),
            (2, true),
            "{left_out}"
        );
        assert!(parted.approved(&put).open.contains(&put.id()), "{left_out}");
    }
}

#[test]
fn s9_a_combination_is_held_against_the_enlargement_that_a_version_corrected() {
    let mut parted = parted();
    // Her correction takes her own enlargement back before anybody has read it.
    let back = parted.ash.put(
        record("islet"),
        "hazardous-area/1",
        &[parted.hers.id()],
        &square_json(0, 0, 1_000),
    );
    let back_id = back.id();
    let received = parted.ash.received(&back, &[Role::Coordinator]);
    parted.received.push(received);
    let both = [back_id, parted.his.id()];
    let body = square_json(-100, 0, 1_100);
    let put = (parted.ash).put(record("islet"), "hazardous-area/1", &both, &body);
    let id = put.id();
    let received = parted.ash.received(&put, &[Role::Coordinator]);
    parted.received.push(received);
    let state = resolve(&parted.received, &Table::default());
    assert_eq!(
        state.statements[&id].demand.map(|one| one.approvals),
        Some(2)
    );
}

proptest! {
    /// Whatever replaces a hazardous area by one approval covers all of it, with every danger.
    #[test]
    fn s9_one_approval_never_uncovers_ground(
        old in (0..3_usize, 0..3_usize, -40..40_i32, -40..40_i32, 20..90_i32),
        new in (0..3_usize, 0..3_usize, -40..40_i32, -40..40_i32, 20..90_i32),
    ) {
        let body = |(class, status, x, y, side): (usize, usize, i32, i32, i32)| hazard(
            ["indication", "sha", "cha"][class],
            ["closed", "suspended", "open"][status],
            &square(x, y, side),
        );
        let taken = reasons("hazardous-area", &body(new), &[&body(old)]);
        let (x, y) = (new.2 <= old.2 && new.2 + new.4 >= old.2 + old.4,
                      new.3 <= old.3 && new.3 + new.4 >= old.3 + old.4);
        let keeps = x && y && new.0 >= old.0 && (new.1 > 0 || old.1 == 0);
        prop_assert_eq!(taken.is_empty(), keeps, "{:?}", taken);
    }
}
