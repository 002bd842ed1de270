//! Signing in, by password and by a link, and what ends a session.

use axum::http::header;
use safelane_ledger::Role;
use safelane_store::{AccountChange, Accounts as _, Invite, SecretHash};
use serde_json::json;

use crate::support::{Person, TestApp, request};

const PASSWORD: &str = "under the mango tree";

async fn with_password(app: &TestApp, name: &str) -> Person {
    let person = app.person(name, &[Role::Field]).await;
    let change = AccountChange {
        password: Some(Some(safelane_server::hash_password(PASSWORD).unwrap())),
        ..Default::default()
    };
    app.store
        .change_account(person.author.person, change)
        .await
        .unwrap();
    person
}

#[tokio::test]
async fn the_right_password_opens_a_session_and_signing_out_ends_it() {
    let app = TestApp::start().await;
    with_password(&app, "fern").await;
    let reply = app
        .post(
            "/api/session",
            None,
            &json!({"name": "FERN", "password": PASSWORD}),
        )
        .await
        .ok();
    assert_eq!(reply.json()["display_name"], "fern of the test");
    assert_eq!(reply.json()["programme"]["prefix"], "TP");
    let cookie = reply.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let person = Person {
        author: safelane_ledger::testkit::Author::new("fern"),
        cookie: cookie.split(';').next().unwrap().to_owned(),
    };
    app.get("/api/session", Some(&person)).await.ok();
    let out = request(
        axum::http::Method::DELETE,
        "/api/session",
        Some(&person),
        None,
    );
    app.send(out).await.ok();
    app.get("/api/session", Some(&person))
        .await
        .is_problem(401, "sign-in-needed");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_read_the_same_and_are_slowed() {
    let app = TestApp::start().await;
    with_password(&app, "fern").await;
    let wrong = app
        .post(
            "/api/session",
            None,
            &json!({"name": "fern", "password": "x"}),
        )
        .await;
    let unknown = app
        .post(
            "/api/session",
            None,
            &json!({"name": "nobody", "password": "x"}),
        )
        .await;
    wrong.is_problem(401, "wrong-password");
    assert_eq!(wrong.json(), unknown.json());
    let long = "x".repeat(2_000);
    app.post(
        "/api/session",
        None,
        &json!({"name": "fern", "password": long}),
    )
    .await
    .is_problem(401, "wrong-password");
    for _ in 0..8 {
        app.post(
            "/api/session",
            None,
            &json!({"name": "fern", "password": "x"}),
        )
        .await;
    }
    app.post(
        "/api/session",
        None,
        &json!({"name": "fern", "password": PASSWORD}),
    )
    .await
    .is_problem(429, "too-many-requests");
    app.pass(60);
    app.post(
        "/api/session",
        None,
        &json!({"name": "fern", "password": PASSWORD}),
    )
    .await
    .ok();
}

#[tokio::test]
async fn a_session_runs_out() {
    let app = TestApp::start().await;
    let person = app.person("fern", &[Role::Field]).await;
    app.get("/api/session", Some(&person)).await.ok();
    app.pass(2 * 86_400);
    app.get("/api/session", Some(&person))
        .await
        .is_problem(401, "sign-in-needed");
}

#[tokio::test]
async fn a_link_works_once_and_not_with_a_weak_password() {
    let app = TestApp::start().await;
    let person = app.person("fern", &[Role::Field]).await;
    let invite = Invite {
        token: SecretHash::of(b"link"),
        person: person.author.person,
        expires: app.app.after(3_600),
    };
    app.store.put_invite(&invite).await.unwrap();
    let weak = app
        .post(
            "/api/invite",
            None,
            &json!({"token": "link", "password": "1234567890"}),
        )
        .await;
    weak.is_problem(422, "invalid");
    assert_eq!(weak.json()["fields"][0]["field"], "password");
    app.post(
        "/api/invite",
        None,
        &json!({"token": "link", "password": PASSWORD}),
    )
    .await
    .ok();
    app.post(
        "/api/invite",
        None,
        &json!({"token": "link", "password": PASSWORD}),
    )
    .await
    .is_problem(410, "invite-used");
    // The session from before the link is over.
    app.get("/api/session", Some(&person))
        .await
        .is_problem(401, "sign-in-needed");
    app.post(
        "/api/session",
        None,
        &json!({"name": "fern", "password": PASSWORD}),
    )
    .await
    .ok();
}

#[tokio::test]
async fn malformed_json_and_unknown_fields_are_refused() {
    let app = TestApp::start().await;
    let reply = app
        .post(
            "/api/session",
            None,
            &json!({"name": "fern", "password": "x", "admin": true}),
        )
        .await;
    reply.is_problem(400, "bad-request");
    let mut asked = request(
        axum::http::Method::POST,
        "/api/session",
        None,
        Some(&json!({})),
    );
    *asked.body_mut() = axum::body::Body::from("{\"name\":");
    app.send(asked).await.is_problem(400, "bad-request");
    let mut asked = request(
        axum::http::Method::POST,
        "/api/session",
        None,
        Some(&json!({})),
    );
    *asked.body_mut() = axum::body::Body::from(vec![b' '; 100_000]);
    app.send(asked).await.is_problem(413, "too-large");
}

#[tokio::test]
async fn the_sign_in_page_tells_a_stranger_no_more_than_the_name() {
    let app = TestApp::start().await;
    app.settle().await;
    let page = app.get("/api/sign-in", None).await.ok().json();
    assert_eq!(
        page,
        json!({"name": "Test programme", "demo": false, "older": false, "secure": false})
    );
    let app = TestApp::demo().await;
    app.settle().await;
    let page = app.get("/api/sign-in", None).await.ok().json();
    assert_eq!(
        (&page["demo"], &page["sign_ins"]["password"]),
        (&json!(true), &json!("demo"))
    );
}
