//! A hazardous area split in two: what is shown before, and at every moment until it stands.

use safelane_geometry::MultiPolygon;
use safelane_ledger::testkit::record;
use safelane_ledger::{Role, SignedRevision, Submission, SubmissionId};
use safelane_model::Date;
use safelane_model::body::Map;
use safelane_rules::split::{Part, Said, Split, bodies};
use safelane_wire::desk::{Account, Page, ReviewDetail, ReviewItem, SplitPart, SplitPreview};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::bodies::{at, cells, hazard};
use crate::support::{Person, TestApp, answers};

async fn read<T: DeserializeOwned>(app: &TestApp, person: &Person, path: &str) -> T {
    let reply = app.get(path, Some(person)).await.ok();
    serde_json::from_slice(&reply.bytes).unwrap_or_else(|flaw| panic!("{path}: {flaw}"))
}

/// Northwards through the tenth cell.
fn line() -> String {
    let places = [at(8, -4), at(9, 9), at(8, 30)];
    let texts = places.map(|at| format!("{},{}", at.lon_e7(), at.lat_e7()));
    texts.join(";")
}

async fn remaining(app: &TestApp, person: &Person, name: &str) -> i64 {
    app.settle().await;
    let path = format!("/api/records/{}/account", record(name));
    let reply = app.get(&path, Some(person)).await;
    let account: Option<Account> = serde_json::from_slice(&reply.bytes).ok();
    account.map_or(0, |account| account.remaining)
}

struct Cast {
    ash: Person,
    ben: Person,
    bell: Person,
    area: SignedRevision,
    stands: String,
}

async fn an_area(app: &TestApp) -> Cast {
    let ash = app.person("ash", &[Role::Coordinator]).await;
    let mut ben = app.person("ben", &[Role::Coordinator]).await;
    let bell = app.person("bell", &[Role::Approver]).await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let stands = hazard(&cells(0, 0, 20, 20));
    let area = fern
        .author
        .put(record("h"), "hazardous-area/1", &[], &stands);
    app.push(&fern, vec![area.clone()]).await;
    let approval = ben.author.approve(&area, &[]);
    app.push(&ben, vec![approval]).await;
    Cast {
        ash,
        ben,
        bell,
        area,
        stands,
    }
}

async fn preview(app: &TestApp, person: &Person) -> SplitPreview {
    let n = app.settle().await;
    let (line, id) = (line(), record("h"));
    let path = format!("/api/records/{id}/split?line={line}&keeps=left&at_least={n}");
    read(app, person, &path).await
}

/// What the app signs in one press, from what the hub has shown.
async fn press(app: &TestApp, cast: &mut Cast) -> [SignedRevision; 2] {
    let shown = preview(app, &cast.ash).await;
    let parts = shown.parts.unwrap();
    let part = |part: &SplitPart| Part {
        outline: serde_json::from_value::<MultiPolygon>(part.outline.clone()).unwrap(),
        remaining: part.remaining,
    };
    let split = Split {
        before: shown.before,
        kept: part(&parts.kept),
        new: part(&parts.new),
    };
    let said = Said {
        on: "2026-03-01".parse::<Date>().unwrap(),
        reason: "The road parts it".to_owned(),
        name: None,
        drawn: true,
    };
    let stands: Map = serde_json::from_str(&cast.stands).unwrap();
    let [kept, new] = bodies(&stands, record("h"), &split, &said).map(Value::from);
    let one = Submission {
        id: SubmissionId::new(uuid::Uuid::from_u128(7)),
        count: 2,
    };
    let (author, area) = (&mut cast.ash.author, [cast.area.id()]);
    [
        author.put_in(
            one,
            record("h"),
            "hazardous-area/1",
            &area,
            &kept.to_string(),
        ),
        author.put_in(
            one,
            record("new"),
            "hazardous-area/1",
            &[],
            &new.to_string(),
        ),
    ]
}

#[tokio::test]
async fn the_parts_are_shown_before_and_m2_are_the_same_at_every_moment() {
    let app = TestApp::start().await;
    let mut cast = an_area(&app).await;
    let shown = preview(&app, &cast.ash).await;
    let parts = shown.parts.clone().unwrap();
    let both = (parts.kept.remaining, parts.new.remaining);
    assert_eq!(shown.before, remaining(&app, &cast.ash, "h").await);
    assert_eq!(both.0 + both.1, shown.before);

    let [kept, new] = press(&app, &mut cast).await;
    app.push(&cast.ash, vec![kept.clone(), new.clone()]).await;
    // It waits: the area stands whole, the other one is reported.
    assert_eq!(remaining(&app, &cast.ash, "h").await, shown.before);
    let queue: Page<ReviewItem> = read(&app, &cast.ben, "/api/review").await;
    let item = &queue.items[0];
    assert_eq!((queue.items.len(), item.count), (1, 2));
    assert_eq!((item.revision, item.needs_two), (kept.id(), true));
    let detail: ReviewDetail = read(&app, &cast.ben, &format!("/api/review/{}", kept.id())).await;
    for line in &detail.areas {
        let name = &detail.record.names[&line.record.unwrap()];
        assert!(!name.is_empty(), "{}", line.what);
    }
    let over = detail.areas.iter().find(|one| one.what == "handed-over");
    let over = over.unwrap();
    assert_eq!((over.record, over.before), (Some(record("new")), 0));
    assert!(
        (over.after - both.1).abs() <= 100,
        "{} of {}",
        over.after,
        both.1
    );

    // One alone is refused: all or none.
    let half = cast.ben.author.approve(&kept, &[cast.area.id()]);
    let answer = app.push(&cast.ben, vec![half]).await;
    assert!(
        answers(&answer)[0]
            .to_string()
            .contains("part-of-submission")
    );

    // After the first approval the new one stands, and what it took is the other's no more.
    let first = [
        cast.ben.author.approve(&kept, &[cast.area.id()]),
        cast.ben.author.approve(&new, &[]),
    ];
    app.push(&cast.ben, first.to_vec()).await;
    let now = (
        remaining(&app, &cast.ash, "h").await,
        remaining(&app, &cast.ash, "new").await,
    );
    assert_eq!(now, both);
    let second = cast.bell.author.approve(&kept, &[cast.area.id()]);
    app.push(&cast.bell, vec![second]).await;
    let now = (
        remaining(&app, &cast.ash, "h").await,
        remaining(&app, &cast.ash, "new").await,
    );
    assert_eq!(now, both);
    let totals: safelane_wire::desk::Totals = read(
        &app,
        &cast.ash,
        "/api/accounts?from=2026-02-01&to=2026-12-31&by=none",
    )
    .await;
    let line = totals.rows.last().unwrap();
    assert_eq!((line.new, line.enlarged, line.corrected), (0, 0, 0));
    assert_eq!((line.opening, line.closing), (shown.before, shown.before));
}

#[tokio::test]
async fn a_returned_split_leaves_the_area_whole_and_the_reported_one_on_the_map() {
    let app = TestApp::start().await;
    let mut cast = an_area(&app).await;
    let before = remaining(&app, &cast.ash, "h").await;
    let [kept, new] = press(&app, &mut cast).await;
    app.push(&cast.ash, vec![kept.clone(), new.clone()]).await;
    let back = cast.ben.author.send_back(&kept);
    app.push(&cast.ben, vec![back]).await;
    assert_eq!(remaining(&app, &cast.ash, "h").await, before);
    let queue: Page<ReviewItem> = read(&app, &cast.ben, "/api/review").await;
    assert!(queue.items.is_empty());
}

#[tokio::test]
async fn a_line_that_does_not_split_says_why_and_where() {
    let app = TestApp::start().await;
    let cast = an_area(&app).await;
    app.settle().await;
    let id = record("h");
    let ask = |line: &str| format!("/api/records/{id}/split?line={line}");
    let [in_it, out] = [at(8, 8), at(8, 40)].map(|at| (at.lon_e7(), at.lat_e7()));
    let ends = ask(&format!("{},{};{},{}", out.0, out.1, in_it.0, in_it.1));
    let shown: SplitPreview = read(&app, &cast.ash, &ends).await;
    assert_eq!(shown.problem.as_deref(), Some("line-ends-inside"));
    assert_eq!(shown.at, Some([i64::from(in_it.0), i64::from(in_it.1)]));
    assert!(shown.parts.is_none() && shown.before > 0);
    let later = format!("{}&on=2199-01-01", ask(&line()));
    let shown: SplitPreview = read(&app, &cast.ash, &later).await;
    assert_eq!(shown.problem.as_deref(), Some("in-the-future"));

    let reply = app.get(&ask("here"), Some(&cast.ash)).await;
    assert_eq!(reply.status, 400);
    app.get(&ask(&line()), Some(&cast.bell))
        .await
        .is_problem(403, "not-allowed");
    let nobody = app.get(&ask(&line()), None).await;
    assert_eq!(nobody.status, 401);
}
