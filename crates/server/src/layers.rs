//! What every request goes through: a request id, the log line, security headers, the origin.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use safelane_wire::problem::Code;

use crate::app::App;
use crate::problem::ApiError;

/// What pages may do: no inline script or style, nothing from elsewhere, never in a frame.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; worker-src 'self'; img-src 'self' blob: data:; connect-src 'self'; \
     font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The header under which an answer names its request, for the log.
pub const REQUEST_ID: &str = "x-request-id";

const FIXED: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "geolocation=(self), camera=(self), microphone=()",
    ),
];

static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// Names the request, times it, and writes one line: method, route, status, time. No address, no
/// query, no name: a route's pattern tells nobody who did what where.
pub async fn trace(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = format!("{:08x}", REQUESTS.fetch_add(1, Ordering::Relaxed));
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let start = Instant::now();
    let mut response = next.run(request).await;
    let milliseconds = start.elapsed().as_millis() as u64;
    app.metrics()
        .count(response.status().as_u16(), start.elapsed());
    tracing::info!(request = %id, %method, route, status = response.status().as_u16(), milliseconds, "request");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Puts the security headers on every answer; nothing is cached unless a handler says so.
pub async fn security_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    if app.is_secure() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

/// Refuses what changes anything and comes from another site.
///
/// The browser says where a request comes from in `Sec-Fetch-Site`, older ones in `Origin` alone.
/// A program that sends neither has no cookie that it did not get itself.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if changes && is_foreign(request.headers()) {
        return ApiError::new(
            Code::ForeignOrigin,
            "The request came from a page of another site. Nothing was changed; open Safelane \
             itself and do it there.",
        )
        .into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN) else {
        return headers.contains_key(header::ORIGIN);
    };
    let host = text(header::HOST).unwrap_or_default();
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority != Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        is_foreign(&headers)
    }

    #[test]
    fn only_the_own_page_and_programs_without_a_browser_may_change_things() {
        assert!(!foreign(&[("host", "hub:8080")]));
        assert!(!foreign(&[
            ("host", "hub:8080"),
            ("origin", "http://hub:8080")
        ]));
        assert!(!foreign(&[
            ("host", "hub:8080"),
            ("sec-fetch-site", "same-origin")
        ]));
        for bad in [
            [("host", "hub:8080"), ("origin", "null")],
            [
                ("host", "hub:8080"),
                ("origin", "http://hub:8080.evil.example"),
            ],
            [("host", "hub:8080"), ("origin", "http://evil.example")],
            [("host", "hub:8080"), ("sec-fetch-site", "cross-site")],
            [("host", "hub:8080"), ("sec-fetch-site", "same-site")],
        ] {
            assert!(foreign(&bad), "{bad:?}");
        }
    }
}
