//! kill -9 while devices push: whatever was acknowledged is there, and the ledger is whole.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use safelane_ledger::document::Document as _;
use safelane_ledger::testkit::Author;
use safelane_ledger::{AuthorTime, Enrolment, RecordId};
use safelane_wire::sync::{PushAnswer, PushRequest, RevisionText};
use serde_json::{Value, json};

use crate::hub::{Folder, Hub, safelane, succeeds};

/// A device of Fern's in the demo.
fn enrolled(hub: &mut Hub, name: &str) -> Author {
    let session = hub.sign_in("fern", "demo");
    let id = |key: &str| session[key].as_str().expect("an id").to_owned();
    let mut author = Author::new(name);
    author.person = id("person").parse().expect("a person");
    author.ledger = id("ledger").parse().expect("a ledger");
    let enrolment = Enrolment {
        ledger: author.ledger,
        hub: id("hub").parse().expect("a hub"),
        device: author.device,
        person: author.person,
        key: author.public_key(),
        at: AuthorTime::from_unix(1_795_000_000).expect("a time"),
    };
    let signed = enrolment.sign(author.signing_key()).expect("canonical");
    let asked = json!({ "enrolment": signed, "label": name });
    let (status, answer) = hub
        .ask("POST", "/api/devices/enrol", Some(&asked))
        .expect("an answer");
    assert_eq!(status, 200, "{answer}");
    author
}

fn push(hub: &mut Hub, author: &mut Author, number: u128) -> Option<PushAnswer> {
    let body = r#"{"category":"ap-mine","depth":120,"found_on":"2026-11-20","place":{"at":[-241000000,-386000000],"how":"fix","statistic":"radius95"},"quantity":1}"#;
    let signed = author.put(
        RecordId::new(uuid::Uuid::from_u128(number)),
        "explosive-ordnance/1",
        &[],
        body,
    );
    let revisions = vec![RevisionText::try_from(signed).expect("text")];
    let asked = serde_json::to_value(PushRequest { revisions }).expect("JSON");
    let (status, answer) = hub.ask("POST", "/api/sync/push", Some(&asked))?;
    (status == 200).then(|| serde_json::from_value(answer).expect("a push answer"))
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let folder = Folder::new("power-cut");
    let data = folder.path().join("data");
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    for round in 0..4_u32 {
        let mut hub = Hub::start("demo", &data);
        let mut author = enrolled(&mut hub, &format!("tablet {round}"));
        let end = Instant::now() + Duration::from_millis(300 + u64::from(round) * 170);
        // The hub dies from another thread, wherever the push loop is.
        let pid = hub.pid();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(end.saturating_duration_since(Instant::now()));
            let killed = std::process::Command::new("kill")
                .args(["-9", &pid.to_string()])
                .status();
            assert!(killed.is_ok_and(|status| status.success()));
        });
        let mut number = u128::from(round) * 1_000_000;
        loop {
            number += 1;
            let Some(answer) = push(&mut hub, &mut author, number) else {
                break;
            };
            assert!(answer.receipt.is_some(), "{answer:?}");
            acknowledged.extend(answer.answers.iter().map(|one| one.id.to_string()));
        }
        killer.join().expect("the killer ends");
        drop(hub);
    }
    assert!(
        acknowledged.len() > 20,
        "the loop pushed: {}",
        acknowledged.len()
    );

    let data = data.to_str().expect("text");
    assert!(succeeds(&["verify", "--data", data]).contains("Nothing is altered"));
    let mut hub = Hub::start("demo", folder.path().join("data").as_path());
    hub.sign_in("ash", "demo");
    let mut there: BTreeSet<String> = BTreeSet::new();
    let mut after = 0;
    loop {
        let (status, page) = hub
            .ask("GET", &format!("/api/sync/pull?after={after}"), None)
            .expect("an answer");
        assert_eq!(status, 200, "{page}");
        for entry in page["entries"].as_array().into_iter().flatten() {
            let leaf: Value =
                serde_json::from_str(entry["leaf"].as_str().unwrap_or_default()).expect("a leaf");
            there.insert(leaf["id"].as_str().unwrap_or_default().to_owned());
        }
        after = page["upto"].as_u64().expect("a number");
        if page["more"] != true {
            break;
        }
    }
    let lost: Vec<&String> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

#[test]
fn a_backup_taken_while_serving_restores_and_verifies() {
    let folder = Folder::new("backup");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let (data, copy, restored) = (path("data"), path("copy"), path("restored"));
    let hub = Hub::start("demo", folder.path().join("data").as_path());
    succeeds(&["backup", "--data", &data, "--to", &copy]);
    hub.kill();
    succeeds(&["restore", "--data", &restored, "--from", &copy]);
    assert!(succeeds(&["verify", "--data", &restored]).contains("Nothing is altered"));
    let report = |data: &str| succeeds(&["report", "land-release", "--data", data]);
    assert_eq!(report(&data), report(&restored));
    // A backup never goes over something that is there.
    assert!(
        !safelane(&["restore", "--data", &restored, "--from", &copy])
            .status
            .success()
    );
}
