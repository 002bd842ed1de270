//! Results kept up step by step equal results from nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use safelane_ledger::testkit::record;
use safelane_ledger::{RecordId, Status};
use safelane_model::{Body, How, Place};
use serde_json::json;

use super::*;
use crate::testkit::*;
use crate::world::{Memory, Settings};

/// One change: which record, and what it now says.
#[derive(Clone, Debug)]
struct Change {
    slot: usize,
    x: i32,
    y: i32,
    side: i32,
    on: i64,
    which: usize,
    status: usize,
}

fn change() -> impl Strategy<Value = Change> {
    let place = (0..14_i32, 0..14_i32, 2..9_i32);
    (0..SLOTS.len(), place, 0..40_i64, 0..3_usize, 0..4_usize).prop_map(
        |(slot, (x, y, side), on, which, status)| Change {
            slot,
            x,
            y,
            side,
            on,
            which,
            status,
        },
    )
}

/// Kind and name of the records that change.
const SLOTS: &[(&str, &str)] = &[
    ("hazardous-area", "h0"),
    ("hazardous-area", "h1"),
    ("hazardous-area", "h2"),
    ("clearance", "c0"),
    ("clearance", "c1"),
    ("clearance", "p0"),
    ("clearance", "p1"),
    ("clearance", "p2"),
    ("clearance", "p3"),
    ("non-technical-survey", "s0"),
    ("explosive-ordnance", "i0"),
    ("explosive-ordnance", "i1"),
    ("accident", "a0"),
    ("civilian-risk-zone", "z0"),
    ("settlement", "v0"),
    ("task", "t0"),
    ("team", "m0"),
    ("accreditation", "k0"),
    ("check-answer", "w0"),
];

fn body(change: &Change, world: &Memory) -> Body {
    let (kind, name) = SLOTS[change.slot];
    let Change {
        x, y, side, which, ..
    } = *change;
    let ground = cells(x, y, x + side, y + side);
    let on = day(change.on);
    let hazard_id = record(["h0", "h1", "h2"][which]);
    let mut place = Place::new(at(x, y), How::Fix);
    place.accuracy_mm = [None, Some(3_000), Some(40_000)][which];
    let placed = |mut body: Body| {
        body.set_place("place", &place);
        body
    };
    match kind {
        "hazardous-area" => {
            let mut body = hazard(["sha", "cha", "cha"][which], on, &ground)
                .with("required_depth", 100 + 100 * which as i64)
                .with("intended_depth", 250)
                .with("marking", "damaged")
                .with("other_references", vec![format!("MF {which}")]);
            if name == "h2" && which == 1 {
                body.set("opened_from", record("h0").to_string());
            }
            body
        }
        "clearance" if name.starts_with('c') => completion(
            ["cleared", "reduced", "cleared"][which],
            on,
            &[hazard_id],
            &ground,
        )
        .with("task", record("t0").to_string())
        .with("team", record("m0").to_string()),
        "clearance" => progress(on, record("t0"), 1_000 * i64::from(side), Some(&ground))
            .with("team", record(["m0", "m1", "m0"][which]).to_string())
            .with("hazards", vec![hazard_id.to_string()]),
        "non-technical-survey" => {
            cancellation(on, hazard_id, &ground).with("team", record("m0").to_string())
        }
        "explosive-ordnance" => {
            let mut body = placed(item(on, at(x, y)))
                .with(
                    "category",
                    ["submunition", "ap-mine", "unexploded-ordnance"][which],
                )
                .with("depth", 50 * i64::from(side));
            if which > 0 {
                body.set("task", record("t0").to_string());
                let step = json!({"step": "destroyed-in-situ", "on": on.to_string()});
                body.set("life", vec![step]);
            }
            body
        }
        "accident" => placed(
            Body::new()
                .with("event", "accident")
                .with("on", on.to_string()),
        ),
        "civilian-risk-zone" => {
            let basis = ["flood-or-landslide", "around-hazard", "flood-or-landslide"][which];
            let mut body = Body::new()
                .with("basis", basis)
                .with("visited_on", on.to_string())
                .with("hazards", vec![hazard_id.to_string()]);
            body.set_ground("ground", &ground);
            body
        }
        "settlement" => placed(Body::new().with("settlement_type", "school")),
        "task" => task(&[hazard_id], None)
            .with(
                "activity",
                ["clearance", "battle-area-clearance", "clearance"][which],
            )
            .with("required_depth", 130),
        "team" => Body::new()
            .with("team_type", ["manual-clearance", "dogs", "dogs"][which])
            .with("organisation", record("o0").to_string()),
        "accreditation" => {
            let mut body = Body::new()
                .with("organisation", record("o0").to_string())
                .with("scope", vec!["dogs", "non-technical-survey"])
                .with("issued_on", day(0).to_string())
                .with("expires_on", on.to_string());
            if which == 1 {
                body.set("team", record("m0").to_string());
            }
            body
        }
        _ => answer(change, world),
    }
}

/// An answer to some check that stands.
fn answer(change: &Change, world: &Memory) -> Body {
    let standing: Vec<Finding> = (world.records())
        .flat_map(|record| standing(record, world))
        .collect();
    let Some(finding) = standing.get(change.on as usize % standing.len().max(1)) else {
        return Body::new();
    };
    let records: Vec<String> = finding.records.iter().map(ToString::to_string).collect();
    Body::new()
        .with("code", finding.code)
        .with("records", records)
        .with("figures", finding.figures())
        .with("answer", "explained")
        .with("reason", "looked at")
}

/// The record with one statement more.
fn next(change: &Change, world: &Memory) -> Record {
    let (kind, name) = SLOTS[change.slot];
    let statuses = [
        Status::Official,
        Status::Official,
        Status::Open,
        Status::Returned,
    ];
    let mut making = making(kind, name);
    if let Some(known) = crate::World::record(world, record(name)) {
        making = making.and(&known);
    }
    making
        .then(&body(change, world), statuses[change.status])
        .done()
}

type Results = BTreeMap<RecordId, Vec<Finding>>;

fn from_nothing(world: &Memory) -> Results {
    (world.records())
        .map(|record| (record.id, standing(record, world)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever changes, in whatever order: only what `affected` names comes out otherwise.
    #[test]
    fn results_step_by_step_equal_results_from_nothing(
        changes in proptest::collection::vec(change(), 1..24),
    ) {
        // Small distances, so that neighbours come and go.
        let settings = Settings {
            fade_out_distance_mm: 20_000,
            uncertainty_radius_mm: 15_000,
            settlement_distance_mm: 40_000,
            ..Settings::default()
        };
        let mut world = Memory::of::<Record>([], settings);
        let mut results = Results::new();
        for change in &changes {
            let record = next(change, &world);
            let id = record.id;
            // By what it said as well, which the world forgets: its statements keep it.
            world.set(record);
            for touched in affected([id], &world) {
                if let Some(record) = crate::World::record(&world, touched) {
                    results.insert(touched, standing(&record, &world));
                }
            }
            prop_assert_eq!(&results, &from_nothing(&world), "after {:?}", change);
        }
    }
}
