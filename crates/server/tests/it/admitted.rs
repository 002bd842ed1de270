//! What a coordinator lets in from outside the ledger: it gives nobody another person's word, and
//! nobody a right that only the hub gives.

use safelane_ledger::testkit::record;
use safelane_ledger::{RevisionId, Role, SignedRevision};
use safelane_model::Body;
use safelane_wire::desk::RecordDetail;
use serde_json::{Value, json};

use crate::support::bodies::{cells, hazard};
use crate::support::{Person, Reply, TestApp, answers};

async fn admit(app: &TestApp, by: &Person, revision: RevisionId) -> Reply {
    let path = format!("/api/held/{revision}/admit");
    app.post(&path, Some(by), &json!({})).await
}

async fn officials(app: &TestApp, reader: &Person, name: &str) -> Vec<RevisionId> {
    app.settle().await;
    let path = format!("/api/records/{}", record(name));
    let reply = app.get(&path, Some(reader)).await.ok();
    let detail: RecordDetail = serde_json::from_slice(&reply.bytes).unwrap();
    detail.officials
}

/// A hazardous area that stands, and Fern's smaller outline of it, which waits.
async fn smaller(app: &TestApp, fern: &mut Person, ben: &mut Person) -> [SignedRevision; 2] {
    let (kind, id) = ("hazardous-area/1", record("h"));
    let whole = (fern.author).put(id, kind, &[], &hazard(&cells(0, 0, 20, 20)));
    let part = (fern.author).put(id, kind, &[whole.id()], &hazard(&cells(0, 0, 9, 20)));
    app.push(fern, vec![whole.clone()]).await;
    let approval = ben.author.approve(&whole, &[]);
    app.push(ben, vec![approval]).await;
    app.push(fern, vec![part.clone()]).await;
    [whole, part]
}

#[tokio::test]
async fn s9_nobody_approves_in_anothers_name_whoever_admits_it() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ben = app.person("ben", &[Role::Coordinator]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let bell = app.person("bell", &[Role::Approver]).await;
    let [whole, part] = smaller(&app, &mut fern, &mut ben).await;

    // Ash signs as Bell on the device that is Ash's, and lets that in.
    let own = ash.author.person;
    ash.author.person = bell.author.person;
    let forged = ash.author.approve(&part, &[whole.id()]);
    ash.author.person = own;
    let answer = app.push(&ash, vec![forged.clone()]).await;
    assert_eq!(answers(&answer)[0]["reason"], "author-mismatch");
    for person in [&ash, &ben] {
        admit(&app, person, forged.id())
            .await
            .is_problem(403, "not-allowed");
    }
    let own = ash.author.approve(&part, &[whole.id()]);
    app.push(&ash, vec![own]).await;
    assert_eq!(officials(&app, &ash, "h").await, [whole.id()]);
}

#[tokio::test]
async fn s9_an_approval_of_a_revoked_device_counts_for_nothing_even_when_it_is_admitted() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ben = app.person("ben", &[Role::Coordinator]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let stone = app.person("stone", &[Role::Administrator]).await;
    let [whole, part] = smaller(&app, &mut fern, &mut ben).await;
    let path = format!("/api/devices/{}/revoke", bell.author.device);
    app.post(&path, Some(&stone), &json!({})).await.ok();
    // Whoever found it signs what its owner never saw.
    let found = bell.author.approve(&part, &[whole.id()]);
    let answer = app.push(&ash, vec![found.clone()]).await;
    assert_eq!(answers(&answer)[0]["reason"], "device-revoked");
    admit(&app, &ash, found.id()).await.ok();
    let own = ash.author.approve(&part, &[whole.id()]);
    app.push(&ash, vec![own]).await;
    assert_eq!(officials(&app, &ash, "h").await, [whole.id()]);
}

#[tokio::test]
async fn nobody_gives_roles_or_settings_but_the_hub_whoever_admits_and_approves_them() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut ben = app.person("ben", &[Role::Coordinator]).await;
    let bell = app.person("bell", &[Role::Approver]).await;
    let grant = Body::new()
        .with("person", ash.author.person.to_string())
        .with("roles", "coordinator,approver");
    let settings = Body::new()
        .with("name", "Another")
        .with("prefix", "X")
        .with("danger_distance", 5_000)
        .with("one_person_release", "yes");
    for (name, kind, body) in [
        ("grant", "grant/1", &grant),
        ("set", "programme/1", &settings),
    ] {
        let body = Value::from(body.0.clone()).to_string();
        let put = ash.author.put(record(name), kind, &[], &body);
        let answer = app.push(&ash, vec![put.clone()]).await;
        assert_eq!(answers(&answer)[0]["reason"], "author-without-right");
        admit(&app, &ben, put.id()).await.ok();
        let approval = ben.author.approve(&put, &[]);
        app.push(&ben, vec![approval]).await;
        app.settle().await;
        let history = app.app.store().record(record(name)).await.unwrap().unwrap();
        assert_eq!(history.officials, [], "{name}");
    }
    let settings = app.app.board().settings();
    assert_eq!(settings.rules.danger_distance_mm, 50_000);
    assert!(!settings.rules.one_person_release);
    drop(bell);
}
