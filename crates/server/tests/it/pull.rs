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
