//! Tiles: who gets them, what stands in them, and when they change.

use axum::http::{Method, header};
use safelane_ledger::Role;
use safelane_ledger::testkit::record;

use crate::support::bodies::{at, cells, hazard, item};
use crate::support::{TestApp, request};

/// The tile of zoom 14 at 18.4 E, 43.8 N.
const TILE: &str = "14/9029/5970";

fn has(tile: &[u8], word: &str) -> bool {
    tile.windows(word.len()).any(|part| part == word.as_bytes())
}

fn tile_of(lon: f64, lat: f64, z: u32) -> String {
    let n = f64::from(1u32 << z);
    let x = ((lon + 180.0) / 360.0 * n).floor();
    let y = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n).floor();
    format!("{z}/{x}/{y}")
}

#[tokio::test]
async fn a_reported_hazard_is_on_the_tile_at_once_and_marked_s11() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let z14 = tile_of(18.4005, 43.8005, 14);
    let path = format!("/tiles/hazards/{z14}");
    assert_eq!(app.get(&path, Some(&fern)).await.status, 204);
    let signed = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    app.push(&fern, vec![signed]).await;
    app.settle().await;
    let tile = app.get(&path, Some(&fern)).await.ok();
    assert_eq!(
        tile.headers[header::CONTENT_TYPE],
        "application/vnd.mapbox-vector-tile"
    );
    for word in ["hazards", "reported", "sha", "record"] {
        assert!(has(&tile.bytes, word), "{word}");
    }
    // At every zoom it is there, if only as a symbol (S2).
    for z in 0..=16 {
        let path = format!("/tiles/hazards/{}", tile_of(18.4005, 43.8005, z));
        assert!(
            has(&app.get(&path, Some(&fern)).await.ok().bytes, "sha"),
            "zoom {z}"
        );
    }
    let tag = tile.headers[header::ETAG].clone();
    let mut again = request(Method::GET, &path, Some(&fern), None);
    again
        .headers_mut()
        .insert(header::IF_NONE_MATCH, tag.clone());
    assert_eq!(app.send(again).await.status, 304);
    let more = fern.author.put(
        record("g"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(2, 2, 12, 12)),
    );
    app.push(&fern, vec![more]).await;
    app.settle().await;
    let mut again = request(Method::GET, &path, Some(&fern), None);
    again.headers_mut().insert(header::IF_NONE_MATCH, tag);
    assert_eq!(app.send(again).await.status, 200);
}

#[tokio::test]
async fn every_tile_of_a_demo_is_painted_and_its_features_say_so() {
    let app = TestApp::demo().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let signed = fern.author.put(
        record("h"),
        "hazardous-area/1",
        &[],
        &hazard(&cells(0, 0, 9, 9)),
    );
    app.push(&fern, vec![signed]).await;
    app.settle().await;
    let empty = app.get("/tiles/hazards/5/0/0", Some(&fern)).await.ok();
    assert!(has(&empty.bytes, "DEMO"));
    let tile = app
        .get(
            &format!("/tiles/all/{}", tile_of(18.4005, 43.8005, 14)),
            Some(&fern),
        )
        .await
        .ok();
    assert!(has(&tile.bytes, "DEMO") && has(&tile.bytes, "demo") && has(&tile.bytes, "hazards"));
}

#[tokio::test]
async fn a_program_reads_tiles_by_token_and_sees_items_roughly() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let signed = fern
        .author
        .put(record("i"), "explosive-ordnance/1", &[], &item(at(4, 4)));
    app.push(&fern, vec![signed]).await;
    app.settle().await;
    let token = app.token(Role::Viewer).await;
    let path = format!("/tiles/items/{}", tile_of(18.4005, 43.8005, 6));
    let rough = app.get_with_token(&path, &token).await.ok();
    assert!(has(&rough.bytes, "roughly"));
    let exact = app.get(&path, Some(&fern)).await.ok();
    assert!(!has(&exact.bytes, "roughly"));
    assert_eq!(app.get_with_token(&path, "wrong").await.status, 401);
    let described = app.get_with_token("/tiles/items", &token).await.ok().json();
    assert_eq!(
        described["tiles"][0],
        "http://hub.test:8080/tiles/items/{z}/{x}/{y}"
    );
}

#[tokio::test]
async fn addresses_that_name_no_tile_are_refused() {
    let app = TestApp::start().await;
    let fern = app.person("fern", &[Role::Field]).await;
    for bad in [
        "-1/0/0",
        "31/0/0",
        "99999999999/0/0",
        "1/2/0",
        "1.5/0/0",
        "NaN/0/0",
        "0/0/1",
    ] {
        let reply = app.get(&format!("/tiles/hazards/{bad}"), Some(&fern)).await;
        reply.is_problem(400, "bad-parameter");
    }
    app.get(&format!("/tiles/secrets/{TILE}"), Some(&fern))
        .await
        .is_problem(404, "not-found");
}
