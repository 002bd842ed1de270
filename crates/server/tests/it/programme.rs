//! The programme's settings, changed by an administrator.

use safelane_ledger::Role;
use safelane_wire::desk::{ProgrammeSettings, RecordDetail, SettingsChanged};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{Person, TestApp};

async fn read<T: DeserializeOwned>(app: &TestApp, person: &Person, path: &str) -> T {
    let reply = app.get(path, Some(person)).await.ok();
    serde_json::from_slice(&reply.bytes).unwrap_or_else(|flaw| panic!("{path}: {flaw}"))
}

async fn settings(app: &TestApp, person: &Person) -> ProgrammeSettings {
    app.settle().await;
    read(app, person, "/api/programme").await
}

async fn change(app: &TestApp, person: &Person, changes: Value) -> SettingsChanged {
    let stands = settings(app, person).await.stands;
    let asked = json!({"stands": stands, "changes": changes, "reason": "The workshop of March"});
    let reply = app.post("/api/programme", Some(person), &asked).await.ok();
    serde_json::from_slice(&reply.bytes).unwrap()
}

#[tokio::test]
async fn a_change_stands_at_once_and_its_history_says_who_and_why() {
    let app = TestApp::start().await;
    let ada = app.person("ada", &[Role::Administrator]).await;
    let before = settings(&app, &ada).await;
    let done = change(
        &app,
        &ada,
        json!({"danger_distance": 80_000, "name": "North"}),
    )
    .await;
    assert!(!done.waits);
    let now = settings(&app, &ada).await;
    assert_eq!(
        (&now.body["danger_distance"], &now.body["name"]),
        (&json!(80_000), &json!("North"))
    );
    assert_eq!(now.body["prefix"], before.body["prefix"]);
    assert_eq!(app.app.board().settings().rules.danger_distance_mm, 80_000);

    let history: RecordDetail = read(&app, &ada, &format!("/api/records/{}", now.record)).await;
    let newest = &history.statements[0];
    assert_eq!(newest.author_name, "ada of the test");
    let body = newest.body.as_ref().unwrap();
    assert_eq!(body["change_reason"], "The workshop of March");
}

#[tokio::test]
async fn s9_a_shorter_distance_waits_for_two_others_and_the_old_one_stands_until_then() {
    let app = TestApp::start().await;
    let ada = app.person("ada", &[Role::Administrator]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let distance = || app.app.board().settings().rules.danger_distance_mm;
    assert_eq!(distance(), 50_000);
    assert!(
        change(&app, &ada, json!({"danger_distance": 20_000}))
            .await
            .waits
    );
    let now = settings(&app, &ada).await;
    let waits = now.waits.unwrap();
    assert_eq!(distance(), 50_000);
    // Nothing is put beside a change that waits.
    let beside = json!({"stands": now.stands, "changes": {"visit_years": 9}, "reason": "r"});
    app.post("/api/programme", Some(&ada), &beside)
        .await
        .is_problem(409, "conflict");
    let queue: safelane_wire::desk::Page<safelane_wire::desk::ReviewItem> =
        read(&app, &bell, "/api/review").await;
    assert_eq!(
        (queue.items[0].revision, queue.items[0].needs_two),
        (waits, true)
    );

    let programme = (now.record, "programme/1");
    let first = ash.author.approve_named(programme, waits);
    app.push(&ash, vec![first]).await;
    app.settle().await;
    assert_eq!(distance(), 50_000);
    let second = bell.author.approve_named(programme, waits);
    app.push(&bell, vec![second]).await;
    app.settle().await;
    assert_eq!(distance(), 20_000);
}

#[tokio::test]
async fn what_does_not_hold_is_named_and_only_administrators_change() {
    let app = TestApp::start().await;
    let ada = app.person("ada", &[Role::Administrator]).await;
    let ash = app.person("ash", &[Role::Coordinator]).await;
    let fern = app.person("fern", &[Role::Field]).await;
    let stands = settings(&app, &ash).await.stands;
    let asked = |changes: Value, reason: &str| json!({"stands": stands, "changes": changes, "reason": reason});
    let good = asked(json!({"visit_years": 3}), "r");
    app.post("/api/programme", Some(&ash), &good)
        .await
        .is_problem(403, "not-allowed");
    app.get("/api/programme", Some(&fern))
        .await
        .is_problem(403, "not-allowed");
    for (changes, reason, field) in [
        (json!({"visit_years": 3}), "  ", "change_reason"),
        (json!({"hub_key": "00"}), "r", "hub_key"),
        (json!({"danger_distance": 1}), "r", "danger_distance"),
        (json!({"name": null}), "r", "name"),
        (json!({}), "r", "name"),
    ] {
        let reply = app
            .post("/api/programme", Some(&ada), &asked(changes, reason))
            .await;
        reply.is_problem(422, "invalid");
        assert!(reply.text().contains(field), "{}", reply.text());
    }
    let other = json!({"stands": "0".repeat(64), "changes": {"visit_years": 3}, "reason": "r"});
    app.post("/api/programme", Some(&ada), &other)
        .await
        .is_problem(409, "conflict");
}

#[tokio::test]
async fn of_changes_at_one_moment_one_stands_and_the_others_look_again() {
    let app = TestApp::start().await;
    let ada = app.person("ada", &[Role::Administrator]).await;
    let stands = settings(&app, &ada).await.stands;
    let asked = |distance: u32| json!({"stands": stands, "changes": {"danger_distance": distance}, "reason": "r"});
    let press = async |distance| {
        app.post("/api/programme", Some(&ada), &asked(distance))
            .await
    };
    let (a, b, c) = tokio::join!(press(60_000), press(70_000), press(80_000));
    let mut statuses = [a, b, c].map(|reply| reply.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    // And they can be changed again.
    change(&app, &ada, json!({"visit_years": 3})).await;
}

#[tokio::test]
async fn s5_a_longer_distance_is_on_the_map_at_once_and_a_shorter_one_when_it_is_approved() {
    let app = TestApp::start().await;
    let ada = app.person("ada", &[Role::Administrator]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let item = crate::support::bodies::item(crate::support::bodies::at(5, 5));
    let put = ash.author.put(
        safelane_ledger::testkit::record("i"),
        "explosive-ordnance/1",
        &[],
        &item,
    );
    app.push(&ash, vec![put]).await;
    let reach = async || {
        app.settle().await;
        app.app.board().read(|board| {
            let record = safelane_ledger::testkit::record("i");
            let known = board.get(record).unwrap();
            safelane_rules::features(&known.record, &board.world)[0].reach
        })
    };
    assert!((reach().await - 50.0).abs() < 1e-9);
    change(&app, &ada, json!({"danger_distance": 80_000})).await;
    assert!((reach().await - 80.0).abs() < 1e-9);
    // What is left out falls back to the usual distance, which is shorter.
    let left_out = change(&app, &ada, json!({"danger_distance": null})).await;
    assert!(left_out.waits);
    assert!((reach().await - 80.0).abs() < 1e-9);
    let now = settings(&app, &ada).await;
    let programme = (now.record, "programme/1");
    for judge in [&mut ash, &mut bell] {
        let approval = judge.author.approve_named(programme, now.waits.unwrap());
        app.push(judge, vec![approval]).await;
    }
    assert!((reach().await - 50.0).abs() < 1e-9);
}
