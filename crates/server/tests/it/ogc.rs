//! OGC API Features as QGIS and GDAL ask it.

use axum::http::{Method, header};
use base64::Engine as _;
use safelane_ledger::Role;
use safelane_ledger::testkit::record;
use serde_json::Value;

use crate::support::bodies::{accident, at, cells, hazard};
use crate::support::{TestApp, request};

async fn three_hazards(app: &TestApp) -> String {
    let mut fern = app.person("fern", &[Role::Field]).await;
    for n in 0..3 {
        let body = hazard(&cells(n * 100, 0, n * 100 + 9, 9));
        let one = fern
            .author
            .put(record(&format!("h{n}")), "hazardous-area/1", &[], &body);
        app.push(&fern, vec![one]).await;
    }
    let one = fern
        .author
        .put(record("a"), "accident/1", &[], &accident(at(4, 4)));
    app.push(&fern, vec![one]).await;
    app.settle().await;
    app.token(Role::Viewer).await
}

#[tokio::test]
async fn a_client_finds_its_way_from_the_landing_page_to_every_feature() {
    let app = TestApp::start().await;
    let token = three_hazards(&app).await;
    let landing = app.get_with_token("/ogc", &token).await.ok().json();
    let rels: Vec<&str> = landing["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["rel"].as_str().unwrap())
        .collect();
    for rel in ["self", "service-desc", "conformance", "data"] {
        assert!(rels.contains(&rel), "{rel}");
    }
    let api = app.get_with_token("/ogc/api", &token).await.ok();
    assert_eq!(
        api.headers[header::CONTENT_TYPE],
        "application/vnd.oai.openapi+json;version=3.0"
    );
    let collections = app
        .get_with_token("/ogc/collections", &token)
        .await
        .ok()
        .json();
    let names: Vec<&str> = collections["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"hazardous-area") && !names.contains(&"grant"));

    let mut next = "/ogc/collections/hazardous-area/items?limit=2".to_owned();
    let mut ids = Vec::new();
    loop {
        let page = app.get_with_token(&next, &token).await.ok();
        assert_eq!(page.headers[header::CONTENT_TYPE], "application/geo+json");
        let page = page.json();
        assert_eq!(page["numberMatched"], 3);
        for feature in page["features"].as_array().unwrap() {
            assert_eq!(feature["properties"]["reported_not_yet_reviewed"], true);
            ids.push(feature["id"].as_str().unwrap().to_owned());
        }
        let link = page["links"]
            .as_array()
            .unwrap()
            .iter()
            .find(|link| link["rel"] == "next")
            .cloned();
        match link {
            Some(link) => {
                next = link["href"]
                    .as_str()
                    .unwrap()
                    .replace("http://hub.test:8080", "");
            }
            None => break,
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let one = app
        .get_with_token(
            &format!("/ogc/collections/hazardous-area/items/{}", ids[0]),
            &token,
        )
        .await
        .ok()
        .json();
    let ring = &one["geometry"]["coordinates"][0];
    assert_eq!(ring[0], ring[4], "closed");
}

#[tokio::test]
async fn places_of_accidents_are_rough_for_a_token() {
    let app = TestApp::start().await;
    let token = three_hazards(&app).await;
    let page = app
        .get_with_token("/ogc/collections/accident/items", &token)
        .await
        .ok()
        .json();
    let feature = &page["features"][0];
    assert_eq!(feature["properties"]["place_is_rough"], true);
    let lon = feature["geometry"]["coordinates"][0].as_f64().unwrap();
    assert!(
        (lon - 18.4004).abs() > 1e-4 && (lon - 18.4004).abs() < 0.05,
        "{lon}"
    );
}

#[tokio::test]
async fn the_dialect_refuses_in_its_own_words() {
    let app = TestApp::start().await;
    let token = three_hazards(&app).await;
    let items = "/ogc/collections/hazardous-area/items";
    for bad in [
        "limit=0",
        "limit=-1",
        "bbox=4,3,2,1",
        "bbox=a",
        "datetime=../..",
        "colour=red",
        "crs=EPSG:1",
        "cursor=1",
    ] {
        let reply = app.get_with_token(&format!("{items}?{bad}"), &token).await;
        assert_eq!(reply.status, 400, "{bad}");
        assert_eq!(reply.json()["code"], "InvalidParameterValue", "{bad}");
    }
    assert_eq!(
        app.get_with_token(&format!("{items}?f=../../etc"), &token)
            .await
            .status,
        406
    );
    assert_eq!(
        app.get_with_token("/ogc/collections/grant/items", &token)
            .await
            .status,
        404
    );
    let near = app
        .get_with_token(
            &format!("{items}?bbox=18.4,43.8,18.400499999999994,43.801"),
            &token,
        )
        .await
        .ok()
        .json();
    assert_eq!(near["numberMatched"], 1);
    let then = app
        .get_with_token(
            &format!("{items}?datetime=2026-01-01T00:00:00Z/2026-01-31T00:00:00Z"),
            &token,
        )
        .await
        .ok()
        .json();
    assert_eq!(then["numberMatched"], 3);
    let html = app
        .get_with_token(&format!("{items}?f=html"), &token)
        .await
        .ok();
    assert!(
        html.text()
            .contains("Absence of a record is not absence of danger.")
    );
}

#[tokio::test]
async fn the_token_is_also_the_password_of_basic() {
    let app = TestApp::start().await;
    let token = three_hazards(&app).await;
    let mut asked = request(Method::GET, "/ogc/collections", None, None);
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("anybody:{token}"));
    asked.headers_mut().insert(
        header::AUTHORIZATION,
        format!("Basic {pair}").parse().unwrap(),
    );
    app.send(asked).await.ok();
    let reply = app.get("/ogc/collections?token=x", None).await;
    assert_eq!(reply.status, 401);
    assert!(
        reply.headers[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .starts_with("Basic")
    );
    let page: Value = reply.json();
    assert_eq!(page["code"], "sign-in-needed");
}
