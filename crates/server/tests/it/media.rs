//! Photos: what is taken, checked and given to whom.

use axum::body::Body;
use axum::http::{Method, header};
use safelane_ledger::testkit::record;
use safelane_ledger::{Digest, Role};
use serde_json::json;

use crate::support::bodies::at;
use crate::support::{Person, Reply, TestApp, request};

fn photo() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec();
    bytes.extend(std::iter::repeat_n(7, 1_000));
    bytes
}

async fn put(
    app: &TestApp,
    person: &Person,
    name: Digest,
    bytes: &[u8],
    offset: Option<(usize, usize)>,
) -> Reply {
    let mut asked = request(
        Method::PUT,
        &format!("/api/media/{name}"),
        Some(person),
        None,
    );
    if let Some((offset, total)) = offset {
        asked.headers_mut().insert("upload-offset", offset.into());
        asked.headers_mut().insert("upload-length", total.into());
    }
    *asked.body_mut() = Body::from(bytes.to_vec());
    app.send(asked).await
}

#[tokio::test]
async fn a_photo_is_taken_once_and_given_through_a_record_that_names_it() {
    let app = TestApp::start().await;
    let mut fern = app.person("fern", &[Role::Field]).await;
    let stranger = app.person("stranger", &[Role::Field]).await;
    let (bytes, name) = (photo(), Digest::of(&photo()));
    let path = format!("/api/media/{name}");
    assert_eq!(
        put(&app, &fern, name, &bytes, None).await.ok().json()["complete"],
        true
    );
    put(&app, &fern, name, &bytes, None).await.ok();
    // No record names it yet.
    app.get(&path, Some(&fern))
        .await
        .is_problem(404, "not-found");
    let mut body: serde_json::Value =
        serde_json::from_str(&crate::support::bodies::item(at(1, 1))).unwrap();
    body["photos"] = json!([{"sha256": name, "bytes": bytes.len(), "type": "image/jpeg"}]);
    let signed = fern
        .author
        .put(record("i"), "explosive-ordnance/1", &[], &body.to_string());
    app.push(&fern, vec![signed]).await;
    app.settle().await;
    let given = app.get(&path, Some(&fern)).await.ok();
    assert_eq!(given.bytes, bytes);
    assert_eq!(given.headers[header::CONTENT_TYPE], "image/jpeg");
    app.get(&path, Some(&stranger))
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn a_photo_that_is_no_photo_too_large_or_of_another_hash_is_not_kept() {
    let app = TestApp::start().await;
    let fern = app.person("fern", &[Role::Field]).await;
    let svg = b"<svg onload='alert(1)'/>";
    let reply = put(&app, &fern, Digest::of(svg), svg, None).await;
    reply.is_problem(415, "unsupported-media-type");
    assert!(reply.text().contains("no photo"));
    let other = Digest::of(b"something else");
    put(&app, &fern, other, &photo(), None)
        .await
        .is_problem(422, "hash-mismatch");
    let large = vec![0xff; 9 * 1024 * 1024];
    put(&app, &fern, Digest::of(&large), &large, None)
        .await
        .is_problem(413, "too-large");
    let head = request(
        Method::HEAD,
        &format!("/api/media/{other}"),
        Some(&fern),
        None,
    );
    let headers = app.send(head).await.headers;
    assert_eq!(headers["upload-offset"], "0");
    assert_eq!(headers["upload-complete"], "?0");
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped() {
    let app = TestApp::start().await;
    let fern = app.person("fern", &[Role::Field]).await;
    let (bytes, name) = (photo(), Digest::of(&photo()));
    let total = bytes.len();
    let first = put(&app, &fern, name, &bytes[..400], Some((0, total)))
        .await
        .ok();
    assert_eq!(
        (&first.json()["offset"], &first.json()["complete"]),
        (&json!(400), &json!(false))
    );
    put(&app, &fern, name, &bytes[500..], Some((500, total)))
        .await
        .is_problem(409, "wrong-offset");
    let last = put(&app, &fern, name, &bytes[400..], Some((400, total)))
        .await
        .ok();
    assert_eq!(last.json()["complete"], true);
    let head = request(
        Method::HEAD,
        &format!("/api/media/{name}"),
        Some(&fern),
        None,
    );
    assert_eq!(app.send(head).await.headers["upload-complete"], "?1");
}
