//! Civilian-risk zones are scored with what the hub knows now.

use safelane_ledger::testkit::record;
use safelane_ledger::{Role, SignedRevision};
use safelane_model::{Body, How, Place};
use safelane_wire::desk::{RecordDetail, ReviewDetail};
use safelane_wire::risk::{Risk, Span, Zones};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::bodies::{accident, at, cells, hazard};
use crate::support::{Person, TestApp};

async fn read<T: DeserializeOwned>(app: &TestApp, person: &Person, path: &str) -> T {
    let reply = app.get(path, Some(person)).await.ok();
    serde_json::from_slice(&reply.bytes).unwrap_or_else(|flaw| panic!("{path}: {flaw}"))
}

/// The grove of the method's worked examples, 6.3; `more` answers otherwise.
fn zone(more: &Value) -> String {
    let mut answers = json!({
        "name": "Grove", "basis": "around-hazard", "threat": ["ap-mine"], "visited_on": "2026-02-20",
        "groups": ["farmers"], "women": 40, "men": 40, "girls": 8, "boys": 7, "newcomers": 5,
        "entries_per_month": 30, "reasons": ["wood"], "alternatives": "partly", "marking": "partial",
        "minutes_to_care": 120, "reached_by_education": 100, "advice": ["keep-out"],
    });
    let answers = answers.as_object_mut().unwrap();
    answers.extend(more.as_object().unwrap().clone());
    let mut body = Body(answers.clone());
    body.set_ground("ground", &cells(0, 0, 10, 10));
    serde_json::to_string(&body).unwrap()
}

/// A confirmed hazardous area that meets the zone, and the zone, waiting for review.
async fn reported(app: &TestApp, dale: &mut Person, more: &Value) -> SignedRevision {
    let area = hazard(&cells(5, 5, 20, 20)).replace("\"sha\"", "\"cha\"");
    let area = dale.author.put(record("h"), "hazardous-area/1", &[], &area);
    let zone = dale
        .author
        .put(record("z"), "civilian-risk-zone/1", &[], &zone(more));
    app.push(dale, vec![area, zone.clone()]).await;
    app.settle().await;
    zone
}

fn only(zones: Zones) -> Risk {
    assert_eq!(zones.policy, "safelane-1");
    assert_eq!(zones.zones.len(), 1);
    zones.zones.into_iter().next().unwrap().risk
}

const fn exactly(figure: i64) -> Span {
    Span {
        least: figure,
        greatest: figure,
    }
}

#[tokio::test]
async fn list_record_and_review_show_one_score_that_grows_with_an_accident() {
    let app = TestApp::start().await;
    let mut dale = app.person("dale", &[Role::Field]).await;
    let ash = app.person("ash", &[Role::Coordinator]).await;
    let put = reported(&app, &mut dale, &json!({})).await;
    let listed = only(read(&app, &ash, "/api/risk").await);
    assert_eq!(listed.index, exactly(63));
    assert_eq!(listed.current, exactly(59), "partial marking takes 7.5 %");
    assert_eq!(listed.hazard.value, exactly(100));
    assert_eq!(listed.hazard.inputs[0].records, [record("h")]);
    assert_eq!(listed.names[&record("h")], "Road bend");
    assert!(!listed.due.overdue && listed.overrides.is_empty());
    let detail: RecordDetail = read(&app, &ash, &format!("/api/records/{}", record("z"))).await;
    assert_eq!(detail.risk.as_ref(), Some(&listed));
    let review: ReviewDetail = read(&app, &ash, &format!("/api/review/{}", put.id())).await;
    assert_eq!(review.risk.as_ref(), Some(&listed));
    let other: RecordDetail = read(&app, &ash, &format!("/api/records/{}", record("h"))).await;
    assert_eq!(other.risk, None);

    // 2026-02-25 lies after the visit, and four days before the hub's day.
    let mut body: Body = serde_json::from_str(&accident(at(3, 3))).unwrap();
    body.set("on", "2026-02-25");
    let body = serde_json::to_string(&body).unwrap();
    let hurt = dale.author.put(record("a"), "accident/1", &[], &body);
    app.push(&dale, vec![hurt]).await;
    let n = app.settle().await;
    let after = only(read(&app, &ash, &format!("/api/risk?at_least={n}")).await);
    assert!(after.index.least > listed.index.least);
    assert_eq!(after.overrides[0].code, "accident");
    assert_eq!(after.due.accidents, [record("a")]);
    assert!(after.due.overdue);
}

#[tokio::test]
async fn a_gap_is_an_interval_and_a_school_or_a_person_sets_the_band() {
    let app = TestApp::start().await;
    let mut dale = app.person("dale", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let set = json!({
        "entries_per_month": "unknown", "priority_override": "medium", "override_reason": "The path is closed",
    });
    reported(&app, &mut dale, &set).await;
    let risk = only(read(&app, &ash, "/api/risk").await);
    assert!(
        risk.index.least < 40 && risk.index.greatest > 70,
        "{:?}",
        risk.index
    );
    assert_eq!(risk.missing[0].code, "entries");
    assert_eq!(risk.missing[0].field.as_deref(), Some("entries_per_month"));
    assert_eq!(risk.band.greatest, "medium");
    assert_eq!(risk.overrides[0].args["by"], "dale of the test");
    assert_eq!(risk.overrides[0].args["reason"], "The path is closed");

    let mut school = Body::new()
        .with("name", "School Cross")
        .with("settlement_type", "school");
    school.set_place("place", &Place::new(at(25, 10), How::Fix));
    let school = serde_json::to_string(&school).unwrap();
    let school = ash.author.put(record("s"), "settlement/1", &[], &school);
    app.push(&ash, vec![school]).await;
    let n = app.settle().await;
    let risk = only(read(&app, &ash, &format!("/api/risk?at_least={n}")).await);
    assert_eq!(
        (risk.band.least.as_str(), risk.band.greatest.as_str()),
        ("high", "high")
    );
    let school = risk
        .overrides
        .iter()
        .find(|one| one.code == "school")
        .unwrap();
    assert!(school.changes);
    assert_eq!(risk.names[&record("s")], "School Cross");
    // Whoever may not read the zone may not read its score.
    let fern = app.person("fern", &[Role::Field]).await;
    let zones: Zones = read(&app, &fern, "/api/risk").await;
    assert!(zones.zones.is_empty());
}
