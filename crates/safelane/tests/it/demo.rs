//! The demo as a process: its table, its day of start, beginning afresh, and what keeps it apart
//! from real programmes.

use std::time::Instant;

use crate::hub::{Folder, Hub, fails, succeeds};

const TABLE: &str = include_str!("../../demo/programme.toml");

#[test]
fn a_table_with_a_mistake_builds_nothing_and_names_the_line() {
    let folder = Folder::new("table");
    let (data, table) = (folder.path().join("data"), folder.path().join("table.toml"));
    let line = |text: &str| {
        let before = TABLE.split(text).next().expect("some text");
        format!("line {}:", 1 + before.matches('\n').count())
    };
    for (right, wrong) in [
        ("hazards = [147]", "hazards = [148]"),
        ("began = 500", "began = \"long ago\""),
    ] {
        std::fs::write(&table, TABLE.replacen(right, wrong, 1)).expect("a file");
        let [data, table] = [&data, &table].map(|path| path.to_str().expect("text"));
        let error = fails(&[
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--data",
            data,
            "--table",
            table,
        ]);
        assert!(error.contains(&line(right)), "{error}");
    }
    assert!(!data.exists(), "nothing was built");
}

#[test]
fn beginning_afresh_undoes_everything_and_keeps_the_person_signed_in() {
    let folder = Folder::new("afresh");
    let data = folder.path().join("data");
    let mut hub = Hub::start_with("demo", &data, &["--as-of", "2026-11-23"]);
    let (_, page) = hub.ask("GET", "/api/sign-in", None).expect("an answer");
    let names = page["sign_ins"]["people"].as_array().expect("people").len();
    assert_eq!(names, 9);
    let before = hub.sign_in("ash", "demo");
    let text = data.to_str().expect("text");
    succeeds(&["user", "add", "nina", "--role", "viewer", "--data", text]);
    let people = |hub: &mut Hub| {
        let (_, people) = hub.ask("GET", "/api/people", None).expect("an answer");
        people["items"].as_array().expect("people").len()
    };
    let waiting = |hub: &mut Hub| {
        let (_, queue) = hub.ask("GET", "/api/review", None).expect("an answer");
        queue["items"].as_array().expect("lines").len()
    };
    assert_eq!(people(&mut hub), 15);
    let lines = waiting(&mut hub);
    let begun = Instant::now();
    let (status, after) = hub
        .ask("POST", "/api/demo/afresh", Some(&serde_json::json!({})))
        .expect("an answer");
    println!("begun afresh in {:?}", begun.elapsed());
    assert_eq!(status, 200, "{after}");
    assert_eq!(after["display_name"], "Ash");
    assert_ne!(
        before["ledger"], after["ledger"],
        "browsers see another programme"
    );
    assert_ne!(before["person"], after["person"]);
    assert_eq!(people(&mut hub), 14, "Nina is gone, Ash is signed in");
    assert_eq!(waiting(&mut hub), lines);
    // Commands reach the one that is served now.
    assert!(succeeds(&["user", "list", "--data", text]).contains("stone"));
    assert!(!data.join("afresh").exists());
    hub.stop();
    assert!(succeeds(&["verify", "--data", text]).contains("Nothing is altered"));
    // Power fails at any moment of the move: the start after it goes on.
    let mut hub = Hub::start("demo", &data);
    assert_eq!(hub.sign_in("ash", "demo")["ledger"], after["ledger"]);
}

#[test]
fn a_power_cut_while_it_is_built_or_moved_leaves_a_whole_isle() {
    let folder = Folder::new("move");
    let data = folder.path().join("data");
    let hub = Hub::start("demo", &data);
    hub.stop();
    // The new one is finished, and the move has just begun.
    let afresh = data.join("afresh");
    std::fs::create_dir(&afresh).expect("a folder");
    for name in ["safelane.db", "hub.key", "demo.json"] {
        std::fs::rename(data.join(name), afresh.join(name)).expect("a file");
    }
    std::fs::write(data.join("safelane.db"), "the old one").expect("a file");
    let mut hub = Hub::start("demo", &data);
    hub.sign_in("ash", "demo");
    hub.stop();
    assert!(!afresh.exists());
    // It was never finished: it is built again.
    std::fs::remove_file(data.join("demo.json")).expect("a file");
    let mut hub = Hub::start("demo", &data);
    hub.sign_in("ash", "demo");
}

#[test]
fn an_isle_of_last_week_offers_to_begin_afresh() {
    let folder = Folder::new("old");
    for (day, older) in [("2026-11-01", true), ("2199-01-01", false)] {
        let data = folder.path().join(day);
        let mut hub = Hub::start_with("demo", &data, &["--as-of", day]);
        let (_, page) = hub.ask("GET", "/api/sign-in", None).expect("an answer");
        assert_eq!(page["older"], older, "{page}");
    }
}

#[test]
fn real_and_made_up_never_mix() {
    let folder = Folder::new("mix");
    let [real, demo, file] = ["real", "demo", "demo.geojson"].map(|name| folder.path().join(name));
    Hub::start("serve", &real).stop();
    Hub::start("demo", &demo).stop();
    let [real, demo, file] = [&real, &demo, &file].map(|path| path.to_str().expect("text"));
    let listen = "127.0.0.1:0";
    let error = fails(&["serve", "--listen", listen, "--data", demo]);
    assert!(error.contains("made-up demo programme"), "{error}");
    let error = fails(&["demo", "--listen", listen, "--data", real]);
    assert!(error.contains("holds a real programme"), "{error}");
    let export = [
        "export",
        "--kind",
        "hazardous-area",
        "--format",
        "geojson",
        "--out",
        file,
        "--data",
        demo,
    ];
    succeeds(&export);
    let import = |data| succeeds(&["import", file, "--kind", "hazardous-area", "--data", data]);
    assert!(import(real).contains(": 0 taken"), "{}", import(real));
}
