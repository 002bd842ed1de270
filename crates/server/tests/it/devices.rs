//! Enrolling a key, proving it, and what a device's session opens.

use axum::http::header;
use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Challenge, DeviceId, Document as _, Enrolment, Role, SignedText};
use safelane_store::{DeviceState, People as _};
use serde_json::json;
use uuid::Uuid;

use crate::support::bodies::{cells, hazard};
use crate::support::{Person, TestApp, answers};

fn enrolment(app: &TestApp, person: &Person, key: &Author, device: u8) -> Enrolment {
    Enrolment {
        ledger: app.app.ledger(),
        hub: app.hub,
        device: DeviceId::new(Uuid::from_bytes([device; 16])),
        person: person.author.person,
        key: key.public_key(),
        at: key.at,
    }
}

#[tokio::test]
async fn a_new_key_is_enrolled_in_the_ledger_and_its_work_is_received() {
    let app = TestApp::start().await;
    let fern = app.person("fern", &[Role::Field]).await;
    let mut tablet = Author::new("tablet");
    let asked = enrolment(&app, &fern, &tablet, 4);
    let text = asked.sign(tablet.signing_key()).unwrap();
    let body = json!({"enrolment": text, "label": "Tablet 7"});
    let enrolled = app
        .post("/api/devices/enrol", Some(&fern), &body)
        .await
        .ok()
        .json();
    assert_eq!(enrolled["device"], json!(asked.device));
    let known = app.store.device(asked.device).await.unwrap().unwrap();
    assert_eq!(
        (known.label.as_str(), known.state),
        ("Tablet 7", DeviceState::Active)
    );
    // Asking again for the same changes nothing.
    app.post("/api/devices/enrol", Some(&fern), &body)
        .await
        .ok();

    (tablet.person, tablet.device) = (fern.author.person, asked.device);
    let signed = tablet.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    assert_eq!(
        answers(&app.push(&fern, vec![signed]).await)[0]["answer"],
        "received"
    );
}

#[tokio::test]
async fn a_weak_key_a_foreign_signature_and_another_person_are_refused() {
    let app = TestApp::start().await;
    let fern = app.person("fern", &[Role::Field]).await;
    let reed = app.person("reed", &[Role::Field]).await;
    let key = Author::new("tablet");
    let good = enrolment(&app, &fern, &key, 4);
    let send = async |text: SignedText| {
        let body = json!({"enrolment": text, "label": ""});
        app.post("/api/devices/enrol", Some(&fern), &body).await
    };
    // The neutral point: every message has a signature under it.
    let weak = format!("01{}", "00".repeat(31));
    let mut text = good.sign(key.signing_key()).unwrap();
    text.bytes = text.bytes.replace(&key.public_key().to_string(), &weak);
    let reply = send(text).await;
    reply.is_problem(401, "proof-failed");
    assert!(reply.text().contains("weak"));

    let foreign = good.sign(Author::new("other").signing_key()).unwrap();
    send(foreign).await.is_problem(401, "proof-failed");
    let theirs = enrolment(&app, &reed, &key, 4)
        .sign(key.signing_key())
        .unwrap();
    send(theirs).await.is_problem(401, "proof-failed");
    assert!(app.store.device(good.device).await.unwrap().is_none());
}

#[tokio::test]
async fn a_device_proves_itself_without_a_password_and_may_then_send_but_not_read() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let asked = json!({"device": fern.author.device});
    let challenge = app
        .post("/api/devices/challenge", None, &asked)
        .await
        .ok()
        .json();
    let bytes = challenge["bytes"].as_str().unwrap();
    let document: Challenge = serde_json::from_str(bytes).unwrap();
    let proof = document.sign(fern.author.signing_key()).unwrap();
    assert_eq!(proof.bytes, bytes, "signed as it stands");
    let reply = app
        .post("/api/devices/prove", None, &json!({"challenge": proof}))
        .await
        .ok();
    assert_eq!(reply.json()["level"], "device");
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    fern.cookie = cookie.split(';').next().unwrap().to_owned();

    let signed = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    assert_eq!(
        answers(&app.push(&fern, vec![signed]).await)[0]["answer"],
        "received"
    );
    app.get("/api/sync/pull?after=0", Some(&fern))
        .await
        .is_problem(401, "password-needed");
    app.get("/api/records", Some(&fern))
        .await
        .is_problem(401, "password-needed");
    // A challenge is answered once.
    app.post("/api/devices/prove", None, &json!({"challenge": proof}))
        .await
        .is_problem(401, "proof-failed");
}

#[tokio::test]
async fn a_challenge_runs_out_and_another_key_does_not_answer_it() {
    let app = TestApp::start().await;
    let fern = app.person("fern", &[Role::Field]).await;
    let asked = json!({"device": fern.author.device});
    let ask = async || {
        let challenge = app
            .post("/api/devices/challenge", None, &asked)
            .await
            .ok()
            .json();
        serde_json::from_str::<Challenge>(challenge["bytes"].as_str().unwrap()).unwrap()
    };
    let wrong = ask()
        .await
        .sign(Author::new("other").signing_key())
        .unwrap();
    app.post("/api/devices/prove", None, &json!({"challenge": wrong}))
        .await
        .is_problem(401, "proof-failed");
    let late = ask().await.sign(fern.author.signing_key()).unwrap();
    app.pass(600);
    app.post("/api/devices/prove", None, &json!({"challenge": late}))
        .await
        .is_problem(401, "proof-failed");
}
