//! The collections: one for each kind.

use axum::extract::State;
use axum::http::HeaderMap;
use safelane_geometry::Bbox;
use safelane_model::kinds::Kind;
use serde_json::{Value, json};

use super::exception::OgcResult;
use super::html::{answer, format};
use super::landing::{OnlyFormat, link};
use super::{CRS84, base, find, published, title};
use crate::app::App;
use crate::extract::{Path, Query, Reader};
use crate::problem::ApiResult;
use crate::sync::reader_scope;

/// `GET /ogc/collections`.
pub async fn collections(
    State(app): State<App>,
    reader: Reader,
    query: ApiResult<Query<OnlyFormat>>,
    headers: HeaderMap,
) -> OgcResult {
    let format = format(query?.0.f.as_deref(), &headers)?;
    let base = base(&app, &headers);
    let all: Vec<Value> = published()
        .map(|kind| describe(&app, &reader, &base, kind))
        .collect();
    let page = json!({
        "links": [
            link(&format!("{base}/collections?f=json"), "self", "application/json", "This page"),
            link(&format!("{base}/collections?f=html"), "alternate", "text/html", "This page as HTML"),
        ],
        "collections": all,
        "crs": [CRS84],
    });
    Ok(answer(format, "application/json", "Collections", &page))
}

/// `GET /ogc/collections/{collection}`.
pub async fn collection(
    State(app): State<App>,
    reader: Reader,
    Path(name): Path<String>,
    query: ApiResult<Query<OnlyFormat>>,
    headers: HeaderMap,
) -> OgcResult {
    let format = format(query?.0.f.as_deref(), &headers)?;
    let kind = find(&name)?;
    let page = describe(&app, &reader, &base(&app, &headers), kind);
    Ok(answer(format, "application/json", &title(kind), &page))
}

fn describe(app: &App, reader: &Reader, base: &str, kind: &Kind) -> Value {
    let here = format!("{base}/collections/{}", kind.name);
    let extent = app.board().read(|board| {
        let scope = reader_scope(board, reader);
        board
            .of_kind(kind.name)
            .filter(|known| scope.holds(known))
            .filter_map(|known| known.summary.bbox)
            .reduce(Bbox::join)
    });
    let mut page = json!({
        "id": kind.name,
        "title": title(kind),
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [
            link(&format!("{here}?f=json"), "self", "application/json", "This collection"),
            link(&format!("{here}?f=html"), "alternate", "text/html", "This collection as HTML"),
            link(&format!("{here}/items?f=json"), "items", "application/geo+json", "The features"),
            link(&format!("{here}/items?f=html"), "items", "text/html", "The features as HTML"),
        ],
    });
    if let Some(extent) = extent {
        page["extent"] = json!({"spatial": {"bbox": [extent.degrees()], "crs": CRS84}});
    }
    page
}
