//! People: who may make them, the link, roles, the last administrator.

use safelane_ledger::Role;
use safelane_store::{Accounts as _, People as _};
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn an_administrator_adds_a_person_who_signs_in_by_the_link() {
    let app = TestApp::start().await;
    let stone = app.person("stone", &[Role::Administrator]).await;
    let fern = app.person("fern", &[Role::Field]).await;
    let new = json!({"name": "moss", "display": "Moss", "roles": ["coordinator"]});
    app.post("/api/people", Some(&fern), &new)
        .await
        .is_problem(403, "not-allowed");
    let invite = app
        .post("/api/people", Some(&stone), &new)
        .await
        .ok()
        .json();
    let token = invite["path"]
        .as_str()
        .unwrap()
        .strip_prefix("/sign-in#invite=")
        .unwrap()
        .to_owned();
    let list = app.get("/api/people", Some(&stone)).await.ok().json();
    let moss = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "moss")
        .unwrap();
    assert_eq!(
        (&moss["invited"], &moss["roles"]),
        (&json!(true), &json!(["coordinator"]))
    );
    let taken = json!({"token": token, "password": "under the mango tree"});
    app.post("/api/invite", None, &taken).await.ok();
    app.post("/api/people", Some(&stone), &new)
        .await
        .is_problem(409, "conflict");
}

#[tokio::test]
async fn no_request_gives_the_hubs_role_and_the_last_administrator_stays() {
    let app = TestApp::start().await;
    let stone = app.person("stone", &[Role::Administrator]).await;
    let hub = json!({"name": "moss", "display": "Moss", "roles": ["hub"]});
    app.post("/api/people", Some(&stone), &hub)
        .await
        .is_problem(422, "invalid");
    let own = format!("/api/people/{}/roles", stone.author.person);
    app.post(&own, Some(&stone), &json!({"roles": ["viewer"]}))
        .await
        .is_problem(409, "conflict");
    let fern = app.person("fern", &[Role::Field]).await;
    let path = format!("/api/people/{}/roles", fern.author.person);
    app.post(
        &path,
        Some(&stone),
        &json!({"roles": ["field", "coordinator"]}),
    )
    .await
    .ok();
    let rights = app.store.rights(fern.author.person).await.unwrap();
    assert!(rights.roles.contains(&Role::Coordinator));
    let reset = format!("/api/people/{}/reset", fern.author.person);
    app.post(&reset, Some(&stone), &json!({})).await.ok();
    app.get("/api/session", Some(&fern))
        .await
        .is_problem(401, "sign-in-needed");
    assert!(
        app.store
            .account(fern.author.person)
            .await
            .unwrap()
            .is_some()
    );
}
