//! Asking the router from inside the program, without a socket: what a simulation does.
//!
//! A request goes through every layer and handler that one from the network goes through.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::app::App;

/// A request, as far as the app's own requests differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// The session's secret.
    pub session: Option<String>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body; JSON unless a header says otherwise.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200 and so on.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    headers: HeaderMap,
}

impl Reply {
    /// An answer that no hub gave.
    pub fn foreign(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            headers: HeaderMap::new(),
        }
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The secret of the session that it opened.
    pub fn session(&self) -> Option<String> {
        let cookie = self.header(header::SET_COOKIE.as_str())?;
        let value = cookie.strip_prefix(crate::extract::COOKIE)?;
        let secret = value.strip_prefix('=')?.split(';').next()?;
        Some(secret.to_owned())
    }
}

/// The way in.
#[derive(Clone, Debug)]
pub struct Door(Router);

impl Door {
    /// To this app's router.
    pub fn new(app: App) -> Self {
        Self(crate::router(app))
    }

    /// Asks, and waits for the whole answer; nothing where the request cannot be one.
    pub async fn ask(&self, asked: Asked) -> Option<Reply> {
        let method = Method::from_bytes(asked.method.as_bytes()).ok()?;
        let mut request = Request::builder()
            .method(method)
            .uri(&asked.path)
            .header(header::HOST, "hub.inside:8080")
            .header("sec-fetch-site", "same-origin");
        if let Some(secret) = &asked.session {
            let cookie = format!("{}={secret}", crate::extract::COOKIE);
            request = request.header(header::COOKIE, cookie);
        }
        if !asked
            .headers
            .iter()
            .any(|(name, _)| *name == "content-type")
        {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in &asked.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(asked.body)).ok()?;
        let response = self.0.clone().oneshot(request).await.ok()?;
        let (parts, body) = response.into_parts();
        Some(Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await.ok()?.to_bytes().to_vec(),
        })
    }
}
