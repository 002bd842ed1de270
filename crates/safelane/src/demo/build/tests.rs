use safelane_geometry::measure;
use safelane_ledger::{RevisionId, SignedRevision};
use safelane_model::body::Map;

use super::*;
use crate::demo::story::Step;
use crate::demo::table;

fn steps() -> Vec<Step> {
    let table = table::read(table::TABLE).expect("the table is right");
    let today = "2026-11-23".parse().expect("a day");
    let ledger = LedgerId::new(Uuid::from_u128(1));
    let mut demo = build(&table, today, ledger, &[7; 32]).expect("the demo builds");
    let mut steps = Vec::new();
    while let Some(told) = demo.story.next().expect("the story is told") {
        if let Step::Import(file) = &told.step {
            demo.story
                .learn(file.record, RevisionId::from_bytes([9; 32]));
        }
        steps.push(told.step);
    }
    steps
}

fn pushed(steps: &[Step]) -> impl Iterator<Item = &SignedRevision> {
    let pushes = steps.iter().filter_map(|step| match step {
        Step::Push(revisions, _) => Some(revisions),
        Step::NumbersFrom(_) | Step::Import(_) | Step::Revoke(_) => None,
    });
    pushes.flatten()
}

fn bodies(steps: &[Step]) -> Vec<(String, Map)> {
    pushed(steps)
        .filter_map(|signed| {
            let claim = signed.read().ok()?;
            let kind = claim.claim().kind().name().to_owned();
            let statement = claim.claim().act() == safelane_ledger::Act::Put;
            let body = signed.bodies.values().next()?;
            statement.then(|| (kind, serde_json::from_slice(body).expect("a body is JSON")))
        })
        .collect()
}

#[test]
fn every_body_passes_the_ordinary_checks() {
    let context = safelane_model::Context {
        today: "2026-11-23".parse().expect("a day"),
        area: None,
    };
    for (kind, body) in bodies(&steps()) {
        let kind = safelane_model::kinds::find(&kind).expect("a known kind");
        let found = safelane_model::check::problems(kind, &body, &context);
        assert!(
            !safelane_model::check::stops(&found),
            "{}: {found:?}",
            kind.name
        );
    }
}

#[test]
fn outlines_have_the_square_metres_of_the_table_within_one() {
    let table = table::read(table::TABLE).expect("the table is right");
    let bodies = bodies(&steps());
    for row in &table.hazard {
        for m2 in row.version.iter().filter_map(|version| version.m2) {
            let areas: Vec<f64> = (bodies.iter())
                .filter(|(kind, body)| {
                    kind == "hazardous-area" && body["name"] == row.name.as_str()
                })
                .filter_map(|(_, body)| safelane_model::body::ground(body, "ground"))
                .map(|ground| measure::area(ground.polygons().expect("an area")).get())
                .collect();
            assert!(
                areas.iter().any(|area| (area - m2).abs() < 1.0),
                "{}: {areas:?}",
                row.name
            );
        }
    }
}

#[test]
fn a_device_s_revisions_come_in_the_order_of_their_numbers() {
    let steps = steps();
    let mut last = BTreeMap::new();
    for signed in pushed(&steps) {
        let read = signed.read().expect("a revision");
        let (device, seq) = (read.claim().device(), read.claim().seq());
        assert!(last.insert(device, seq) < Some(seq), "{device}");
    }
    assert_eq!(last.len(), 10, "eight tablets and two desks");
}

#[test]
fn a_mistake_in_the_table_names_its_line() {
    let line_of = |text: &str| {
        1 + table::TABLE[..table::TABLE.find(text).expect(text)]
            .matches('\n')
            .count()
    };
    for (right, wrong, says) in [
        ("number = 147", "number = \"147\"", "invalid type"),
        ("hazards = [147]", "hazards = [148]", "no hazard 148"),
        (
            "teams = [\"section-1\", \"section-3\"]",
            "teams = [\"section-9\"]",
            "no team \"section-9\"",
        ),
        (
            "district = \"XD-0202\"",
            "district = \"XD-0909\"",
            "no district \"XD-0909\"",
        ),
        (
            "corrects = \"lane-4\"",
            "corrects = \"lane-5\"",
            "no report \"lane-5\"",
        ),
        ("m2_a_day = 302", "m2_a_day = 30", "do not fill the block"),
        ("began = 500", "begann = 500", "unknown field"),
    ] {
        let error = table::read(&table::TABLE.replacen(right, wrong, 1)).expect_err(wrong);
        assert!(error.what.contains(says), "{error}");
        let off = error.line.abs_diff(line_of(right));
        // A block that is not filled is named by its task, two lines above.
        assert!(
            off <= 3 && (off == 0 || says.contains("block")),
            "{wrong}: {error}"
        );
    }
}

#[test]
fn the_table_stays_small_with_its_pictures() {
    let pictures: usize = crate::demo::pictures::PICTURES
        .iter()
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert_eq!(crate::demo::pictures::PICTURES.len(), 13);
    assert!(table::TABLE.len() + pictures < 200_000);
}
