//! Imports are read by a confined process: what it cannot bear ends in one sentence, takes nothing, and
//! the hub lives.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::hub::{Folder, Hub, fails, succeeds};

const GOOD: &str = r#"{"type":"Feature","properties":{"n":N},"geometry":{"type":"Point","coordinates":[17.N,45]}}"#;

fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",\n")
    )
}

fn good(count: usize) -> Vec<String> {
    (1..=count)
        .map(|n| GOOD.replace('N', &n.to_string()))
        .collect()
}

/// A star whose every edge crosses nearly every other one.
fn star(points: usize) -> String {
    let place = |n: usize| {
        let turn = (n * (points / 2)) as f64 / points as f64 * std::f64::consts::TAU;
        let (x, y) = (17.0 + 0.2 * turn.cos(), 45.0 + 0.2 * turn.sin());
        format!("[{x:.7},{y:.7}]")
    };
    let places: Vec<String> = (0..=points).map(|n| place(n % points)).collect();
    let ring = places.join(",");
    format!(
        r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
    )
}

fn long(bytes: usize) -> String {
    let text = "x".repeat(bytes);
    format!(
        r#"{{"type":"Feature","properties":{{"name":"{text}"}},"geometry":{{"type":"Point","coordinates":[17,45]}}}}"#
    )
}

fn import<'a>(file: &'a Path, data: &'a str, extra: &[&'a str]) -> Vec<&'a str> {
    let file = file.to_str().expect("text");
    let arguments = ["import", file, "--kind", "accident", "--data", data];
    [&arguments[..], extra].concat()
}

fn exported(data: &str) -> usize {
    let text = succeeds(&[
        "export", "--kind", "accident", "--format", "geojson", "--data", data,
    ]);
    let value: Value = serde_json::from_str(&text).expect("GeoJSON");
    value["features"].as_array().expect("features").len()
}

#[test]
fn memory_and_time_without_end_cost_one_sentence_and_nothing_of_the_file_is_taken() {
    let folder = Folder::new("worker");
    let data = folder.path().join("data");
    let [heavy, slow] = ["heavy", "slow"].map(|name| folder.path().join(name));
    // What comes before the feature that breaks the reader is not taken either.
    let mut features = good(700);
    features.push(long(30_000_000));
    fs::write(&heavy, collection(&features)).expect("a file");
    let slow_area = collection(&[star(6_001)]);
    fs::write(&slow, slow_area).expect("a file");
    let data = data.to_str().expect("text");
    let mut hub = Hub::start("serve", Path::new(data));
    for with_hub in [true, false] {
        if !with_hub {
            hub.kill();
            hub = Hub::start("serve", &folder.path().join("another"));
        }
        let error = fails(&import(&heavy, data, &["--memory", "48"]));
        assert!(error.contains("unsafe-file"), "{error}");
        assert!(error.contains("more than 48 MB of memory"), "{error}");
        let mut area = import(&slow, data, &["--seconds", "1"]);
        area[3] = "hazardous-area";
        let error = fails(&area);
        assert!(error.contains("unsafe-file"), "{error}");
        assert!(
            error.contains("of computing") || error.contains("no step forward"),
            "{error}"
        );
        assert_eq!(exported(data), 0);
        let (status, _) = hub.ask("GET", "/readyz", None).expect("an answer");
        assert_eq!(status, 200);
    }
    // With more memory the same file is read.
    assert!(succeeds(&import(&heavy, data, &[])).contains("701 features read"));
    assert_eq!(exported(data), 701);
    assert!(succeeds(&["verify", "--data", data]).contains("Nothing is altered"));
}

#[test]
fn a_file_that_never_goes_on_is_given_up() {
    let folder = Folder::new("stuck");
    let data = folder.path().join("data");
    let hub = Hub::start("serve", &data);
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    let other_end = pipe.clone();
    let writer = std::thread::spawn(move || {
        use std::io::Write as _;
        let mut end = fs::OpenOptions::new()
            .write(true)
            .open(other_end)
            .expect("a reader");
        let _ = end.write_all(br#"{"type":"FeatureCollection","#);
        std::thread::sleep(Duration::from_secs(8));
    });
    let start = Instant::now();
    let error = fails(&import(
        &pipe,
        data.to_str().expect("text"),
        &["--seconds", "1"],
    ));
    assert!(error.contains("no step forward in 1 s"), "{error}");
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "{:?}",
        start.elapsed()
    );
    hub.stop();
    writer.join().expect("it ends");
}

#[test]
fn a_file_larger_than_the_memory_it_may_have_is_read() {
    let folder = Folder::new("larger");
    let data = folder.path().join("data");
    let hub = Hub::start("serve", &data);
    let file = folder.path().join("large");
    let pad = " ".repeat(200_000);
    let features: Vec<String> = good(400).iter().map(|one| format!("{one}{pad}")).collect();
    fs::write(&file, collection(&features)).expect("a file");
    assert!(fs::metadata(&file).expect("a file").len() > 80_000_000);
    let data = data.to_str().expect("text");
    let said = succeeds(&import(&file, data, &["--memory", "32", "--dry-run"]));
    assert!(said.contains("400 features read: 400 taken"), "{said}");
    hub.stop();
}

#[test]
fn nobody_else_needs_the_worker() {
    assert!(fails_at_once(&["import-worker"]));
    assert!(fails_at_once(&["import-worker", "--task", "{}"]));
    assert!(!succeeds(&["--help"]).contains("import-worker"));
}

fn fails_at_once(arguments: &[&str]) -> bool {
    !crate::hub::safelane(arguments).status.success()
}
