//! The standing checks of the whole ledger.

use safelane_ledger::Role;
use safelane_ledger::testkit::record;
use safelane_model::Body;
use safelane_server::board::findings;
use safelane_store::{CheckFilter, Limit};
use safelane_wire::desk::{Checks, Morning};
use serde::de::DeserializeOwned;

use crate::support::bodies::{at, cells, completion, hazard, item};
use crate::support::{Person, TestApp};

async fn read<T: DeserializeOwned>(app: &TestApp, person: &Person, path: &str) -> T {
    let reply = app.get(path, Some(person)).await.ok();
    serde_json::from_slice(&reply.bytes).unwrap_or_else(|flaw| panic!("{path}: {flaw}"))
}

struct Cast {
    fern: Person,
    ash: Person,
    bell: Person,
}

/// An item in ground that two people released, by the records that are then on the hub.
async fn alarmed(app: &TestApp) -> Cast {
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let ground = hazard(&cells(0, 0, 20, 20));
    let area = (fern.author).put(record("h"), "hazardous-area/1", &[], &ground);
    app.push(&fern, vec![area.clone()]).await;
    let approval = ash.author.approve(&area, &[]);
    app.push(&ash, vec![approval]).await;
    let body = completion(record("h"), &cells(0, 0, 10, 20));
    let done = fern.author.put(record("c"), "clearance/1", &[], &body);
    app.push(&fern, vec![done.clone()]).await;
    let one = ash.author.approve(&done, &[]);
    app.push(&ash, vec![one]).await;
    let two = bell.author.approve(&done, &[]);
    app.push(&bell, vec![two]).await;
    let find = (fern.author).put(record("i"), "explosive-ordnance/1", &[], &item(at(4, 4)));
    app.push(&fern, vec![find]).await;
    app.settle().await;
    Cast { fern, ash, bell }
}

#[tokio::test]
async fn an_alarm_is_acknowledged_by_name_and_stays_an_alarm() {
    let app = TestApp::start().await;
    let mut cast = alarmed(&app).await;
    let n = app.settle().await;
    let path = format!("/api/checks?life=open&at_least={n}");
    let checks: Checks = read(&app, &cast.ash, &path).await;
    let alarm = &checks.items[0];
    assert_eq!(
        (alarm.code.as_str(), alarm.severity.as_str(), alarm.number),
        ("find-in-released-ground", "alarm", 1)
    );
    assert_eq!(alarm.records.len(), alarm.names.len());
    let alarms = |checks: &Checks| {
        (checks.totals.iter())
            .filter(|total| total.severity == "alarm" && total.life == "open")
            .map(|total| total.count)
            .sum::<u64>()
    };
    assert_eq!(alarms(&checks), 1, "once, though two records see it");
    app.get("/api/checks", Some(&cast.fern))
        .await
        .is_problem(403, "not-allowed");

    let ids: Vec<String> = alarm.records.iter().map(ToString::to_string).collect();
    let body = Body::new()
        .with("code", alarm.code.as_str())
        .with("records", ids)
        .with("answer", "acknowledged")
        .with("figures", alarm.figures.as_str());
    let body = serde_json::to_string(&body).unwrap();
    let said = (cast.bell.author).put(record("answer"), "check-answer/1", &[], &body);
    app.push(&cast.bell, vec![said]).await;
    let n = app.settle().await;

    let path = format!("/api/checks?severity=alarm&at_least={n}");
    let checks: Checks = read(&app, &cast.ash, &path).await;
    assert_eq!(checks.items[0].life, "open");
    assert_eq!(checks.items[0].answers[0].by_name, "bell of the test");
    assert_eq!(alarms(&checks), 1);
    let morning: Morning = read(&app, &cast.ash, &format!("/api/morning?at_least={n}")).await;
    assert_eq!(morning.alarms[0].answers[0].by_name, "bell of the test");
    // Whoever only reports answers no check.
    let said = (cast.fern.author).put(record("mine"), "check-answer/1", &[], &body);
    let answer = app.push(&cast.fern, vec![said]).await;
    assert_eq!(crate::support::answers(&answer)[0]["answer"], "held");
}

#[tokio::test]
async fn checks_kept_up_step_by_step_equal_checks_from_nothing() {
    let app = TestApp::start().await;
    let mut cast = alarmed(&app).await;
    let flood = {
        let mut body = Body::new()
            .with("name", "Flood")
            .with("basis", "flood-or-landslide")
            .with("threat", vec!["ap-mine"])
            .with("visited_on", "2026-02-25");
        body.set_ground("ground", &cells(5, 5, 30, 30));
        serde_json::to_string(&body).unwrap()
    };
    let flood = (cast.fern.author).put(record("f"), "civilian-risk-zone/1", &[], &flood);
    app.push(&cast.fern, vec![flood]).await;
    let moved = (cast.fern.author).put(
        record("h2"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(15, 0, 30, 20)),
    );
    app.push(&cast.fern, vec![moved]).await;
    let n = app.settle().await;
    let store = app.app.store();
    store.reached(findings::NAME, n).await.unwrap();
    let everything = CheckFilter::default();
    let grown = store.checks(&everything, Limit::MAX).await.unwrap();
    assert!(grown.iter().any(|row| row.code == "flooded-ground"));

    let today = app.app.today();
    let once = CheckFilter {
        on: Some(today),
        once: true,
        ..CheckFilter::default()
    };
    let mut listed: Vec<_> = (store.checks(&once, Limit::MAX).await.unwrap().iter())
        .map(|row| {
            (
                row.code.clone(),
                row.records.clone(),
                row.life.as_str(),
                row.args.clone(),
            )
        })
        .collect();
    let mut computed: Vec<_> = app.app.board().read(|board| {
        (findings::all(board, today).iter())
            .map(|one| {
                let args = serde_json::to_string(&one.args).unwrap();
                (
                    one.code.to_owned(),
                    one.records.clone(),
                    one.life.code(),
                    args,
                )
            })
            .collect()
    });
    listed.sort();
    computed.sort();
    assert_eq!(listed, computed);

    store.restart(findings::NAME).await.unwrap();
    findings::follow(store, &app.app.shared_board())
        .await
        .unwrap();
    let again = store.checks(&everything, Limit::MAX).await.unwrap();
    assert_eq!(again, grown);
}
