//! The app's files: pages, and assets whose names carry their hash.

use std::path::{Component, Path, PathBuf};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::ApiError;

/// Where the app's files come from: a folder, or bytes in the program.
pub trait AppFiles: Send + Sync {
    /// The bytes of a file, by its path without a leading slash, such as `assets/field-AB12.js`.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
}

/// Files in a folder that `cargo xtask web` filled.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder such as `frontend/dist`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl AppFiles for Folder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = Path::new(path);
        // Only plain names: no way out of the folder, whatever the address says.
        let plain = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        plain.then(|| std::fs::read(self.0.join(path)).ok())?
    }
}

/// Stands for the app in a program that was built without it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoApp;

impl AppFiles for NoApp {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Safelane</title>\
            <p>The server runs, and this build has no app in it. Build one with \
            <code>cargo xtask web</code> and start with <code>--app frontend/dist</code>.</p></html>";
        (path == "index.html").then(|| PAGE.as_bytes().to_vec())
    }
}

/// `GET /`, `/field/…`, `/desk/…`, `/sign-in` and every file of the app.
pub async fn app_file(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let headers = request.headers().clone();
    let read = tokio::task::spawn_blocking(move || find(&app, &path, &headers)).await;
    match read {
        Ok(Some(response)) => response,
        Ok(None) => ApiError::not_found().into_response(),
        Err(cause) => ApiError::internal(cause).into_response(),
    }
}

fn find(app: &App, path: &str, headers: &HeaderMap) -> Option<Response> {
    let name = page(path).unwrap_or(path);
    let files = &app.config().files;
    let wants_br = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.split(';').next().map(str::trim) == Some("br"));
    let packed = wants_br
        .then(|| files.read(&format!("{name}.br")))
        .flatten();
    let is_packed = packed.is_some();
    let bytes = match packed {
        Some(bytes) => bytes,
        None => files
            .read(name)
            // The desk's page is missing in a build without the app.
            .or_else(|| page(path).and_then(|_| files.read("index.html")))?,
    };
    Some(answer(name, bytes, is_packed, headers))
}

/// Which page an address shows; none for a file.
fn page(path: &str) -> Option<&'static str> {
    let first = path.split('/').next().unwrap_or_default();
    match first {
        "" | "index.html" | "field" | "sign-in" => Some("index.html"),
        "desk" | "desk.html" => Some("desk.html"),
        _ => None,
    }
}

fn answer(name: &str, bytes: Vec<u8>, is_packed: bool, asked: &HeaderMap) -> Response {
    let tag = format!(
        "\"{}\"",
        &safelane_ledger::Digest::of(&bytes).to_string()[..32]
    );
    let cache = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let same = asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type(name)),
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if is_packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// The media type of a file, by its ending.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_out_of_the_folder() {
        let folder = Folder::new(env!("CARGO_MANIFEST_DIR"));
        assert!(folder.read("Cargo.toml").is_some());
        for bad in [
            "../Cargo.toml",
            "src/../../server/Cargo.toml",
            "/etc/passwd",
            "..",
            "%2e%2e/x",
            "a\0b",
        ] {
            assert!(folder.read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn every_page_of_the_app_has_its_html() {
        for path in ["", "sign-in", "field", "field/today", "field/record/1"] {
            assert_eq!(page(path), Some("index.html"), "{path}");
        }
        assert_eq!(page("desk/review/abc"), Some("desk.html"));
        assert_eq!(page("sw.js"), None);
    }
}
