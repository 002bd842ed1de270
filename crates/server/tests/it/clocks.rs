//! Two clocks: as known when, true on which day.

use safelane_ledger::testkit::record;
use safelane_ledger::{Role, SignedRevision};
use safelane_wire::desk::{Account, Cell, Picture, Restated, Totals};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::bodies::{at, cells, completion, hazard, item, task, team};
use crate::support::{Person, TestApp};

/// Zoom 14 at 18.4 E, 43.8 N.
const TILE: &str = "14/9029/5970";
const YEAR: &str = "from=2026-01-01&to=2026-03-31";

async fn read<T: DeserializeOwned>(app: &TestApp, person: &Person, path: &str) -> T {
    let reply = app.get(path, Some(person)).await.ok();
    serde_json::from_slice(&reply.bytes).unwrap_or_else(|flaw| panic!("{path}: {flaw}"))
}

struct Cast {
    fern: Person,
    ash: Person,
    bell: Person,
}

impl Cast {
    async fn of(app: &TestApp) -> Self {
        Self {
            fern: app.person("fern", &[Role::Field]).await,
            ash: app.person("ash", &[Role::Coordinator]).await,
            bell: app.person("bell", &[Role::Approver]).await,
        }
    }

    /// A hazardous area of 20 by 20 cells, a completion of its west half, its two approvals, an item
    /// in that half; a day lies between any two of them.
    fn story(&mut self) -> Vec<(&'static str, SignedRevision)> {
        let area = hazard(&cells(0, 0, 20, 20));
        let area = (self.fern.author).put(record("h"), "hazardous-area/1", &[], &area);
        let confirmed = self.ash.author.approve(&area, &[]);
        let body = completion(record("h"), &cells(0, 0, 10, 20));
        let done = self.fern.author.put(record("c"), "clearance/1", &[], &body);
        let (one, two) = (
            self.ash.author.approve(&done, &[]),
            self.bell.author.approve(&done, &[]),
        );
        let body = item(at(4, 10));
        let found = (self.fern.author).put(record("i"), "explosive-ordnance/1", &[], &body);
        vec![
            ("fern", area),
            ("ash", confirmed),
            ("fern", done),
            ("ash", one),
            ("bell", two),
            ("fern", found),
        ]
    }

    /// Days go by, and everybody signs in again.
    async fn wait(&self, app: &TestApp, days: i64) {
        app.pass(days * 86_400);
        for person in [&self.fern, &self.ash, &self.bell] {
            app.sign_in_again(person).await;
        }
    }

    fn named(&self, name: &str) -> &Person {
        match name {
            "fern" => &self.fern,
            "ash" => &self.ash,
            _ => &self.bell,
        }
    }
}

/// An answer without what only a past one says.
fn plain(mut value: Value) -> Value {
    value.as_object_mut().unwrap().remove("known");
    value
}

#[tokio::test]
async fn as_known_at_every_entry_of_the_log_is_what_the_hub_answered_then() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    let questions = [
        format!("/api/accounts?{YEAR}"),
        format!("/api/accounts?{YEAR}&by=organisation"),
        format!("/api/accounts/cell?{YEAR}&column=cleared"),
        format!("/api/records/{}/account?", record("h")),
    ];
    let tiles = [
        format!("/tiles/all/{TILE}?"),
        "/tiles/hazards/9/282/186?".to_owned(),
    ];
    let mut answered = Vec::new();
    for (who, signed) in cast.story() {
        cast.wait(&app, 1).await;
        app.push(cast.named(who), vec![signed]).await;
        let n = app.settle().await;
        let mut answers = Vec::new();
        for path in &questions {
            answers.push(app.get(path, Some(&cast.ash)).await);
        }
        let mut drawn = Vec::new();
        for path in &tiles {
            drawn.push(app.get(path, Some(&cast.ash)).await.bytes);
        }
        answered.push((n, app.app.now(), answers, drawn));
    }
    cast.wait(&app, 1).await;
    for (n, instant, answers, drawn) in answered {
        // By the entry's number, and by the instant at which it was received.
        for known in [n.to_string(), instant.to_string()] {
            for (path, before) in questions.iter().zip(&answers) {
                let path = format!("{path}&known={known}");
                let now = app.get(&path, Some(&cast.ash)).await;
                assert_eq!(now.status, before.status, "{path}");
                assert_eq!(plain(now.json()), plain(before.json()), "{path}");
            }
            for (path, before) in tiles.iter().zip(&drawn) {
                let path = format!("{path}&known={known}");
                assert!(
                    app.get(&path, Some(&cast.ash)).await.bytes == *before,
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_day_is_known_to_its_end_and_the_future_is_the_present() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    // 2026-03-01 the area, the next days the rest.
    for (days, (who, signed)) in cast.story().into_iter().enumerate() {
        if days > 0 {
            cast.wait(&app, 1).await;
        }
        app.push(cast.named(who), vec![signed]).await;
    }
    app.settle().await;
    let closing = async |known: &str| {
        let path = format!("/api/accounts?{YEAR}&known={known}");
        let totals: Totals = read(&app, &cast.ash, &path).await;
        let day = totals.known.map(|known| known.day);
        (totals.rows.last().unwrap().closing, day)
    };
    let (before, _) = closing("2026-03-01").await;
    let (whole, day) = closing("2026-03-02").await;
    assert_eq!((before, day.as_deref()), (0, Some("2026-03-02")));
    let (first_of_two, _) = closing("2026-03-04").await;
    let (half, _) = closing("2026-03-05").await;
    assert_eq!(first_of_two, whole, "one approval takes nothing");
    assert!((whole - 2 * half).abs() <= 100);
    assert_eq!(closing("2027-01-01").await, (half, None));
    assert_eq!(closing("2026-03-05T07:00:00Z").await.0, whole);
    assert_eq!(closing("1999-01-01").await.0, 0);
    for bad in [
        "soon",
        "2026-02-30",
        "",
        "12x",
        "-3",
        "99999999999999999999999",
    ] {
        let path = format!("/api/accounts?{YEAR}&known={bad}");
        let reply = app.get(&path, Some(&cast.ash)).await;
        reply.is_problem(400, "bad-parameter");
    }
    let misspelt = format!("/tiles/all/{TILE}?knwon=3");
    let reply = app.get(&misspelt, Some(&cast.ash)).await;
    reply.is_problem(400, "bad-parameter");
}

#[tokio::test]
async fn the_map_of_a_past_day_shows_what_was_true_then_and_nothing_released_early() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    for (who, signed) in cast.story() {
        app.push(cast.named(who), vec![signed]).await;
    }
    app.settle().await;
    let tile = async |query: &str| {
        let path = format!("/tiles/all/{TILE}?{query}");
        let bytes = app.get(&path, Some(&cast.ash)).await.bytes;
        let has = |word: &str| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        };
        [has("hazards"), has("released"), has("items")]
    };
    // Opened on 5 January, completed on 10 February, the item found on 20 February.
    assert_eq!(tile("on=2026-01-04").await, [false, false, false]);
    assert_eq!(tile("on=2026-01-05").await, [true, false, false]);
    assert_eq!(tile("on=2026-02-09").await, [true, false, false]);
    assert_eq!(tile("on=2026-02-10").await, [true, true, false]);
    assert_eq!(tile("on=2026-02-20").await, [true, true, true]);
    assert_eq!(tile("").await, [true, true, true]);
    // Nothing of it was known before any of it was received.
    assert_eq!(tile("on=2026-02-20&known=3").await, [false, false, false]);
    // Today and later are the present.
    let (now, today) = (
        app.get(&format!("/tiles/all/{TILE}"), Some(&cast.ash))
            .await,
        app.get(&format!("/tiles/all/{TILE}?on=2026-03-01"), Some(&cast.ash))
            .await,
    );
    assert!(now.bytes == today.bytes);
    // S5: on the day of the find the released ground there is dangerous, and its hazard whole again.
    let alarm = app
        .get(
            &format!("/tiles/hazards/{TILE}?on=2026-02-20"),
            Some(&cast.ash),
        )
        .await;
    let text = String::from_utf8_lossy(&alarm.bytes).into_owned();
    assert!(text.contains("alarm"), "{text}");
    let quiet = app
        .get(
            &format!("/tiles/hazards/{TILE}?on=2026-02-19"),
            Some(&cast.ash),
        )
        .await;
    assert!(!String::from_utf8_lossy(&quiet.bytes).contains("alarm"));
    let bad = app
        .get(&format!("/tiles/all/{TILE}?on=yesterday"), Some(&cast.ash))
        .await;
    bad.is_problem(400, "bad-parameter");
}

#[tokio::test]
async fn tiles_of_a_moment_keep_their_address_and_its_date_and_hide_exact_points_alike() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    for (who, signed) in cast.story() {
        app.push(cast.named(who), vec![signed]).await;
        cast.wait(&app, 1).await;
    }
    let n = app.settle().await;
    let more = hazard(&cells(40, 40, 50, 50));
    let more = (cast.fern.author).put(record("later"), "hazardous-area/1", &[], &more);
    app.push(&cast.fern, vec![more]).await;
    app.settle().await;
    let token = app.token(Role::Viewer).await;
    let layer = format!("/tiles/items?known={n}&on=2026-02-25");
    let described = app.get_with_token(&layer, &token).await.ok().json();
    let address = described["tiles"][0].as_str().unwrap();
    assert!(
        address.ends_with(&format!("{{y}}?known={n}&on=2026-02-25")),
        "{address}"
    );
    assert_eq!(
        described["description"],
        "As known on 2026-03-06, true on 2026-02-25"
    );
    let path = format!("/tiles/items/6/35/23?known={n}&on=2026-02-25");
    let rough = app.get_with_token(&path, &token).await.ok();
    assert!(String::from_utf8_lossy(&rough.bytes).contains("roughly"));
    let exact = app.get(&path, Some(&cast.fern)).await.ok();
    assert!(!String::from_utf8_lossy(&exact.bytes).contains("roughly"));
    assert_ne!(rough.headers["etag"], exact.headers["etag"]);
    let picture: Option<Picture> = read(
        &app,
        &cast.ash,
        &format!("/api/picture?known={n}&on=2026-02-25"),
    )
    .await;
    assert_eq!(picture.unwrap().upto, n);
    let present: Option<Picture> = read(&app, &cast.ash, "/api/picture?on=2026-12-31").await;
    assert_eq!(present, None);
    app.get("/api/picture", None)
        .await
        .is_problem(401, "sign-in-needed");
}

#[tokio::test]
async fn what_a_late_release_moves_in_the_past_is_listed_between_two_states_of_knowledge() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    let story = cast.story();
    for (who, signed) in story.into_iter().take(5) {
        app.push(cast.named(who), vec![signed]).await;
    }
    app.settle().await;
    // Ten days later a completion of January comes in, over ground that the first one took too.
    cast.wait(&app, 10).await;
    let body = completion(record("h"), &cells(5, 0, 15, 20)).replace("2026-02-10", "2026-01-20");
    let late = cast.fern.author.put(record("l"), "clearance/1", &[], &body);
    let (one, two) = (
        cast.ash.author.approve(&late, &[]),
        cast.bell.author.approve(&late, &[]),
    );
    app.push(&cast.fern, vec![late]).await;
    app.push(&cast.ash, vec![one]).await;
    app.push(&cast.bell, vec![two]).await;
    app.settle().await;
    let path = "/api/accounts/restated?since=2026-03-05";
    let list: Restated = read(&app, &cast.ash, path).await;
    assert_eq!(
        (list.through.as_str(), list.known.is_none()),
        ("2026-03-05", true)
    );
    let rows: Vec<_> = list
        .rows
        .iter()
        .map(|row| (row.on.as_str(), row.record))
        .collect();
    assert_eq!(
        rows,
        [("2026-01-20", record("l")), ("2026-02-10", record("c"))]
    );
    let [late, first] = list.rows.as_slice() else {
        unreachable!()
    };
    assert_eq!(late.before, 0);
    assert!(late.after < 0 && first.before < first.after && first.after < 0);
    let closing = async |known: &str| {
        let path = format!("/api/accounts?{YEAR}{known}");
        let totals: Totals = read(&app, &cast.ash, &path).await;
        totals.rows.last().unwrap().closing
    };
    let moved: i64 = list.rows.iter().map(|row| row.after - row.before).sum();
    assert_eq!(
        moved,
        closing("").await - closing("&known=2026-03-05").await
    );
    let none: Restated = read(
        &app,
        &cast.ash,
        "/api/accounts/restated?since=2026-03-05&known=2026-03-06",
    )
    .await;
    assert!(none.rows.is_empty());
    app.get("/api/accounts/restated?since=2030-01-01", Some(&cast.ash))
        .await
        .is_problem(400, "bad-parameter");
}

#[tokio::test]
async fn every_figure_of_the_totals_is_the_sum_of_what_it_is_made_of() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    let org = r#"{"name":"Demo Operator","organisation_type":"ngo"}"#;
    let org = cast.ash.author.put(record("o"), "organisation/1", &[], org);
    let section = cast
        .ash
        .author
        .put(record("s"), "team/1", &[], &team(record("o")));
    app.push(&cast.ash, vec![org, section]).await;
    let area = hazard(&cells(0, 0, 20, 20));
    let area = (cast.fern.author).put(record("h"), "hazardous-area/1", &[], &area);
    let named = format!(r#""team":"{}","report""#, record("s"));
    let body = completion(record("h"), &cells(0, 0, 21, 10)).replace(r#""report""#, &named);
    let done = cast.fern.author.put(record("c"), "clearance/1", &[], &body);
    let judged = [
        cast.ash.author.approve(&area, &[]),
        cast.ash.author.approve(&done, &[]),
    ];
    let last = cast.bell.author.approve(&done, &[]);
    let waits = completion(record("h"), &cells(0, 10, 5, 20));
    let waits = cast
        .fern
        .author
        .put(record("w"), "clearance/1", &[], &waits);
    app.push(&cast.fern, vec![area, done, waits]).await;
    app.push(&cast.ash, judged.to_vec()).await;
    app.push(&cast.bell, vec![last]).await;
    app.settle().await;
    let mut looked = 0;
    for by in ["district", "class", "organisation", "none"] {
        let totals: Value = read(&app, &cast.ash, &format!("/api/accounts?{YEAR}&by={by}")).await;
        for row in totals["rows"].as_array().unwrap() {
            let mut keys = String::new();
            let total = row["class"] == "all"
                || (by == "organisation" && row["name"] == "" && row["organisation"].is_null());
            if !total {
                keys = match by {
                    "organisation" => format!(
                        "&organisation={}",
                        row["organisation"].as_str().unwrap_or("none")
                    ),
                    _ => format!("&class={}", row["class"].as_str().unwrap()),
                };
            }
            for column in [
                "opening",
                "new",
                "enlarged",
                "re-opened",
                "cancelled",
                "reduced",
                "cleared",
                "reclassified",
                "corrected",
                "closing",
                "worked",
                "outside",
                "areas",
            ] {
                let path = format!("/api/accounts/cell?{YEAR}&by={by}&column={column}{keys}");
                let cell: Cell = read(&app, &cast.ash, &path).await;
                assert_eq!(
                    cell.sum,
                    row[column.replace('-', "_")].as_i64().unwrap(),
                    "{path}"
                );
                assert_eq!(cell.sum, cell.rows.iter().map(|row| row.area).sum::<i64>());
                looked += usize::from(cell.sum != 0);
            }
        }
        let cell: Cell = read(
            &app,
            &cast.ash,
            &format!("/api/accounts/cell?{YEAR}&column=waiting-cleared"),
        )
        .await;
        assert_eq!(cell.sum, totals["waiting"]["cleared"].as_i64().unwrap());
        assert_eq!(cell.rows[0].record, record("w"));
    }
    assert!(looked > 20, "{looked}");
    let cleared: Cell = read(
        &app,
        &cast.ash,
        &format!(
            "/api/accounts/cell?{YEAR}&by=organisation&column=cleared&organisation={}",
            record("o")
        ),
    )
    .await;
    assert_eq!(cleared.rows[0].organisation, "Demo Operator");
    assert_eq!(
        (cleared.rows[0].record, cleared.rows[0].kind.as_str()),
        (record("c"), "clearance")
    );
    let other: Totals = read(
        &app,
        &cast.ash,
        &format!("/api/accounts?{YEAR}&contamination=av-mine"),
    )
    .await;
    assert_eq!(other.rows.last().unwrap().closing, 0);
    for bad in [
        "column=shiny",
        "column=new&district=x",
        "column=new&contamination=x",
        "column=new&by=x",
        "colour=red",
    ] {
        let path = format!("/api/accounts/cell?{YEAR}&{bad}");
        app.get(&path, Some(&cast.ash))
            .await
            .is_problem(400, "bad-parameter");
    }
}

#[tokio::test]
async fn the_statement_of_an_area_names_who_signed_and_what_became_of_each_release() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    let story = cast.story();
    for (who, signed) in &story[..5] {
        app.push(cast.named(who), vec![signed.clone()]).await;
    }
    let n = app.settle().await;
    let path = format!("/api/records/{}/account", record("h"));
    let account: Account = read(&app, &cast.ash, &path).await;
    let lines: Vec<_> = account
        .movements
        .iter()
        .map(|one| one.what.as_str())
        .collect();
    assert_eq!(lines, ["new", "cleared"]);
    assert_eq!(account.movements[0].author_name, "fern of the test");
    let mut approvers = account.movements[1].approved_by.clone();
    approvers.sort();
    assert_eq!(approvers, ["ash of the test", "bell of the test"]);
    assert_eq!(account.releases.len(), 1);
    let release = &account.releases[0];
    assert_eq!(
        (release.state.as_str(), release.depth),
        ("counts", Some(200))
    );
    assert_eq!(release.took, -account.movements[1].area);
    assert!(account.alarms.is_empty());
    let (who, found) = &story[5];
    app.push(cast.named(who), vec![found.clone()]).await;
    app.settle().await;
    let account: Account = read(&app, &cast.ash, &path).await;
    assert_eq!(
        (account.releases[0].state.as_str(), account.alarms.len()),
        ("frozen", 1)
    );
    assert!(account.alarms[0].at.is_some());
    let wren = app.person("wren", &[Role::Viewer]).await;
    let seen: Account = read(&app, &wren, &path).await;
    assert_eq!(
        seen.alarms[0].at, None,
        "an exact point of an item is not for a viewer"
    );
    let then: Account = read(&app, &cast.ash, &format!("{path}?known={n}")).await;
    assert_eq!(then.releases[0].state, "counts");
}

#[tokio::test]
async fn the_past_is_read_with_the_rights_of_the_present() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    let crew = app
        .member("crew", &[Role::Field], None, Some(record("t1")))
        .await;
    let section = team(record("o"));
    let section = cast.ash.author.put(record("t1"), "team/1", &[], &section);
    app.push(&cast.ash, vec![section]).await;
    for (who, signed) in cast.story() {
        app.push(cast.named(who), vec![signed]).await;
    }
    let n = app.settle().await;
    let path = format!("/api/records/{}/account?known={}", record("h"), n - 1);
    app.get(&path, Some(&crew))
        .await
        .is_problem(404, "not-found");
    app.get(&format!("/api/accounts?known={}", n - 1), Some(&crew))
        .await
        .is_problem(403, "not-allowed");
    app.get(
        &format!("/api/accounts/cell?column=new&known={}", n - 1),
        Some(&crew),
    )
    .await
    .is_problem(403, "not-allowed");
    app.get(
        &format!("/api/accounts/restated?since={}", n - 1),
        Some(&crew),
    )
    .await
    .is_problem(403, "not-allowed");
    // A task there brings the area into the team's scope: its past too, from before the task.
    let order = serde_json::to_string(&task(record("t1"), record("h"))).unwrap();
    let order = cast.ash.author.put(record("order"), "task/1", &[], &order);
    app.push(&cast.ash, vec![order]).await;
    app.settle().await;
    assert!(app.get(&path, Some(&crew)).await.status.is_success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_moments_at_once_are_each_right_and_do_not_hold_up_the_present() {
    let app = TestApp::start().await;
    let mut cast = Cast::of(&app).await;
    let mut numbers = Vec::new();
    for (who, signed) in cast.story() {
        app.push(cast.named(who), vec![signed]).await;
        numbers.push(app.settle().await);
    }
    let ask = async |n: u64| {
        let totals: Totals =
            read(&app, &cast.ash, &format!("/api/accounts?{YEAR}&known={n}")).await;
        (totals.upto, totals.rows.last().unwrap().closing)
    };
    // More moments than are kept, twice: what was dropped is made again.
    let mut first = Vec::new();
    for n in 1..=numbers[5] {
        first.push(ask(n).await);
        assert_eq!(first.last().unwrap().0, n);
    }
    for (n, before) in (1..=numbers[5]).zip(first) {
        assert_eq!(ask(n).await, before);
    }
    let (a, b, now) = tokio::join!(ask(numbers[1]), ask(numbers[4]), ask(numbers[5]));
    assert_eq!((a.0, b.0, now.0), (numbers[1], numbers[4], numbers[5]));
    assert!((a.1 - 2 * b.1).abs() <= 100);
}
