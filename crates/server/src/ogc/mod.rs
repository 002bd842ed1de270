//! OGC API Features (Part 1: core, GeoJSON, HTML, OpenAPI 3.0) under `/ogc`: a collection for each
//! kind, named as the kind. QGIS and GDAL read it with a token.
//!
//! A dialect of its own: its success and its failure ([`exception`]) are the standard's, not the
//! API's. S11: what is reported and not yet reviewed is in every collection at once, and says so.

mod collections;
mod exception;
mod feature;
mod html;
mod items;
mod landing;
mod openapi;

use axum::http::{HeaderMap, header};
use safelane_model::kinds::{self, Family, Kind};

use crate::app::App;

pub use collections::{collection, collections};
pub use items::{Asked, item, items};
pub use landing::{conformance, landing};
pub use openapi::api;

/// The default page, and the largest.
const PAGE: usize = 1_000;
const MAX_PAGE: usize = 10_000;

/// The reference system of everything here: longitude, latitude, WGS 84.
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Kinds that are collections: what is on the ground or says so; settings are not.
fn published() -> impl Iterator<Item = &'static Kind> {
    kinds::ALL
        .iter()
        .filter(|kind| kind.family != Family::System)
}

/// The kind of a collection.
fn find(collection: &str) -> Result<&'static Kind, exception::Exception> {
    published()
        .find(|kind| kind.name == collection)
        .ok_or_else(exception::Exception::not_found)
}

/// `http://host/ogc`, as the client reached it.
fn base(app: &App, headers: &HeaderMap) -> String {
    let scheme = if app.is_secure() { "https" } else { "http" };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    format!("{scheme}://{}/ogc", host.unwrap_or("localhost"))
}

/// What a collection is called.
fn title(kind: &Kind) -> String {
    let mut title = kind.name.replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
