//! Reports entered from paper: whose they are, who entered them, the photo of the sheet.

use axum::http::{Method, StatusCode};
use safelane_ledger::testkit::record;
use safelane_ledger::{Digest, RecordId, Role, SignedRevision};
use safelane_model::paper::key;
use safelane_wire::desk::{Page, RecordDetail, Reporter, ReviewDetail};
use serde_json::{Value, json};

use crate::support::bodies::{cells, hazard};
use crate::support::{Person, TestApp, request};

/// Bytes that begin like a JPEG.
const SHEET: &[u8] = b"\xff\xd8\xff\xe0 a sheet of paper";

/// Ash enters Reed's sheet.
fn sheet(entered_by: &Person, reported_by: &Person) -> String {
    let mut body: Value = serde_json::from_str(&hazard(&cells(0, 0, 20, 20))).unwrap();
    body[key::paper] = json!("photographed");
    body[key::entered_by] = json!(entered_by.author.person);
    body[key::reported_by_person] = json!(reported_by.author.person);
    body[key::sheet] =
        json!([{"sha256": Digest::of(SHEET), "bytes": SHEET.len(), "type": "image/jpeg"}]);
    body.to_string()
}

async fn review(app: &TestApp, reader: &Person, of: &SignedRevision) -> ReviewDetail {
    let path = format!("/api/review/{}", of.id());
    let reply = app.get(&path, Some(reader)).await.ok();
    serde_json::from_slice(&reply.bytes).unwrap()
}

#[tokio::test]
async fn a_sheet_is_shown_with_its_people_and_photo_and_neither_of_them_approves_it() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut reed = app.person("reed", &[Role::Field, Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let body = sheet(&ash, &reed);
    let put = ash.author.put(record("h"), "hazardous-area/1", &[], &body);
    app.push(&ash, vec![put.clone()]).await;
    let media = format!("/api/media/{}", Digest::of(SHEET));
    let mut upload = request(Method::PUT, &media, Some(&ash), None);
    *upload.body_mut() = axum::body::Body::from(SHEET);
    assert_eq!(app.send(upload).await.status, StatusCode::OK);
    app.settle().await;

    let seen = review(&app, &bell, &put).await;
    let name =
        |person: &Person| seen.record.names[&RecordId::new(person.author.person.uuid())].clone();
    assert_eq!(
        (name(&ash), name(&reed)),
        ("ash of the test".to_owned(), "reed of the test".to_owned())
    );
    assert_eq!(seen.item.photos, (1, 1));
    assert_eq!(seen.item.may_approve, Ok(()));
    assert_eq!(app.get(&media, Some(&bell)).await.ok().bytes, SHEET);
    for (person, why) in [(&ash, "author"), (&reed, "named")] {
        let said = review(&app, person, &put).await.item.may_approve;
        assert_eq!(said, Err(why.to_owned()));
    }

    // Signed all the same, by somebody else's program: neither approval counts.
    for person in [&mut ash, &mut reed] {
        let approval = person.author.approve(&put, &[]);
        app.push(person, vec![approval]).await;
    }
    app.settle().await;
    assert_eq!(officials(&app, &bell).await, []);
    let approval = bell.author.approve(&put, &[]);
    app.push(&bell, vec![approval]).await;
    app.settle().await;
    assert_eq!(officials(&app, &bell).await, [put.id()]);
}

#[tokio::test]
async fn a_correction_without_the_names_lets_nobody_approve_their_own_sheet() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut reed = app.person("reed", &[Role::Field, Role::Coordinator]).await;
    let mut cora = app.person("cora", &[Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let body = sheet(&ash, &reed);
    let put = ash.author.put(record("h"), "hazardous-area/1", &[], &body);
    let body = hazard(&cells(0, 0, 20, 20));
    let nameless = (cora.author).put(record("h"), "hazardous-area/1", &[put.id()], &body);
    app.push(&ash, vec![put]).await;
    app.push(&cora, vec![nameless.clone()]).await;
    app.settle().await;
    for (person, why) in [(&cora, "author"), (&reed, "named"), (&ash, "named")] {
        let said = review(&app, person, &nameless).await.item.may_approve;
        assert_eq!(said, Err(why.to_owned()));
    }
    for person in [&mut reed, &mut ash] {
        let approval = person.author.approve(&nameless, &[]);
        app.push(person, vec![approval]).await;
    }
    app.settle().await;
    assert_eq!(officials(&app, &bell).await, []);
    let approval = bell.author.approve(&nameless, &[]);
    app.push(&bell, vec![approval]).await;
    app.settle().await;
    assert_eq!(officials(&app, &bell).await, [nameless.id()]);
}

async fn officials(app: &TestApp, reader: &Person) -> Vec<safelane_ledger::RevisionId> {
    let path = format!("/api/records/{}", record("h"));
    let reply = app.get(&path, Some(reader)).await.ok();
    let detail: RecordDetail = serde_json::from_slice(&reply.bytes).unwrap();
    detail.officials
}

#[tokio::test]
async fn a_sheet_without_a_word_about_its_photo_or_in_anothers_name_is_returned() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let reed = app.person("reed", &[Role::Field]).await;
    let mut without: Value = serde_json::from_str(&sheet(&ash, &reed)).unwrap();
    without.as_object_mut().unwrap().remove(key::sheet);
    let in_anothers_name = sheet(&reed, &reed);
    for (name, body, problem) in [
        (
            "h",
            without.to_string(),
            (key::sheet, "sheet-without-photo"),
        ),
        (
            "i",
            in_anothers_name,
            (key::entered_by, "entered-by-another"),
        ),
    ] {
        let put = ash.author.put(record(name), "hazardous-area/1", &[], &body);
        app.push(&ash, vec![put]).await;
        app.settle().await;
        let path = format!("/api/records/{}", record(name));
        let reply = app.get(&path, Some(&ash)).await.ok();
        let detail: RecordDetail = serde_json::from_slice(&reply.bytes).unwrap();
        assert_eq!(detail.statements[0].status, "returned");
        let said = &detail.statements[0].judgements[0].body["problems"][0];
        assert_eq!(
            (&said["field"], &said["key"]),
            (&json!(problem.0), &json!(problem.1))
        );
    }
}

#[tokio::test]
async fn whoever_states_reports_may_choose_whose_sheet_it_is_in_their_own_organisation() {
    let app = TestApp::start().await;
    let [north, south] = ["north", "south"].map(record);
    let ash = app.person("ash", &[Role::Coordinator]).await;
    let fern = app.member("fern", &[Role::Field], Some(north), None).await;
    app.member("reed", &[Role::Field], Some(north), None).await;
    app.member("rowan", &[Role::Field], Some(south), None).await;
    let viewer = app.person("gull", &[Role::Viewer]).await;
    let names = async |person: &Person| {
        let reply = app.get("/api/reporters", Some(person)).await.ok();
        let page: Page<Reporter> = serde_json::from_slice(&reply.bytes).unwrap();
        page.items
            .into_iter()
            .map(|one| one.display.replace(" of the test", ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&ash).await, ["ash", "fern", "reed", "rowan"]);
    assert_eq!(names(&fern).await, ["fern", "reed"]);
    app.get("/api/reporters", Some(&viewer))
        .await
        .is_problem(403, "not-allowed");
}
