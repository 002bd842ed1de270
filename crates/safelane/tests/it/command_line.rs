//! The command line: one clear line when it fails, nothing half done.

use std::net::TcpListener;

use serde_json::Value;

use crate::hub::{Folder, Hub, fails, succeeds};

#[test]
fn what_cannot_be_done_is_said_in_one_line() {
    let folder = Folder::new("cannot");
    let data = folder.path().join("data");
    let data = data.to_str().expect("text");
    assert!(fails(&["verify", "--data", data]).contains("no Safelane database"));
    assert!(fails(&["user", "list", "--data", data]).contains("no programme"));
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    assert!(
        fails(&["serve", "--data", data, "--listen", &address]).contains("cannot be listened on")
    );
    assert!(
        !folder.path().join("data").exists(),
        "a port in use makes no programme"
    );
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "x").expect("a file");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data"];
    let with = |data: &str| fails(&[serve.as_slice(), &[data]].concat());
    assert!(with(blocked.to_str().expect("text")).contains("cannot be made"));
    // A folder that is there and takes no file, for root neither.
    assert!(with("/proc/self").contains("cannot be written"));
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let tls = ["--tls-cert", readme, "--tls-key", readme];
    let error = fails(&[serve.as_slice(), &[data], &tls].concat());
    assert!(
        error.contains("cannot read the certificate from"),
        "{error}"
    );
}

#[test]
fn a_database_of_a_newer_program_is_named_and_left_as_it_is() {
    let folder = Folder::new("newer");
    let data = folder.path().join("data");
    Hub::start("serve", &data).stop();
    let file = data.join("safelane.db");
    assert!(
        !data.join("safelane.db-wal").exists(),
        "a server that was stopped leaves one file"
    );
    let mut bytes = std::fs::read(&file).expect("the database");
    // `PRAGMA user_version` of the file format: four bytes from the 60th on.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&file, &bytes).expect("the database");
    let data = data.to_str().expect("text");
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["user", "list"],
        &["verify"],
        &["rebuild"],
    ] {
        let error = fails(&[command, &["--data", data]].concat());
        assert!(error.contains("made by a newer Safelane"), "{error}");
    }
    assert_eq!(std::fs::read(&file).expect("the database"), bytes);
}

#[test]
fn one_server_to_a_folder_and_commands_through_its_socket() {
    let folder = Folder::new("socket");
    let data = folder.path().join("data");
    let mut hub = Hub::start("demo", &data);
    let data = data.to_str().expect("text");
    assert!(
        fails(&["demo", "--data", data, "--listen", "127.0.0.1:0"])
            .contains("another Safelane uses")
    );
    assert!(fails(&["rebuild", "--data", data]).contains("another Safelane uses"));
    let token = succeeds(&[
        "token", "create", "qgis", "--role", "viewer", "--data", data,
    ]);
    let token = token.lines().last().expect("a last line");
    assert!(
        token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit()),
        "{token}"
    );
    let link = succeeds(&["user", "add", "nina", "--role", "viewer", "--data", data]);
    assert!(
        link.lines()
            .last()
            .expect("a last line")
            .contains("/sign-in#invite=")
    );
    assert!(
        fails(&["user", "add", "NINA", "--role", "viewer", "--data", data]).contains("already")
    );
    assert!(
        fails(&["token", "create", "x", "--role", "chief", "--data", data]).contains("no role")
    );
    hub.sign_in("ash", "demo");
    let (status, people) = hub.ask("GET", "/api/people", None).expect("an answer");
    assert_eq!(status, 200);
    assert!(
        people["items"]
            .as_array()
            .expect("people")
            .iter()
            .any(|person| person["name"] == "nina")
    );
}

#[test]
fn an_import_is_the_same_with_and_without_a_server_and_adds_nothing_twice() {
    let folder = Folder::new("import");
    let data = folder.path().join("data");
    let report = folder.path().join("report.json");
    let [data_text, report_text] =
        [&data, &report].map(|path| path.to_str().expect("text").to_owned());
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../exchange/tests/data/mixed.geojson"
    );
    let import = |extra: &[&str]| {
        let mut arguments = vec![
            "import",
            file,
            "--kind",
            "hazardous-area",
            "--as-of",
            "2024-07-31",
            "--report",
            &report_text,
            "--data",
            &data_text,
        ];
        arguments.extend(extra);
        succeeds(&arguments);
        let report: Value =
            serde_json::from_str(&std::fs::read_to_string(&report).expect("the report"))
                .expect("JSON");
        let totals = report["totals"].as_object().expect("totals");
        let sum: u64 = totals.values().filter_map(Value::as_u64).sum();
        assert_eq!(
            sum,
            report["features"].as_array().expect("features").len() as u64,
            "{report}"
        );
        [
            "taken",
            "repaired",
            "buffered",
            "already_there",
            "not_taken",
        ]
        .map(|key| totals[key].as_u64().expect("a number"))
    };
    let hub = Hub::start("serve", &data);
    assert_eq!(import(&["--dry-run"]), [2, 1, 1, 1, 5]);
    assert_eq!(import(&[]), [2, 1, 1, 1, 5]);
    hub.kill();
    assert_eq!(import(&[]), [0, 0, 0, 5, 5]);
    let exported = succeeds(&[
        "export",
        "--kind",
        "hazardous-area",
        "--format",
        "geojson",
        "--data",
        &data_text,
    ]);
    let exported: Value = serde_json::from_str(&exported).expect("GeoJSON");
    assert_eq!(exported["features"].as_array().expect("features").len(), 4);
    assert!(succeeds(&["verify", "--data", &data_text]).contains("Nothing is altered"));
    let found = |extra: &[&str]| {
        let mut arguments = vec!["checks", "--data", &data_text];
        arguments.extend(extra);
        succeeds(&arguments)
    };
    let checks: Value = serde_json::from_str(&found(&["--json"])).expect("JSON");
    let all = checks["checks"].as_array().expect("checks");
    let mended = all.iter().filter(|one| one["code"] == "geometry-mended");
    assert_eq!(mended.count(), 2, "one repaired, one buffered");
    let last = format!("all\tall\t{}", all.len());
    assert_eq!(found(&[]).lines().last(), Some(last.as_str()));
    // Nobody has been at any of the four since the date of information.
    let later = found(&["--on", "2027-08-01"]);
    assert_eq!(later.matches("\tnot-visited\t").count(), 4, "{later}");
    assert_eq!(
        found(&["--on", "2027-07-31"])
            .matches("\tnot-visited\t")
            .count(),
        0
    );
    let error = fails(&[
        "import",
        "Cargo.toml",
        "--kind",
        "hazardous-area",
        "--data",
        &data_text,
    ]);
    assert!(
        error.contains("no GeoJSON") && error.contains("Nothing was read"),
        "{error}"
    );
    assert!(
        fails(&["import", file, "--kind", "rumour", "--data", &data_text])
            .contains("cannot be imported")
    );
}
