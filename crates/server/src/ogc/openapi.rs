//! `GET /ogc/api`: the description of this API in OpenAPI 3.0, by hand. GDAL and QGIS learn from it
//! which parameters a collection takes and how large a page may be.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

use super::exception::OgcResult;
use super::feature::property_names;
use super::{MAX_PAGE, PAGE, base, published, title};
use crate::app::App;

/// The description.
pub async fn api(State(app): State<App>, headers: HeaderMap) -> OgcResult {
    let base = base(&app, &headers);
    let mut paths = Map::new();
    for (path, summary) in [
        ("/", "Landing page"),
        ("/conformance", "What is conformed to"),
        ("/collections", "The collections"),
    ] {
        paths.insert(
            path.to_owned(),
            json!({"get": {"summary": summary, "responses": answers("application/json")}}),
        );
    }
    for kind in published() {
        let here = format!("/collections/{}", kind.name);
        paths.insert(
            here.clone(),
            json!({"get": {"summary": title(kind), "responses": answers("application/json")}}),
        );
        paths.insert(
            format!("{here}/items"),
            json!({"get": {
                "summary": format!("{}: the features", title(kind)),
                "description": format!("Properties: {}.", property_names(kind).join(", ")),
                "parameters": parameters(),
                "responses": answers("application/geo+json"),
            }}),
        );
        paths.insert(
            format!("{here}/items/{{featureId}}"),
            json!({"get": {
                "summary": format!("{}: one feature", title(kind)),
                "parameters": [{"name": "featureId", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}],
                "responses": answers("application/geo+json"),
            }}),
        );
    }
    let settings = app.board().settings();
    let document = json!({
        "openapi": "3.0.3",
        "info": {
            "title": settings.name,
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Absence of a record is not absence of danger.",
        },
        "servers": [{"url": base}],
        "security": [{"token": []}, {"password": []}],
        "paths": paths,
        "components": {"securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "password": {"type": "http", "scheme": "basic", "description": "Any name; the token as password."},
        }},
    });
    let media_type = "application/vnd.oai.openapi+json;version=3.0";
    Ok(([(header::CONTENT_TYPE, media_type)], document.to_string()).into_response())
}

fn answers(media_type: &str) -> Value {
    json!({
        "200": {"description": "As asked", "content": {media_type: {"schema": {"type": "object"}}, "text/html": {"schema": {"type": "string"}}}},
        "400": {"description": "A parameter is wrong"},
        "401": {"description": "A token is wanted"},
        "404": {"description": "Not here"},
    })
}

fn parameters() -> Value {
    json!([
        {"name": "bbox", "in": "query", "required": false, "style": "form", "explode": false,
         "schema": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}},
        {"name": "datetime", "in": "query", "required": false, "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "required": false,
         "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE}},
        {"name": "standing", "in": "query", "required": false, "schema": {"type": "string"}},
        {"name": "cursor", "in": "query", "required": false, "schema": {"type": "string"}},
        {"name": "f", "in": "query", "required": false, "schema": {"type": "string", "enum": ["json", "html"]}},
    ])
}
