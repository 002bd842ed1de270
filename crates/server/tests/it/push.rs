//! The four answers of push, one bad input at a time.

use safelane_geometry::{MultiPolygon, Shape};
use safelane_ledger::testkit::record;
use safelane_ledger::{
    HeldReceipt, Receipt, RevisionId, Role, SignedRevision, Submission, SubmissionId, Tier,
};
use safelane_model::{Body, Ground, How};
use safelane_store::{LedgerLog as _, RecordViews as _, Standing};
use serde_json::json;

use crate::support::bodies::{accident, at, cells, completion, hazard, item, ring};
use crate::support::{TestApp, answers};

async fn standing(app: &TestApp, name: &str) -> Option<Standing> {
    let summary = app.store.record(record(name)).await.unwrap();
    summary.map(|summary| summary.standing)
}

#[tokio::test]
async fn a_sound_revision_is_received_with_a_signed_receipt_and_a_reference() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let signed = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    let answer = app.push(&fern, vec![signed.clone()]).await;
    let receipt: Receipt = answer
        .receipt
        .as_ref()
        .unwrap()
        .open(&app.app.hub_key())
        .unwrap();
    assert_eq!(receipt.leaves.len(), 1);
    assert_eq!(receipt.leaves[0].id, signed.id());
    assert_eq!(receipt.point(), app.store.point().await.unwrap());
    let first = serde_json::to_value(&answer.answers[0].answer).unwrap();
    assert_eq!(first["answer"], "received");
    assert_eq!(first["reference"], "TP-0001");
    assert_eq!(standing(&app, "h").await, Some(Standing::Reported));

    let again = app.push(&fern, vec![signed]).await;
    assert_eq!(
        serde_json::to_value(&again.answers[0].answer).unwrap()["answer"],
        "duplicate"
    );
    let second: Receipt = again.receipt.unwrap().open(&app.app.hub_key()).unwrap();
    assert_eq!(second.leaves, receipt.leaves);
}

fn refused(reason: &str) -> serde_json::Value {
    json!({"answer": "refused", "reason": reason})
}

fn held(reason: &str) -> serde_json::Value {
    json!({"answer": "held", "reason": reason})
}

#[tokio::test]
async fn what_is_no_revision_is_refused_and_leaves_no_trace() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let before = app.store.point().await.unwrap();
    let good = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    let change = |edit: &dyn Fn(&mut SignedRevision)| {
        let mut bad = good.clone();
        edit(&mut bad);
        bad
    };
    let mut stranger = safelane_ledger::testkit::Author::new("stranger");
    let unknown = stranger.put(record("h"), "hazardous-area/1", &[], "{}");
    let mut foreigner = safelane_ledger::testkit::Author::new("fern");
    foreigner.ledger = safelane_ledger::LedgerId::new(uuid::Uuid::from_bytes([3; 16]));
    let foreign = foreigner.put(record("h"), "hazardous-area/1", &[], "{}");
    foreigner.ledger = safelane_ledger::LedgerId::demo([3; 16]);
    let made_up = foreigner.put(record("h"), "hazardous-area/1", &[], "{}");
    let cases = [
        (change(&|bad| bad.bytes.insert(0, b' ')), "not-canonical"),
        (change(&|bad| bad.bytes = b"{}".to_vec()), "malformed"),
        (
            change(&|bad| {
                bad.bodies.insert(Tier::T1, b"{\"salt\":\"00\"}".to_vec());
            }),
            "body-mismatch",
        ),
        (
            change(&|bad| _ = bad.bodies.remove(&Tier::T1)),
            "body-missing",
        ),
        (
            change(&|bad| bad.signature = safelane_ledger::Signature::from_bytes([1; 64])),
            "bad-signature",
        ),
        (change(&|bad| bad.bytes = vec![b'x'; 10_000]), "too-large"),
        (unknown, "unknown-device"),
        (foreign, "wrong-ledger"),
        (made_up, "demo-mismatch"),
    ];
    for (bad, reason) in cases {
        let answer = app.push(&fern, vec![bad]).await;
        assert_eq!(answers(&answer), [refused(reason)]);
        assert!(answer.receipt.is_none());
    }
    assert_eq!(app.store.point().await.unwrap(), before);
    // What was refused beside it does not touch what is sound.
    let mixed = app
        .push(&fern, vec![change(&|bad| bad.bytes.insert(0, b' ')), good])
        .await;
    assert_eq!(answers(&mixed)[0], refused("not-canonical"));
    assert_eq!(answers(&mixed)[1]["answer"], "received");
}

#[tokio::test]
async fn a_demo_takes_nothing_of_a_real_programme() {
    let app = TestApp::demo().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let before = app.store.point().await.unwrap();
    fern.author.ledger = safelane_ledger::testkit::ledger();
    let real = fern.author.put(record("h"), "hazardous-area/1", &[], "{}");
    let answer = app.push(&fern, vec![real]).await;
    assert_eq!(answers(&answer), [refused("demo-mismatch")]);
    assert_eq!(app.store.point().await.unwrap(), before);
}

#[tokio::test]
async fn a_programme_without_a_demo_cannot_be_begun_afresh() {
    for app in [TestApp::start().await, TestApp::demo().await] {
        let stone = app.person("stone", &[Role::Administrator]).await;
        let nothing = json!({});
        let asked = app.post("/api/demo/afresh", Some(&stone), &nothing);
        asked.await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn without_the_right_it_is_held_with_a_signed_word_and_a_coordinator_may_admit_it() {
    let app = TestApp::start().await;
    let mut viewer = app.person("viewer", &[Role::Viewer]).await;
    let ash = app.person("ash", &[Role::Coordinator]).await;
    let signed = viewer.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    let answer = app.push(&viewer, vec![signed.clone()]).await;
    assert_eq!(answers(&answer), [held("author-without-right")]);
    let word: HeldReceipt = answer.answers[0]
        .held_receipt
        .as_ref()
        .unwrap()
        .open(&app.app.hub_key())
        .unwrap();
    assert_eq!(word.id, signed.id());
    assert_eq!(standing(&app, "h").await, None);

    let list = app.get("/api/held", Some(&ash)).await.ok().json();
    assert_eq!(list["items"][0]["reason"], "author-without-right");
    let path = format!("/api/held/{}/admit", signed.id());
    app.post(&path, Some(&viewer), &json!({}))
        .await
        .is_problem(403, "not-allowed");
    app.post(&path, Some(&ash), &json!({})).await.ok();
    assert_eq!(standing(&app, "h").await, Some(Standing::Reported));
}

#[tokio::test]
async fn a_revoked_device_a_fork_and_a_foreign_name_are_held() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut reed = app.person("reed", &[Role::Field]).await;
    let body = hazard(&cells(0, 0, 9, 9));
    let first = fern.author.put(record("a"), "hazardous-area/1", &[], &body);
    app.push(&fern, vec![first.clone()]).await;
    fern.author.rewind(&first);
    let fork = fern.author.put(record("b"), "hazardous-area/1", &[], &body);
    assert_eq!(answers(&app.push(&fern, vec![fork]).await), [held("fork")]);
    let after = fern.author.put(record("c"), "hazardous-area/1", &[], &body);
    assert_eq!(
        answers(&app.push(&fern, vec![after]).await)[0]["answer"],
        "held"
    );

    let person = reed.author.person;
    reed.author.person = fern.author.person;
    let mismatch = reed.author.put(record("d"), "hazardous-area/1", &[], &body);
    assert_eq!(
        answers(&app.push(&reed, vec![mismatch]).await),
        [held("author-mismatch")]
    );
    reed.author.person = person;

    let stone = app.person("stone", &[Role::Administrator]).await;
    let path = format!("/api/devices/{}/revoke", reed.author.device);
    app.post(&path, Some(&stone), &json!({})).await.ok();
    let late = reed.author.put(record("e"), "hazardous-area/1", &[], &body);
    // The revoked person's sessions have ended; another session may carry the work in.
    let answer = app.push(&stone, vec![late]).await;
    assert_eq!(answers(&answer), [held("device-revoked")]);
}

#[tokio::test]
async fn a_body_that_fails_validation_is_received_and_returned_at_once() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let crossing = ring(&[(0, 0), (9, 9), (9, 0), (0, 9)]);
    let flat = ring(&[(0, 0), (5, 0), (9, 0)]);
    let cases = [
        hazard(&crossing),
        hazard(&flat),
        hazard(&ring(&[])),
        r#"{"classification":"sha"}"#.to_owned(),
        r#"{"classification":"volcano","contamination":["ap-mine"],"status":"open"}"#.to_owned(),
    ];
    for (index, body) in cases.iter().enumerate() {
        let name = format!("bad {index}");
        let signed = fern
            .author
            .put(record(&name), "hazardous-area/1", &[], body);
        let answer = app.push(&fern, vec![signed]).await;
        assert_eq!(answers(&answer)[0]["answer"], "received", "{body}");
        assert_eq!(
            standing(&app, &name).await,
            Some(Standing::Returned),
            "{body}"
        );
    }
    app.settle().await;
    let path = format!("/api/records/{}", record("bad 0"));
    let detail = app.get(&path, Some(&fern)).await.ok().json();
    let judgement = &detail["statements"][0]["judgements"][0];
    assert_eq!(
        (&judgement["act"], &judgement["by_hub"]),
        (&json!("return"), &json!(true))
    );
    assert_eq!(judgement["body"]["problems"][0]["key"], "outline-crosses");
    assert_eq!(judgement["body"]["problems"][0]["field"], "ground");
}

#[tokio::test]
async fn ground_far_from_the_programme_is_asked_about_and_ground_on_no_map_is_returned() {
    let app = TestApp::start().await;
    let mut area = Body::new()
        .with("name", "Test programme")
        .with("prefix", "TP")
        .with("hub_name", "test")
        .with("hub_key", "00")
        .with("demo", "no");
    area.set_ground("area", &cells(-100, -100, 100, 100));
    app.hub_states(record("programme"), "programme", &area)
        .await;
    app.settle().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let near = hazard(&cells(0, 0, 9, 9));
    let corners = |text: &str| near.replace("[184000000,438000000]", text);
    let swapped: Vec<_> = [(0, 0), (9, 0), (9, 9), (0, 9)]
        .map(|(x, y)| at(x, y).swapped().unwrap())
        .into();
    let swapped = hazard(&Ground::new(
        Shape::polygons(MultiPolygon::from_ring(swapped.into_iter().collect())),
        How::Typed,
    ));
    let cases = [
        ("near", near.clone(), Standing::Reported),
        (
            "far",
            hazard(&cells(20_000, 0, 20_009, 9)),
            Standing::Reported,
        ),
        ("swapped", swapped, Standing::Reported),
        (
            "off the map",
            corners("[1840000000,438000000]"),
            Standing::Returned,
        ),
        (
            "beyond the pole",
            corners("[184000000,938000000]"),
            Standing::Returned,
        ),
    ];
    for (name, body, wanted) in cases {
        assert!(name == "near" || body != near, "{name}");
        let put = fern
            .author
            .put(record(name), "hazardous-area/1", &[], &body);
        let answer = app.push(&fern, vec![put]).await;
        assert_eq!(answers(&answer)[0]["answer"], "received", "{name}");
        assert_eq!(standing(&app, name).await, Some(wanted), "{name}");
    }
}

#[tokio::test]
async fn a_field_that_this_program_does_not_know_is_kept_as_it_was_signed() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut body: serde_json::Value = serde_json::from_str(&hazard(&cells(0, 0, 9, 9))).unwrap();
    body["slope_of_the_future"] = json!(["steep", 3]);
    let put = fern
        .author
        .put(record("h"), "hazardous-area/1", &[], &body.to_string());
    app.push(&fern, vec![put]).await;
    assert_eq!(standing(&app, "h").await, Some(Standing::Reported));
    app.settle().await;
    let path = format!("/api/records/{}", record("h"));
    let detail = app.get(&path, Some(&fern)).await.ok().json();
    assert_eq!(
        detail["statements"][0]["body"]["slope_of_the_future"],
        json!(["steep", 3])
    );
}

#[tokio::test]
async fn an_accident_goes_through_with_what_and_roughly_where() {
    let app = TestApp::start().await;
    let mut dale = app.person("dale", &[Role::Field]).await;
    let signed = dale.author.put(
        record("a"),
        "accident/1",
        &[],
        &accident(crate::support::bodies::at(1, 1)),
    );
    app.push(&dale, vec![signed]).await;
    assert_eq!(standing(&app, "a").await, Some(Standing::Reported));
}

#[tokio::test]
async fn an_unknown_parent_a_newer_kind_and_a_strange_clock_are_received() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let nowhere = RevisionId::from_bytes([7; 32]);
    let waiting = fern.author.put(
        record("a"),
        "hazardous-area/1",
        &[nowhere],
        &hazard(&cells(0, 0, 9, 9)),
    );
    let newer = fern
        .author
        .put(record("b"), "drone-survey/1", &[], r#"{"height":120}"#);
    fern.author.at = safelane_ledger::AuthorTime::from_unix(1_451_606_400).unwrap();
    let from_2016 = fern.author.put(
        record("c"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    fern.author.at = safelane_ledger::AuthorTime::from_unix(2_082_758_400).unwrap();
    let from_2036 = fern.author.put(
        record("d"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    let answer = app
        .push(&fern, vec![waiting, newer, from_2016, from_2036])
        .await;
    assert!(
        answers(&answer)
            .iter()
            .all(|one| one["answer"] == "received"),
        "{:?}",
        answers(&answer)
    );
}

#[tokio::test]
async fn a_part_of_a_submission_cannot_be_approved_alone_and_a_return_takes_the_rest_with_it() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let submission = Submission {
        id: SubmissionId::new(uuid::Uuid::from_bytes([8; 16])),
        count: 2,
    };
    let at = crate::support::bodies::at(3, 3);
    let hazard_body = hazard(&cells(0, 0, 9, 9));
    let one = fern.author.put_in(
        submission,
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard_body,
    );
    let two = fern.author.put_in(
        submission,
        record("i"),
        "explosive-ordnance/1",
        &[],
        &item(at),
    );
    app.push(&fern, vec![one.clone()]).await;
    let early = ash.author.approve(&one, &[]);
    assert_eq!(
        answers(&app.push(&ash, vec![early.clone()]).await),
        [refused("part-of-submission")]
    );
    ash.author.rewind(&early);
    app.push(&fern, vec![two.clone()]).await;
    let both = vec![ash.author.approve(&one, &[]), ash.author.approve(&two, &[])];
    let answer = app.push(&ash, both).await;
    assert!(
        answers(&answer)
            .iter()
            .all(|one| one["answer"] == "received")
    );
    assert_eq!(standing(&app, "h").await, Some(Standing::Official));
    assert_eq!(standing(&app, "i").await, Some(Standing::Official));

    let again = Submission {
        id: SubmissionId::new(uuid::Uuid::from_bytes([9; 16])),
        count: 2,
    };
    let three = fern
        .author
        .put_in(again, record("j"), "hazardous-area/1", &[], &hazard_body);
    let four = fern
        .author
        .put_in(again, record("k"), "explosive-ordnance/1", &[], &item(at));
    app.push(&fern, vec![three.clone(), four]).await;
    let back = ash.author.send_back(&three);
    app.push(&ash, vec![back]).await;
    assert_eq!(standing(&app, "j").await, Some(Standing::Returned));
    assert_eq!(standing(&app, "k").await, Some(Standing::Returned));
}

/// After a restore an approval may come before what it approves: it keeps its first answer.
#[tokio::test]
async fn an_approval_that_is_kept_is_not_refused_when_it_comes_again() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut wren = app.person("wren", &[Role::Field]).await;
    let submission = Submission {
        id: SubmissionId::new(uuid::Uuid::from_bytes([8; 16])),
        count: 2,
    };
    let body = hazard(&cells(0, 0, 9, 9));
    let part = fern
        .author
        .put_in(submission, record("h"), "hazardous-area/1", &[], &body);
    let approval = wren.author.approve(&part, &[]);
    let first = answers(&app.push(&wren, vec![approval.clone()]).await);
    assert_eq!(first[0]["answer"], "held", "{first:?}");
    app.push(&fern, vec![part]).await;
    let again = answers(&app.push(&wren, vec![approval]).await);
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_completion_takes_two_people_one_with_the_release_right() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let area = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 20, 20)),
    );
    let done = fern.author.put(
        record("c"),
        "clearance/1",
        &[],
        &completion(record("h"), &cells(0, 0, 10, 20)),
    );
    app.push(&fern, vec![area.clone(), done.clone()]).await;
    let approvals = vec![
        ash.author.approve(&area, &[]),
        ash.author.approve(&done, &[]),
    ];
    app.push(&ash, approvals).await;
    assert_eq!(standing(&app, "c").await, Some(Standing::WaitsForApprover));
    let last = bell.author.approve(&done, &[]);
    app.push(&bell, vec![last]).await;
    assert_eq!(standing(&app, "c").await, Some(Standing::Official));
}

#[tokio::test]
async fn too_much_at_once_is_refused_whole() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let one = fern.author.put(record("h"), "hazardous-area/1", &[], "{}");
    let text = safelane_wire::sync::RevisionText::try_from(one).unwrap();
    let many = json!({"revisions": vec![text; 501]});
    app.post("/api/sync/push", Some(&fern), &many)
        .await
        .is_problem(413, "too-large");
}

#[tokio::test]
async fn a_completion_over_an_item_in_the_ground_cannot_be_approved() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let area = hazard(&cells(0, 0, 20, 20));
    let area = fern.author.put(record("h"), "hazardous-area/1", &[], &area);
    let found = item(crate::support::bodies::at(5, 5));
    let found = fern
        .author
        .put(record("i"), "explosive-ordnance/1", &[], &found);
    let done = completion(record("h"), &cells(0, 0, 10, 20));
    let done = fern.author.put(record("c"), "clearance/1", &[], &done);
    app.push(&fern, vec![area, found, done.clone()]).await;
    let approval = ash.author.approve(&done, &[]);
    let answer = app.push(&ash, vec![approval]).await;
    assert_eq!(answers(&answer), [refused("blocked-by-check")]);
    assert_eq!(standing(&app, "c").await, Some(Standing::Reported));
}
