//! No route answers without credentials but the open ones, and every answer carries the headers.

use axum::http::Method;
use safelane_server::extract::Access;
use safelane_server::layers::CONTENT_SECURITY_POLICY;
use safelane_server::routes::table;
use serde_json::json;

use crate::support::{TestApp, request};

/// The only addresses that answer to a stranger. The last four ask for a secret in their body.
const OPEN: [&str; 7] = [
    "/healthz",
    "/readyz",
    "/api/sign-in",
    "/api/session",
    "/api/invite",
    "/api/devices/challenge",
    "/api/devices/prove",
];

fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{sha256}" | "{revision}" => "00".repeat(32),
            "{z}" | "{x}" | "{y}" => "0".to_owned(),
            "{layer}" => "hazards".to_owned(),
            "{collection}" => "hazardous-area".to_owned(),
            part if part.starts_with('{') => "6d1cbeb5-2ee3-4b6f-9a86-7b35a0c0f3a1".to_owned(),
            part => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_route_asks_for_credentials_but_the_open_ones() {
    let app = TestApp::start().await;
    let mut walked = 0;
    for route in table() {
        for method in route.methods {
            walked += 1;
            let path = filled(route.path);
            let reply = app
                .send(request(method.clone(), &path, None, Some(&json!({}))))
                .await;
            let is_open = OPEN.contains(&route.path) && route.access == Access::Open;
            if is_open {
                assert_ne!(reply.status, 403, "{method} {path}");
            } else {
                assert_eq!(reply.status, 401, "{method} {path}: {}", reply.text());
            }
            assert_eq!(
                reply.headers["content-security-policy"], CONTENT_SECURITY_POLICY,
                "{path}"
            );
            assert_eq!(reply.headers["x-content-type-options"], "nosniff");
            assert_eq!(
                reply.headers["cache-control"], "private, no-store",
                "{path}"
            );
            assert!(reply.headers.contains_key("x-request-id"));
        }
    }
    assert!(walked > 40, "the table has shrunk to {walked} lines");
}

#[tokio::test]
async fn signing_in_without_a_secret_opens_nothing() {
    let app = TestApp::start().await;
    for path in &OPEN[3..] {
        let reply = app.post(path, None, &json!({})).await;
        assert!(reply.status.is_client_error(), "{path}: {}", reply.status);
        assert!(!reply.headers.contains_key("set-cookie"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_so_and_other_methods_are_refused() {
    let app = TestApp::start().await;
    app.get("/api/nothing", None)
        .await
        .is_problem(404, "not-found");
    app.get("/assets/../../etc/passwd", None)
        .await
        .is_problem(404, "not-found");
    app.get("/assets/%2e%2e%2fCargo.toml", None)
        .await
        .is_problem(404, "not-found");
    for method in [Method::TRACE, Method::DELETE, Method::PATCH] {
        let reply = app.send(request(method, "/healthz", None, None)).await;
        reply.is_problem(405, "method-not-allowed");
    }
    for page in ["/", "/sign-in", "/field/today", "/desk/review"] {
        let reply = app.get(page, None).await.ok();
        assert!(reply.text().contains("<!doctype html>"), "{page}");
    }
}

#[tokio::test]
async fn a_request_from_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let mut asked = request(Method::POST, "/api/session", None, Some(&json!({})));
    asked
        .headers_mut()
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    app.send(asked).await.is_problem(403, "foreign-origin");
    // A form of another site cannot send JSON.
    let mut asked = request(Method::POST, "/api/session", None, Some(&json!({})));
    asked
        .headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    app.send(asked)
        .await
        .is_problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn figures_are_for_the_operators_token() {
    let app = TestApp::start().await;
    assert_eq!(app.get_with_token("/metrics", "wrong").await.status, 401);
    let figures = app.get_with_token("/metrics", "figures").await.ok();
    assert!(figures.text().contains("safelane_requests_total"));
}
