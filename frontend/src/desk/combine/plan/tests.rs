use std::collections::BTreeMap;

use safelane_ledger::testkit::{Author, record};
use safelane_wire::desk::{JudgementRow, RecordRow, Standing};

use super::*;

fn id(name: &str) -> RevisionId {
    RevisionId::of(name.as_bytes())
}

fn body(east: i64, changed_on: &str) -> Map {
    let ring = json!([[[0, 0], [east, 0], [east, 9_000], [0, 9_000]]]);
    let body = json!({
        "name": "Islet", "classification": "sha", "contamination": ["ap-mine"], "status": "open",
        "opened_on": "2026-01-01", "changed_on": changed_on, "salt": changed_on,
        "ground": {"how": "typed", "statistic": "not-stated", "shape": {"type": "Polygons", "polygons": [ring]}},
    });
    body.as_object().unwrap().clone()
}

fn row(name: &str, parents: &[&str], status: &str, n: u64, body: Option<Map>) -> StatementRow {
    let author = Author::new("fern");
    StatementRow {
        revision: id(name),
        act: if name == "end" { "remove" } else { "put" }.to_owned(),
        parents: parents.iter().map(|name| id(name)).collect(),
        status: status.to_owned(),
        author: author.person,
        author_name: name.to_owned(),
        device: author.device,
        device_label: String::new(),
        at: String::new(),
        received: "2026-02-01T08:00:00Z".to_owned(),
        n,
        submission: None,
        body,
        judgements: Vec::new(),
    }
}

fn detail(statements: Vec<StatementRow>) -> RecordDetail {
    RecordDetail {
        upto: 0,
        row: RecordRow {
            record: record("islet"),
            kind: "hazardous-area".to_owned(),
            reference: None,
            name: None,
            standing: Standing::Changing,
            codes: Default::default(),
            day: None,
            area: None,
            bbox: None,
            links: Default::default(),
            received: String::new(),
        },
        officials: vec![id("official")],
        statements,
        two_versions: false,
        checks: Vec::new(),
        names: BTreeMap::new(),
        risk: None,
    }
}

fn parted() -> Plan {
    Plan::of(&detail(vec![
        row(
            "rowan",
            &["official"],
            "open",
            3,
            Some(body(8_000, "2026-02-02")),
        ),
        row(
            "reed",
            &["official"],
            "open",
            2,
            Some(body(12_000, "2026-02-01")),
        ),
        row(
            "official",
            &[],
            "official",
            1,
            Some(body(10_000, "2026-01-01")),
        ),
    ]))
}

fn of<'a>(plan: &'a Plan, key: &str) -> &'a Compared {
    plan.compared.iter().find(|one| one.key == key).unwrap()
}

#[test]
fn two_that_wait_side_by_side_are_versions_with_their_figures() {
    let plan = parted();
    assert!(plan.is_parted());
    let authors: Vec<&str> = plan
        .versions
        .iter()
        .map(|one| one.author.as_str())
        .collect();
    assert_eq!(authors, ["reed", "rowan"]);
    let [reed, rowan] = [0, 1].map(|index| plan.versions[index].figures.unwrap());
    assert!(reed.lost == 0 && rowan.gained == 0);
    assert!(reed.gained > 0 && (reed.gained - rowan.lost).abs() <= 2);
    assert_eq!(plan.together.map(|one| one.area), Some(reed.area));
    assert_eq!(plan.stands, shape(body(10_000, "").get("ground")).unwrap());
}

#[test]
fn nothing_is_signed_before_every_difference_was_chosen() {
    let plan = parted();
    let mut draft = plan.draft();
    assert!(!draft.contains_key("salt"));
    assert_eq!(plan.undecided(&draft), 2);
    Plan::choose(of(&plan, "ground"), Choice::Together, &mut draft);
    Plan::choose(of(&plan, "changed_on"), Choice::Version(1), &mut draft);
    assert_eq!(
        (plan.undecided(&draft), &draft["changed_on"]),
        (0, &json!("2026-02-02"))
    );
    assert!(plan.effect(&draft).because().is_empty());
    // The smaller outline leaves out what stands and what Reed reported.
    Plan::choose(of(&plan, "ground"), Choice::Version(1), &mut draft);
    assert!(plan.effect(&draft).is_less());
    assert_eq!(
        Plan::chosen(of(&plan, "ground"), &draft),
        Some(Choice::Version(1))
    );
    Plan::choose(of(&plan, "ground"), Choice::Own, &mut draft);
    assert_eq!(
        Some(&draft["ground"]),
        plan.versions[1].body.as_ref().unwrap().get("ground")
    );
}

#[test]
fn what_only_one_version_changed_is_chosen_already_and_can_be_taken_back() {
    let official = body(10_000, "2026-01-01");
    let mut renamed = official.clone();
    renamed.insert("note".to_owned(), json!("marked in the west"));
    let plan = Plan::of(&detail(vec![
        row("reed", &["official"], "open", 2, Some(renamed)),
        row("rowan", &["official"], "open", 3, Some(official.clone())),
        row("official", &[], "official", 1, Some(official)),
    ]));
    let mut draft = plan.draft();
    assert_eq!(
        (plan.undecided(&draft), &draft["note"]),
        (0, &json!("marked in the west"))
    );
    let note = of(&plan, "note");
    assert_eq!(Plan::chosen(note, &draft), Some(Choice::Version(0)));
    Plan::choose(note, Choice::Version(1), &mut draft);
    assert!(!draft.contains_key("note"));
}

#[test]
fn a_version_that_ends_the_record_is_replaced_and_not_compared() {
    let official = body(10_000, "2026-01-01");
    let plan = Plan::of(&detail(vec![
        row("end", &["official"], "open", 3, None),
        row(
            "reed",
            &["official"],
            "open",
            2,
            Some(body(12_000, "2026-02-01")),
        ),
        row("official", &[], "official", 1, Some(official)),
    ]));
    assert!(plan.is_parted() && plan.heads.contains(&id("end")));
    assert_eq!(
        (plan.versions.len(), plan.others.len(), plan.others[0].ends),
        (1, 1, true)
    );
    assert_eq!(plan.undecided(&plan.draft()), 0);
}

#[test]
fn one_version_and_what_waits_for_an_earlier_record_are_nothing_to_choose() {
    let official = || row("official", &[], "official", 1, Some(body(10_000, "")));
    assert!(!Plan::of(&detail(vec![official()])).is_parted());
    let late = row("late", &["not here"], "waiting", 2, Some(body(12_000, "")));
    assert!(!Plan::of(&detail(vec![late, official()])).is_parted());
}

#[test]
fn what_was_approved_ends_the_way_back_and_what_was_not_does_not() {
    let mut approved = row("old", &["older"], "superseded", 2, Some(body(10_000, "")));
    approved.judgements.push(JudgementRow {
        revision: id("approval"),
        act: "approve".to_owned(),
        author: Author::new("ash").person,
        author_name: String::new(),
        by_hub: false,
        received: String::new(),
        body: Map::new(),
    });
    let plan = Plan::of(&detail(vec![
        row("official", &["old"], "official", 4, Some(body(10_000, ""))),
        row("reed", &["first"], "open", 5, Some(body(9_000, ""))),
        row("first", &["old"], "amended", 3, Some(body(12_000, ""))),
        approved,
        row("older", &[], "superseded", 1, Some(body(20_000, ""))),
    ]));
    // Held against what Reed corrected, not against what was replaced long ago.
    let effect = |east| plan.effect(&body(east, "")).is_less();
    assert!(effect(11_000) && !effect(12_000));
}
