//! Files that are made.

use safelane_exchange::cut::Features;
use safelane_exchange::import::{self, Options};
use safelane_geometry::Metres;

use super::claim;
use crate::Outcome;

/// Features with the collection around them.
pub fn collection(features: &str) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
}

/// One feature with a name, so that no two cases are the same record.
pub fn feature(name: &str, geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{geometry}}}"#)
}

/// A file by the name of its maker.
pub fn file(name: &str) -> Vec<u8> {
    let square = r#"{"type":"Polygon","coordinates":[[[17,45],[17.001,45],[17.001,45.001],[17,45.001],[17,45]]]}"#;
    let whole = collection(&feature(name, square));
    match name {
        "three-hundred-thousand-vertices" => collection(&feature(name, &round(300_000, 15.0))).into_bytes(),
        "fifty-thousand-vertices" => collection(&feature(name, &round(50_000, 16.0))).into_bytes(),
        "seventy-thousand-vertices" => collection(&feature(name, &round(70_000, 18.0))).into_bytes(),
        "star-of-three-hundred" => collection(&feature(name, &star(301))).into_bytes(),
        "nested-collections" => {
            let (open, close) = (r#"{"type":"GeometryCollection","geometries":["#, "]}");
            let geometry = open.repeat(60) + square + &close.repeat(60);
            collection(&feature(name, &geometry)).into_bytes()
        }
        "very-nested-collections" => {
            let (open, close) = (r#"{"type":"GeometryCollection","geometries":["#, "]}");
            let geometry = open.repeat(100_000) + square + &close.repeat(100_000);
            collection(&feature(name, &geometry)).into_bytes()
        }
        "very-nested-coordinates" => {
            let geometry = format!(r#"{{"type":"Polygon","coordinates":{}{}}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
            collection(&feature(name, &geometry)).into_bytes()
        }
        "byte-order-mark" => [b"\xef\xbb\xbf", whole.as_bytes()].concat(),
        "utf-16" => whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "cp1251" => whole.replace(name, "@").bytes().map(|b| if b == b'@' { 0xcc } else { b }).collect(),
        "nul-bytes" => vec![0; 100_000],
        "zip" => b"PK\x03\x04\x14\0\0\0\x08\0".repeat(100),
        "sqlite" => b"SQLite format 3\0".repeat(100),
        "empty" => Vec::new(),
        "one-bracket" => b"{".to_vec(),
        "long-feature" => collection(&feature(&"x".repeat(33_600_000), square)).into_bytes(),
        "long-key" => collection(&format!(
            r#"{{"type":"Feature","properties":{{"{}":"v","name":"long key"}},"geometry":{square}}}"#,
            "k".repeat(10_000)
        ))
        .into_bytes(),
        "many-properties" => {
            let many: Vec<String> = (0..65_000).map(|n| format!(r#""k{n}":"v""#)).collect();
            collection(&format!(r#"{{"type":"Feature","properties":{{{}}},"geometry":{square}}}"#, many.join(","))).into_bytes()
        }
        "endless-type" => format!(r#"{{"type":"{}","features":[]}}"#, "x".repeat(33_600_000)).into_bytes(),
        "two-thousand-features" => {
            let all: Vec<String> = (0..2_000)
                .map(|n| {
                    let (lon, lat) = (15.8 + f64::from(n % 200) * 0.01, 43.0 + f64::from(n / 200) * 0.01);
                    feature(&format!("many {n}"), &format!(r#"{{"type":"Point","coordinates":[{lon},{lat}]}}"#))
                })
                .collect();
            collection(&all.join(",\n")).into_bytes()
        }
        other => panic!("no file is made as {other}"),
    }
}

/// A round outline of so many vertices, some 10 km across.
fn round(vertices: usize, lon: f64) -> String {
    let place = |n: usize| {
        let turn = n as f64 / vertices as f64 * std::f64::consts::TAU;
        format!(
            "[{:.7},{:.7}]",
            lon + 0.2 * turn.cos(),
            44.0 + 0.2 * turn.sin()
        )
    };
    let mut places: Vec<String> = (0..vertices).map(place).collect();
    places.push(places[0].clone());
    format!(
        r#"{{"type":"Polygon","coordinates":[[{}]]}}"#,
        places.join(",")
    )
}

/// A star whose every edge crosses nearly every other: millions of crossings.
fn star(points: usize) -> String {
    let place = |n: usize| {
        let turn = (n * (points / 2)) as f64 / points as f64 * std::f64::consts::TAU;
        format!(
            "[{:.7},{:.7}]",
            17.0 + 0.2 * turn.cos(),
            45.0 + 0.2 * turn.sin()
        )
    };
    let mut places: Vec<String> = (0..points).map(place).collect();
    places.push(places[0].clone());
    format!(
        r#"{{"type":"Polygon","coordinates":[[{}]]}}"#,
        places.join(",")
    )
}

/// The body of a hazardous area with a round outline of so many vertices.
pub fn drawn(vertices: usize) -> String {
    let place = |n: usize| {
        let turn = n as f64 / vertices as f64 * std::f64::consts::TAU;
        let whole = |middle: f64, way: f64| ((middle + 0.02 * way) * 1e7).round() as i64;
        format!("[{},{}]", whole(19.0, turn.cos()), whole(43.0, turn.sin()))
    };
    let places: Vec<String> = (0..vertices).map(place).collect();
    format!(
        r#"{{"classification":"sha","contamination":["ap-mine"],"ground":{{"how":"typed","shape":{{"polygons":[[[{}]]],"type":"Polygons"}},"statistic":"not-stated"}},"opened_on":"2026-01-05","status":"open"}}"#,
        places.join(",")
    )
}

/// A good file cut at each of its first thousand bytes: what stands before the cut is read, nothing else.
pub fn truncated() -> Outcome {
    let square = r#"{"type":"Polygon","coordinates":[[[17,45],[17.001,45],[17.001,45.001],[17,45.001],[17,45]]]}"#;
    let whole = collection(
        &[
            feature("one", square),
            feature("two", square),
            feature("three", square),
            feature("four", square),
            feature("five", square),
            feature("six", square),
        ]
        .join(","),
    );
    let options = Options {
        kind: import::kind("hazardous-area").expect("a kind"),
        id_column: None,
        as_of: "2026-01-01".parse().expect("a day"),
        source_file: "cut.geojson".to_owned(),
        uncertainty_radius: Metres::new(100.0),
        ledger: safelane_ledger::testkit::ledger(),
        demo: false,
    };
    // The list of features is closed one byte before the end.
    for at in 0..(whole.len() - 1).min(1_000) {
        let read: Vec<_> = Features::new(&whole.as_bytes()[..at]).collect();
        let good = read
            .iter()
            .flatten()
            .filter(|raw| import::convert(raw, &options).is_ok())
            .count();
        let complete = whole[..at].matches("]]]}}").count();
        claim(
            good == complete,
            format!("cut at {at}: {good} of {complete}"),
        )?;
        claim(
            read.last().is_some_and(Result::is_err),
            format!("cut at {at}: nobody was told"),
        )?;
    }
    Ok(())
}
