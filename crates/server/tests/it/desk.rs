//! What the desk reads after what came in.

use safelane_ledger::testkit::record;
use safelane_ledger::{RevisionId, Role, SignedRevision};
use safelane_model::{Body, Ground};
use safelane_wire::desk::{
    Account, ClaimDetail, ClaimPreview, Claims, Morning, Page, RecordDetail, RecordRow,
    ReviewDetail, ReviewItem, Totals,
};
use serde::de::DeserializeOwned;

use crate::support::bodies::{at, cells, claimed, completion, hazard, item, task, team, text};
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

/// A hazardous area of 20 by 20 cells, approved, and a completion of its west half.
async fn half_done(app: &TestApp) -> (Cast, SignedRevision) {
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let bell = app.person("bell", &[Role::Approver]).await;
    let area = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 20, 20)),
    );
    app.push(&fern, vec![area.clone()]).await;
    let approval = ash.author.approve(&area, &[]);
    app.push(&ash, vec![approval]).await;
    let body = completion(record("h"), &cells(0, 0, 10, 20));
    let done = fern.author.put(record("c"), "clearance/1", &[], &body);
    app.push(&fern, vec![done.clone()]).await;
    app.settle().await;
    (Cast { fern, ash, bell }, done)
}

#[tokio::test]
async fn the_queue_shows_what_waits_what_it_takes_and_who_may_judge_it() {
    let app = TestApp::start().await;
    let (mut cast, done) = half_done(&app).await;
    let n = app.settle().await;
    let queue: Page<ReviewItem> = read(&app, &cast.ash, &format!("/api/review?at_least={n}")).await;
    assert_eq!(queue.items.len(), 1);
    let line = &queue.items[0];
    assert_eq!(line.revision, done.id());
    assert_eq!((line.effect.as_str(), line.needs_two), ("cleared", true));
    assert_eq!(line.about.as_deref(), Some("Road bend"));
    assert_eq!(line.may_approve, Ok(()));
    app.get("/api/review", Some(&cast.fern))
        .await
        .is_problem(403, "not-allowed");

    let detail: ReviewDetail = read(&app, &cast.bell, &format!("/api/review/{}", done.id())).await;
    assert!(detail.blocked_by.is_empty(), "{:?}", detail.checks);
    let cleared = detail
        .areas
        .iter()
        .find(|one| one.what == "cleared")
        .unwrap();
    let remaining = detail
        .areas
        .iter()
        .find(|one| one.what == "remaining")
        .unwrap();
    assert_eq!(cleared.before, 0);
    assert_eq!(cleared.after, remaining.before - remaining.after);
    assert!((remaining.before - 2 * remaining.after).abs() <= 100);
    assert!(detail.ground["features"].as_array().unwrap().len() >= 2);

    let first = cast.ash.author.approve(&done, &[]);
    app.push(&cast.ash, vec![first]).await;
    let n = app.settle().await;
    let queue: Page<ReviewItem> = read(&app, &cast.ash, &format!("/api/review?at_least={n}")).await;
    assert_eq!(queue.items[0].reviewed_by, ["ash of the test"]);
    assert_eq!(queue.items[0].may_approve, Err("already".to_owned()));
}

#[tokio::test]
async fn after_the_second_approval_totals_close_and_the_hazard_is_half_as_large() {
    let app = TestApp::start().await;
    let (mut cast, done) = half_done(&app).await;
    let before: Account = read(
        &app,
        &cast.ash,
        &format!("/api/records/{}/account", record("h")),
    )
    .await;
    let approvals = [
        cast.ash.author.approve(&done, &[]),
        cast.bell.author.approve(&done, &[]),
    ];
    let [one, two] = approvals;
    app.push(&cast.ash, vec![one]).await;
    app.push(&cast.bell, vec![two]).await;
    let n = app.settle().await;
    let after: Account = read(
        &app,
        &cast.ash,
        &format!("/api/records/{}/account?at_least={n}", record("h")),
    )
    .await;
    assert!((before.remaining - 2 * after.remaining).abs() <= 100);
    let totals: Totals = read(
        &app,
        &cast.ash,
        "/api/accounts?from=2026-01-01&to=2026-03-01",
    )
    .await;
    let all = totals.rows.last().unwrap();
    assert_eq!(all.opening + all.new - all.cleared, all.closing);
    assert_eq!(all.closing, after.remaining);
    app.get(
        "/api/accounts?from=2026-03-01&to=2026-01-01",
        Some(&cast.ash),
    )
    .await
    .is_problem(400, "bad-parameter");
    app.get("/api/accounts", Some(&cast.fern))
        .await
        .is_problem(403, "not-allowed");
}

#[tokio::test]
async fn an_item_in_released_ground_alarms_on_the_morning_page_s5() {
    let app = TestApp::start().await;
    let (mut cast, done) = half_done(&app).await;
    let one = cast.ash.author.approve(&done, &[]);
    let two = cast.bell.author.approve(&done, &[]);
    app.push(&cast.ash, vec![one]).await;
    app.push(&cast.bell, vec![two]).await;
    app.settle().await;
    let quiet: Morning = read(&app, &cast.ash, "/api/morning").await;
    assert!(quiet.alarms.is_empty());
    let found = cast
        .fern
        .author
        .put(record("i"), "explosive-ordnance/1", &[], &item(at(4, 10)));
    app.push(&cast.fern, vec![found]).await;
    let n = app.settle().await;
    let loud: Morning = read(&app, &cast.ash, &format!("/api/morning?at_least={n}")).await;
    assert_eq!(loud.alarms.len(), 1);
    assert_eq!(loud.alarms[0].code, "find-in-released-ground");
    assert_eq!(loud.items.len(), 1);
    let queue: Page<ReviewItem> = read(&app, &cast.ash, "/api/review").await;
    assert!(queue.items[0].alarm, "alarms come first");
}

/// An accreditation of the organisation, or of its team alone, from the start of the year.
fn accreditation(of_team: bool, scope: &str, last: &str) -> String {
    let mut body = Body::new()
        .with("organisation", record("o").to_string())
        .with("scope", vec![scope])
        .with("issued_on", "2026-01-01")
        .with("expires_on", last);
    if of_team {
        body = body.with("team", record("t").to_string());
    }
    text(&body)
}

#[tokio::test]
async fn the_morning_page_names_what_ends_within_the_month_and_what_ended_and_was_not_renewed() {
    // Today is 1 March.
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let order = |last: &str, status: &str| {
        let body = task(record("t"), record("h"));
        text(&body.with("ends_on", last).with("status", status))
    };
    let organisation = text(
        &Body::new()
            .with("name", "Demo North")
            .with("organisation_type", "ngo"),
    );
    let stated = [
        ("o", "organisation/1", organisation),
        ("t", "team/1", team(record("o"))),
        (
            "soon",
            "accreditation/1",
            accreditation(true, "dogs", "2026-03-31"),
        ),
        (
            "later",
            "accreditation/1",
            accreditation(true, "eod", "2026-04-01"),
        ),
        (
            "over",
            "accreditation/1",
            accreditation(false, "eod", "2026-02-27"),
        ),
        (
            "old",
            "accreditation/1",
            accreditation(false, "mechanical", "2026-01-20"),
        ),
        (
            "renewed",
            "accreditation/1",
            accreditation(false, "dogs", "2026-03-10"),
        ),
        (
            "newer",
            "accreditation/1",
            accreditation(false, "dogs", "2027-03-10"),
        ),
        ("late", "task/1", order("2026-01-09", "in-progress")),
        ("done", "task/1", order("2026-03-02", "closed")),
    ];
    for (name, kind, body) in &stated {
        let put = ash.author.put(record(name), kind, &[], body);
        app.push(&ash, vec![put]).await;
    }
    let n = app.settle().await;
    let morning: Morning = read(&app, &ash, &format!("/api/morning?at_least={n}")).await;
    let lines: Vec<_> = (morning.expiring.iter())
        .map(|line| {
            (
                line.row.record,
                line.of.as_deref(),
                line.last.as_str(),
                line.passed,
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (record("late"), Some("Section 3"), "2026-01-09", true),
            (record("over"), Some("Demo North"), "2026-02-27", true),
            (record("soon"), Some("Section 3"), "2026-03-31", false),
        ]
    );
}

#[tokio::test]
async fn a_statement_in_place_of_two_versions_is_one_line_and_once_approved_alone_stands() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut reed = app.person("reed", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let mut bell = app.person("bell", &[Role::Approver]).await;
    let kind = "hazardous-area/1";
    let state = |person: &mut Person, parents: &[RevisionId], ground: &Ground| {
        (person.author).put(record("h"), kind, parents, &hazard(ground))
    };
    let first = state(&mut fern, &[], &cells(0, 0, 12, 10));
    app.push(&fern, vec![first.clone()]).await;
    let approval = ash.author.approve(&first, &[]);
    app.push(&ash, vec![approval]).await;
    let hers = state(&mut fern, &[first.id()], &cells(0, 0, 14, 10));
    let his = state(&mut reed, &[first.id()], &cells(0, 0, 12, 9));
    app.push(&fern, vec![hers.clone()]).await;
    app.push(&reed, vec![his.clone()]).await;
    let n = app.settle().await;
    let queue: Page<ReviewItem> = read(&app, &ash, &format!("/api/review?at_least={n}")).await;
    assert_eq!(queue.items.len(), 2);
    assert!(queue.items.iter().all(|line| line.two_versions));

    // His smaller outline in place of both leaves out what stands and what she reported.
    let both = [hers.id(), his.id()];
    let small = state(&mut ash, &both, &cells(0, 0, 12, 9));
    app.push(&ash, vec![small.clone()]).await;
    let n = app.settle().await;
    let queue: Page<ReviewItem> = read(&app, &ash, &format!("/api/review?at_least={n}")).await;
    let lines: Vec<_> = (queue.items.iter())
        .map(|line| (line.revision, line.needs_two, line.two_versions))
        .collect();
    assert_eq!(lines, [(small.id(), true, false)]);

    let whole = state(&mut ash, &[small.id()], &cells(0, 0, 14, 10));
    app.push(&ash, vec![whole.clone()]).await;
    let n = app.settle().await;
    let queue: Page<ReviewItem> = read(&app, &bell, &format!("/api/review?at_least={n}")).await;
    let line = &queue.items[0];
    assert_eq!((line.revision, line.needs_two), (whole.id(), false));
    let approval = bell.author.approve(&whole, &[first.id()]);
    app.push(&bell, vec![approval]).await;
    let n = app.settle().await;
    let path = format!("/api/records/{}?at_least={n}", record("h"));
    let detail: RecordDetail = read(&app, &ash, &path).await;
    assert_eq!(detail.officials, [whole.id()]);
    assert!(!detail.two_versions);
    let current = (detail.statements.iter()).filter(|one| one.status != "superseded");
    assert_eq!(current.count(), 1);
    let queue: Page<ReviewItem> = read(&app, &ash, "/api/review").await;
    assert!(queue.items.is_empty());
}

#[tokio::test]
async fn lists_filter_page_and_refuse_what_they_do_not_know() {
    let app = TestApp::start().await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    for n in 0..5 {
        let name = format!("h{n}");
        let body = hazard(&cells(n * 100, 0, n * 100 + 9, 9));
        let one = ash
            .author
            .put(record(&name), "hazardous-area/1", &[], &body);
        app.push(&ash, vec![one]).await;
    }
    let n = app.settle().await;
    let page: Page<RecordRow> = read(
        &app,
        &ash,
        &format!("/api/records?kind=hazardous-area&limit=2&at_least={n}"),
    )
    .await;
    assert_eq!(page.items.len(), 2);
    let after = page.next.unwrap();
    let rest: Page<RecordRow> = read(
        &app,
        &ash,
        &format!("/api/records?kind=hazardous-area&limit=100&after={after}"),
    )
    .await;
    assert_eq!(rest.items.len(), 3);
    let found: Page<RecordRow> = read(&app, &ash, "/api/records?q=tp-0003").await;
    assert_eq!(found.items.len(), 1);
    let injected: Page<RecordRow> = read(&app, &ash, "/api/records?q='%20OR%201=1--").await;
    assert!(injected.items.is_empty());
    let near: Page<RecordRow> = read(
        &app,
        &ash,
        "/api/records?bbox=18.4,43.8,18.4005,43.801&kind=hazardous-area",
    )
    .await;
    assert_eq!(near.items.len(), 1);
    for bad in [
        "bbox=1,2,3",
        "status=lost",
        "colour=red",
        "limit=-1",
        "after=x",
    ] {
        app.get(&format!("/api/records?{bad}"), Some(&ash))
            .await
            .is_problem(400, "bad-parameter");
    }
    app.get("/api/records/nothing", Some(&ash))
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn a_board_grown_from_nothing_equals_one_grown_step_by_step() {
    let mut app = TestApp::start().await;
    let (mut cast, done) = half_done(&app).await;
    let one = cast.ash.author.approve(&done, &[]);
    let two = cast.bell.author.approve(&done, &[]);
    let found = item(at(4, 10));
    let found = cast
        .fern
        .author
        .put(record("i"), "explosive-ordnance/1", &[], &found);
    app.push(&cast.ash, vec![one]).await;
    app.push(&cast.bell, vec![two]).await;
    app.push(&cast.fern, vec![found]).await;
    app.settle().await;
    let paths = [
        "/api/records?limit=100".to_owned(),
        "/api/review".to_owned(),
        "/api/morning".to_owned(),
        "/api/accounts".to_owned(),
        format!("/api/records/{}", record("h")),
        format!("/api/records/{}/account", record("h")),
        "/api/sync/pull?after=0".to_owned(),
        "/ogc/collections/hazardous-area/items".to_owned(),
        "/tiles/all/12/2257/1492".to_owned(),
        "/tiles/all/14/9029/5970".to_owned(),
    ];
    let mut step_by_step = Vec::new();
    for path in &paths {
        step_by_step.push(app.get(path, Some(&cast.ash)).await.ok().bytes);
    }
    app.router = app.restarted().await;
    for (path, before) in paths.iter().zip(step_by_step) {
        let after = app.get(path, Some(&cast.ash)).await.ok().bytes;
        assert!(after == before, "{path}");
    }
}

/// A hazardous area, an imported claim over its west half, and one that lies on nothing.
async fn with_claims(app: &TestApp) -> Cast {
    let mut fern = app.person("fern", &[Role::Field]).await;
    let mut ash = app.person("ash", &[Role::Coordinator]).await;
    let bell = app.person("bell", &[Role::Approver]).await;
    let area = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 20, 20)),
    );
    app.push(&fern, vec![area.clone()]).await;
    let approval = ash.author.approve(&area, &[]);
    app.push(&ash, vec![approval]).await;
    app.hub_imports(record("c"), "clearance", &claimed(&cells(0, 0, 10, 20)))
        .await;
    app.hub_imports(
        record("apart"),
        "clearance",
        &claimed(&cells(500, 0, 510, 10)),
    )
    .await;
    app.settle().await;
    Cast { fern, ash, bell }
}

#[tokio::test]
async fn claims_are_listed_with_what_they_overlap_and_previewed_without_writing() {
    let app = TestApp::start().await;
    let cast = with_claims(&app).await;
    let n = app.settle().await;
    let list: Claims = read(&app, &cast.ash, "/api/claims").await;
    assert_eq!((list.items.len(), list.count), (1, 2));
    let row = &list.items[0];
    assert_eq!((row.row.record, row.open), (record("c"), None));
    assert_eq!(row.overlaps.len(), 1);
    assert_eq!(row.overlaps[0].name, "Road bend");
    assert!((row.overlaps[0].common - row.area).abs() <= 100);
    assert!((row.overlaps[0].area - 2 * row.area).abs() <= 100);
    let all: Claims = read(&app, &cast.ash, "/api/claims?show=all&limit=1").await;
    let next = all.next.unwrap();
    let rest: Claims = read(
        &app,
        &cast.ash,
        &format!("/api/claims?show=all&limit=1&after={next}"),
    )
    .await;
    let records = [all.items[0].row.record, rest.items[0].row.record];
    assert_eq!(records, [record("c"), record("apart")]);

    let address = format!("/api/claims/{}", record("c"));
    let detail: ClaimDetail = read(&app, &cast.ash, &address).await;
    assert_eq!(detail.record.statements[0].act, "import");
    assert!(detail.ground["features"].as_array().unwrap().len() >= 2);
    let linked = format!("hazards={}&on=2026-02-10&depth=200", record("h"));
    let preview: ClaimPreview = read(&app, &cast.ash, &format!("{address}/preview?{linked}")).await;
    let remaining = preview.areas.iter().find(|one| one.what == "remaining");
    let remaining = remaining.unwrap();
    assert!((remaining.before - 2 * remaining.after).abs() <= 100);
    assert!(preview.apart.is_empty());
    assert_eq!(app.settle().await, n, "a preview writes nothing");

    for (path, status, code) in [
        ("/api/claims?show=some", 400, "bad-parameter"),
        ("/api/claims?colour=red", 400, "bad-parameter"),
        ("/api/claims/nothing", 404, "not-found"),
    ] {
        app.get(path, Some(&cast.ash))
            .await
            .is_problem(status, code);
    }
    let no_claim = format!("/api/claims/{}", record("h"));
    app.get(&no_claim, Some(&cast.ash))
        .await
        .is_problem(404, "not-found");
    for bad in ["hazards=x", "on=yesterday", "depth=deep"] {
        app.get(&format!("{address}/preview?{bad}"), Some(&cast.ash))
            .await
            .is_problem(400, "bad-parameter");
    }
    app.get("/api/claims", Some(&cast.fern))
        .await
        .is_problem(403, "not-allowed");
}

#[tokio::test]
async fn s9_a_linked_claim_cuts_only_after_two_people_and_then_is_no_claim() {
    let app = TestApp::start().await;
    let mut cast = with_claims(&app).await;
    let account = format!("/api/records/{}/account", record("h"));
    let before: Account = read(&app, &cast.ash, &account).await;
    let detail: ClaimDetail = read(&app, &cast.ash, &format!("/api/claims/{}", record("c"))).await;
    let mut body = detail.record.statements[0].body.clone().unwrap();
    body["claimed"] = "no".into();
    body["hazards"] = vec![record("h").to_string()].into();
    body.insert("completed_on".to_owned(), "2026-02-10".into());
    body.insert("basis".to_owned(), "Completion report 211".into());
    body["parts"][0]["depth"] = 200.into();
    let text = serde_json::to_string(&body).unwrap();
    let link = cast
        .ash
        .author
        .put(record("c"), "clearance/1", &[detail.claim.claim], &text);
    app.push(&cast.ash, vec![link.clone()]).await;
    app.settle().await;

    let list: Claims = read(&app, &cast.bell, "/api/claims?show=waiting").await;
    assert_eq!(list.items[0].open, Some(link.id()));
    let none: Claims = read(&app, &cast.bell, "/api/claims").await;
    assert!(none.items.is_empty(), "what is linked is not offered again");
    let queue: Page<ReviewItem> = read(&app, &cast.bell, "/api/review").await;
    let line = &queue.items[0];
    assert_eq!((line.effect.as_str(), line.needs_two), ("cleared", true));
    let review: ReviewDetail = read(&app, &cast.bell, &format!("/api/review/{}", link.id())).await;
    let remaining = review.areas.iter().find(|one| one.what == "remaining");
    let promised = remaining.unwrap().after;
    assert!((before.remaining - 2 * promised).abs() <= 100);

    // Her own signature, and one approval, take nothing.
    let own = cast.ash.author.approve(&link, &[detail.claim.claim]);
    app.push(&cast.ash, vec![own]).await;
    let first = cast.bell.author.approve(&link, &[detail.claim.claim]);
    app.push(&cast.bell, vec![first]).await;
    app.settle().await;
    let still: Account = read(&app, &cast.ash, &account).await;
    assert_eq!(still.remaining, before.remaining);

    let mut cove = app.person("cove", &[Role::Coordinator]).await;
    let second = cove.author.approve(&link, &[detail.claim.claim]);
    app.push(&cove, vec![second]).await;
    app.settle().await;
    let after: Account = read(&app, &cast.ash, &account).await;
    assert_eq!(after.remaining, promised);
    let list: Claims = read(&app, &cast.ash, "/api/claims?show=all").await;
    assert_eq!((list.items.len(), list.count), (1, 1));
    let totals: Totals = read(&app, &cast.ash, "/api/accounts").await;
    assert_eq!(totals.claimed, list.area);
}
