//! The landing page, and what is conformed to.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::base;
use super::exception::OgcResult;
use super::html::{answer, format};
use crate::app::App;
use crate::extract::Query;
use crate::problem::ApiResult;

/// The one parameter that every page takes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnlyFormat {
    /// `json` or `html`.
    pub f: Option<String>,
}

/// A link.
pub fn link(href: &str, rel: &str, media_type: &str, title: &str) -> Value {
    json!({"href": href, "rel": rel, "type": media_type, "title": title})
}

/// `GET /ogc`.
pub async fn landing(
    State(app): State<App>,
    query: ApiResult<Query<OnlyFormat>>,
    headers: HeaderMap,
) -> OgcResult {
    let format = format(query?.0.f.as_deref(), &headers)?;
    let base = base(&app, &headers);
    let settings = app.board().settings();
    let demo = if settings.demo { "DEMO " } else { "" };
    let open_api = "application/vnd.oai.openapi+json;version=3.0";
    let page = json!({
        "title": format!("{demo}{}", settings.name),
        "description": "Records of explosive ordnance as they stand. What is reported and not yet \
            reviewed is marked. Absence of a record is not absence of danger.",
        "demo": settings.demo,
        "links": [
            link(&format!("{base}?f=json"), "self", "application/json", "This page"),
            link(&format!("{base}?f=html"), "alternate", "text/html", "This page as HTML"),
            link(&format!("{base}/api"), "service-desc", open_api, "The API"),
            link(&format!("{base}/conformance"), "conformance", "application/json", "Conformance"),
            link(&format!("{base}/collections"), "data", "application/json", "The collections"),
        ],
    });
    Ok(answer(format, "application/json", &settings.name, &page))
}

/// `GET /ogc/conformance`.
pub async fn conformance(query: ApiResult<Query<OnlyFormat>>, headers: HeaderMap) -> OgcResult {
    let format = format(query?.0.f.as_deref(), &headers)?;
    let class =
        |name: &str| format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}");
    let page =
        json!({"conformsTo": [class("core"), class("oas30"), class("geojson"), class("html")]});
    Ok(answer(format, "application/json", "Conformance", &page))
}
