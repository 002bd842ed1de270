//! Files of real and made-up trouble, feature by feature.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use safelane_exchange::cut::Features;
use safelane_exchange::import::{self, Converted, Options, Outcome};
use safelane_geometry::Metres;
use safelane_ledger::LedgerId;
use safelane_model::check::{Context, problems, stops};
use uuid::Uuid;

fn options(kind: &str) -> Options {
    Options {
        kind: import::kind(kind).expect("a kind that is imported"),
        id_column: None,
        as_of: "2024-07-31".parse().expect("a date"),
        source_file: "test.geojson".into(),
        uncertainty_radius: Metres::new(100.0),
        ledger: LedgerId::new(Uuid::from_u128(7)),
        demo: false,
    }
}

fn read(path: &Path, options: &Options) -> Vec<Result<Converted, String>> {
    let file = File::open(path).expect("the file is there");
    Features::new(file)
        .map(|raw| import::convert(&raw.expect("the list holds"), options))
        .collect()
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

#[test]
fn every_sort_of_trouble_gets_its_own_answer() {
    let read = read(&data("mixed.geojson"), &options("hazardous-area"));
    let outcomes: Vec<String> = read
        .iter()
        .map(|one| match one {
            Ok(one) => format!("{:?}", one.outcome),
            Err(reason) => reason.clone(),
        })
        .collect();
    assert_eq!(
        outcomes[..6],
        [
            "Taken",
            "Taken",
            "Repaired",
            "Buffered",
            "it has no position",
            "it has no position"
        ]
    );
    assert!(outcomes[6].starts_with("it is no valid JSON"));
    assert_eq!(outcomes[7], "its position is empty or outside the world");
    assert_eq!(outcomes[8..], ["Taken", "it is no GeoJSON feature"]);
    let [one, double, lifted] = [0, 1, 8].map(|index| read[index].as_ref().expect("taken"));
    assert_eq!(one.record, double.record, "doubles meet");
    assert_eq!(lifted.body["classification"], "indication");
    assert_eq!(lifted.body["reported_lifted"], "yes");
}

#[test]
fn a_real_programme_takes_nothing_that_a_demo_gave_out() {
    let text = br#"{"type":"Feature","properties":{"demo":true},"geometry":{"type":"Point","coordinates":[17,45]}}"#;
    let real = options("hazardous-area");
    let reason = import::convert(text, &real).expect_err("made-up");
    assert!(reason.contains("made-up"), "{reason}");
    let demo = Options { demo: true, ..real };
    assert!(import::convert(text, &demo).is_ok());
}

#[test]
fn a_source_id_outlives_a_change_of_the_outline() {
    let options = Options {
        id_column: Some("no".into()),
        ..options("hazardous-area")
    };
    let feature = |lon: f64| {
        let text = format!(
            r#"{{"type":"Feature","properties":{{"no":" A 7 "}},"geometry":{{"type":"Point","coordinates":[{lon},45]}}}}"#
        );
        import::convert(text.as_bytes(), &options).expect("taken")
    };
    assert_eq!(feature(17.0).record, feature(17.1).record);
    let missing =
        br#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[17,45]}}"#;
    assert!(
        import::convert(missing, &options)
            .expect_err("no id")
            .contains("id column")
    );
}

/// Real data of Bosnia and Herzegovina, where they are beside the project.
#[test]
fn s4_no_feature_of_bosnia_with_a_position_is_dropped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/bosnia");
    if !folder.exists() {
        // Elsewhere the made-up file above holds the same rules.
        return;
    }
    for (name, kind, features, without) in [
        ("suspected_areas", "hazardous-area", 5_723, 1_486),
        ("cleared_areas", "clearance", 4_045, 58),
        ("incidents", "accident", 762, 0),
        ("lifted_minefields", "hazardous-area", 714, 0),
    ] {
        let options = options(kind);
        let read = read(&folder.join(format!("{name}.geojson")), &options);
        assert_eq!(read.len(), features, "{name}");
        let reasons: BTreeSet<&String> = read.iter().filter_map(|one| one.as_ref().err()).collect();
        assert!(
            reasons.iter().all(|reason| *reason == "it has no position"),
            "{name}: {reasons:?}"
        );
        let not_taken = read.iter().filter(|one| one.is_err()).count();
        assert!(
            not_taken >= without && not_taken < without + 100,
            "{name}: {not_taken}"
        );
        let context = Context {
            today: options.as_of,
            area: None,
        };
        for one in read.iter().flatten() {
            let found = problems(options.kind, &one.body, &context);
            assert!(!stops(&found), "{name}: {found:?}");
            if kind == "hazardous-area" && one.outcome != Outcome::Taken {
                // That the repair covers all that was drawn is the geometry's own property test; the
                // area as drawn counts ground under two windings twice, so it is no bound here.
                assert!(
                    one.area_after_m2.unwrap_or(0.0) > 0.0,
                    "a hazard without ground"
                );
            }
        }
    }
}

fn taken(geometry: &str, kind: &str) -> Converted {
    let text = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#);
    import::convert(text.as_bytes(), &options(kind)).expect("it has a place")
}

fn ground_of(converted: &Converted) -> f64 {
    converted.area_after_m2.expect("an area")
}

#[test]
fn s4_lines_points_and_collections_are_hazards_whole_and_no_release() {
    let square = |lon: f64, side: f64| {
        let (east, north) = (lon + side, 45.0 + side);
        format!("[[{lon},45],[{east},45],[{east},{north}],[{lon},{north}],[{lon},45]]")
    };
    let area = format!(
        r#"{{"type":"Polygon","coordinates":[{}]}}"#,
        square(17.0, 0.01)
    );
    let alone = ground_of(&taken(&area, "hazardous-area"));
    // A line inside another is no hole.
    let two = format!(
        r#"{{"type":"MultiLineString","coordinates":[{},{}]}}"#,
        square(17.0, 0.01),
        square(17.002, 0.001)
    );
    let lines = taken(&two, "hazardous-area");
    assert!(ground_of(&lines) >= alone - 0.01, "{lines:?}");
    assert_eq!(lines.outcome, Outcome::Repaired);
    let release = taken(&two, "clearance");
    assert_eq!(release.body["parts"].as_array().map(Vec::len), Some(0));
    // Every part of a collection counts.
    let several = format!(
        r#"{{"type":"GeometryCollection","geometries":[{area},{{"type":"Point","coordinates":[17.5,45]}}]}}"#
    );
    let several = taken(&several, "hazardous-area");
    assert!(ground_of(&several) > alone + 30_000.0, "{several:?}");
    assert!(several.reason.expect("words").contains("several shapes"));
}

#[test]
fn s4_more_vertices_than_can_be_checked_become_the_line_around_them() {
    let place = |n: usize| {
        let turn = n as f64 / 60_000.0 * std::f64::consts::TAU;
        format!(
            "[{:.7},{:.7}]",
            17.0 + 0.1 * turn.cos(),
            45.0 + 0.1 * turn.sin()
        )
    };
    let places: Vec<String> = (0..=60_000).map(place).collect();
    let round = format!(
        r#"{{"type":"Polygon","coordinates":[[{}]]}}"#,
        places.join(",")
    );
    let hazard = taken(&round, "hazardous-area");
    assert_eq!(hazard.outcome, Outcome::Buffered);
    let before = hazard.area_before_m2.expect("an area");
    assert!(ground_of(&hazard) >= before * 0.999_999, "{before}");
    assert!(hazard.reason.expect("words").contains("60000 vertices"));
}
