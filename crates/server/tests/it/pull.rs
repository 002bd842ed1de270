//! Pull: the log in its order, limited to the scope.

use safelane_ledger::testkit::record;
use safelane_ledger::{Role, SignedHead};
use safelane_store::LedgerLog as _;
use safelane_wire::sync::PullAnswer;

use crate::support::bodies::{at, cells, hazard, item, task, team};
use crate::support::{Person, TestApp};

async fn pull(app: &TestApp, person: &Person, query: &str) -> PullAnswer {
    let reply = app
        .get(&format!("/api/sync/pull?{query}"), Some(person))
        .await
        .ok();
    serde_json::from_slice(&reply.bytes).unwrap()
}

fn kinds(answer: &PullAnswer) -> Vec<String> {
    answer
        .entries
        .iter()
        .map(|entry| {
            let value: serde_json::Value = serde_json::from_str(&entry.revision.bytes).unwrap();
            value["kind"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn a_coordinator_pulls_everything_in_order_with_verifiable_leaves() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let signed = ash.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    app.push(&ash, vec![signed.clone()]).await;
    let all = pull(&app, &ash, "after=0").await;
    let head: SignedHead = all.head.open(&app.app.hub_key()).unwrap();
    let point = app.store.point().await.unwrap();
    assert_eq!((head.size, head.head), (point.size, point.head));
    assert_eq!(all.entries.len() as u64, point.size);
    assert!(!all.more && all.scope.outline.is_none());
    // The head follows from the leaves as they were sent.
    let computed = all
        .entries
        .iter()
        .fold(safelane_ledger::LogPoint::START, |point, entry| {
            point.next(entry.leaf.as_bytes())
        });
    assert_eq!(computed, point);
    let last = safelane_ledger::SignedRevision::from(all.entries.last().unwrap().revision.clone());
    assert_eq!(last, signed);

    let mut paged = Vec::new();
    let mut after = 0;
    loop {
        let page = pull(&app, &ash, &format!("after={after}&limit=2&seen=1")).await;
        assert_eq!(
            page.seen_head,
            app.store.point_at(1).await.unwrap().map(|point| point.head)
        );
        after = page.upto;
        paged.extend(page.entries);
        if !page.more {
            break;
        }
    }
    assert_eq!(paged, all.entries);
    app.get("/api/sync/pull?after=-1", Some(&ash))
        .await
        .is_problem(400, "bad-parameter");
    app.get("/api/sync/pull?after=0&colour=red", Some(&ash))
        .await
        .is_problem(400, "bad-parameter");
}

#[tokio::test]
async fn a_team_sees_its_tasks_ground_and_what_lies_around_and_nothing_else() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let (north, section) = (record("north"), record("section 3"));
    let mut fern = app
        .member("fern", &[Role::Field], Some(north), Some(section))
        .await;
    let near = ash.author.put(
        record("near"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    // 40,000 cells to the east are some 320 km.
    let far = ash.author.put(
        record("far"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(40_000, 0, 40_009, 9)),
    );
    let beside = ash.author.put(
        record("beside"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(300, 0, 309, 9)),
    );
    let team = ash.author.put(section, "team/1", &[], &team(north));
    app.push(&ash, vec![near, far, beside, team]).await;
    let before = pull(&app, &fern, "after=0").await;
    assert!(!kinds(&before).contains(&"hazardous-area/1".to_owned()));

    let order = task(section, record("near"));
    let order = ash.author.put(
        record("task"),
        "task/1",
        &[],
        &serde_json::to_string(&order).unwrap(),
    );
    let answer = app.push(&ash, vec![order]).await;
    assert_eq!(crate::support::answers(&answer)[0]["answer"], "received");
    let after = pull(&app, &fern, "after=0").await;
    assert_ne!(
        after.scope.version, before.scope.version,
        "the device must pull from 0"
    );
    let hazards = kinds(&after)
        .iter()
        .filter(|kind| *kind == "hazardous-area/1")
        .count();
    assert_eq!(hazards, 2, "near and beside, not far");
    assert!(kinds(&after).contains(&"task/1".to_owned()));
    assert!(!kinds(&after).contains(&"grant/1".to_owned()));
    // The keys of all devices, so that every signature can be checked here.
    let devices = kinds(&after)
        .iter()
        .filter(|kind| *kind == "device/1")
        .count();
    assert_eq!(devices, 2, "of ash and of fern");
    assert_eq!(after.scope.outline.as_ref().unwrap().len(), 1);

    // Own records, wherever they lie.
    let own = fern.author.put(
        record("own"),
        "explosive-ordnance/1",
        &[],
        &item(at(40_000, 0)),
    );
    app.push(&fern, vec![own]).await;
    let mine = pull(&app, &fern, &format!("after={}", after.upto)).await;
    assert_eq!(kinds(&mine), ["explosive-ordnance/1"]);
}

#[tokio::test]
async fn a_viewer_gets_no_exact_place_of_an_item_in_the_ground() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let gale = app.person("gale", &[Role::Viewer]).await;
    let signed = fern
        .author
        .put(record("i"), "explosive-ordnance/1", &[], &item(at(1, 1)));
    app.push(&fern, vec![signed]).await;
    let seen = pull(&app, &gale, "after=0").await;
    let last = seen.entries.last().unwrap();
    assert!(last.revision.bytes.contains("explosive-ordnance"));
    assert!(
        last.revision.bodies.is_empty(),
        "withheld, and the id still holds"
    );
    let detail = app
        .get(&format!("/api/records/{}", record("i")), Some(&gale))
        .await
        .ok();
    assert!(!detail.text().contains("184001000"));
    assert!(detail.json()["row"]["bbox"].is_null());
}

/// The versions of the scope before and after something was pushed, and what a pull gives of it.
async fn numbers(app: &TestApp, person: &Person, after: u64) -> (String, Vec<u64>) {
    let answer = pull(app, person, &format!("after={after}")).await;
    let numbers = answer.entries.iter().map(|one| one.leaf().unwrap().n);
    (answer.scope.version, numbers.collect())
}

#[tokio::test]
async fn who_has_read_that_an_item_is_here_reads_that_it_is_there_now() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let (north, section) = (record("north"), record("section 3"));
    let fern = app
        .member("fern", &[Role::Field], Some(north), Some(section))
        .await;
    let area = ash.author.put(
        record("near"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    let team = ash.author.put(section, "team/1", &[], &team(north));
    let order = serde_json::to_string(&task(section, record("near"))).unwrap();
    let order = ash.author.put(record("task"), "task/1", &[], &order);
    let here = ash
        .author
        .put(record("i"), "explosive-ordnance/1", &[], &item(at(2, 2)));
    app.push(&ash, vec![area, team, order, here.clone()]).await;
    let size = app.settle().await;
    let (scope, _) = numbers(&app, &fern, 0).await;

    let there = item(at(40_000, 0));
    let moved = ash
        .author
        .put(record("i"), "explosive-ordnance/1", &[here.id()], &there);
    app.push(&ash, vec![moved]).await;
    app.settle().await;
    let given = numbers(&app, &fern, size).await;
    assert_eq!(given, (scope.clone(), vec![size + 1]));

    // What was never here is not given, until it comes: then everything that was said of it is.
    let far = ash
        .author
        .put(record("j"), "explosive-ordnance/1", &[], &there);
    app.push(&ash, vec![far.clone()]).await;
    let size = app.settle().await;
    assert_eq!(
        numbers(&app, &fern, size - 1).await,
        (scope.clone(), vec![])
    );
    let near = ash.author.put(
        record("j"),
        "explosive-ordnance/1",
        &[far.id()],
        &item(at(3, 3)),
    );
    app.push(&ash, vec![near]).await;
    app.settle().await;
    let (other, all) = numbers(&app, &fern, 0).await;
    assert_ne!(other, scope, "the device pulls from the start");
    assert!(all.contains(&size) && all.contains(&(size + 1)));
}

#[tokio::test]
async fn a_judgement_that_comes_before_its_statement_reaches_who_has_pulled_meanwhile() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let area = hazard(&cells(0, 0, 9, 9));
    let statement = fern.author.put(record("h"), "hazardous-area/1", &[], &area);
    let approval = ash.author.approve(&statement, &[]);
    app.push(&ash, vec![approval.clone()]).await;
    let size = app.settle().await;
    assert_eq!(numbers(&app, &ash, size - 1).await.1, [size]);
    // The author, who cannot be known yet, is told by another scope to pull from the start.
    let (before, none) = numbers(&app, &fern, size - 1).await;
    assert!(none.is_empty());
    app.push(&fern, vec![statement]).await;
    app.settle().await;
    let (scope, all) = numbers(&app, &fern, 0).await;
    assert_ne!(scope, before);
    assert!(all.contains(&size) && all.contains(&(size + 1)));
}
