//! What operators ask: `/healthz`, `/readyz`, `/metrics`.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::ApiResult;

/// The process answers.
pub async fn health() -> &'static str {
    "ok\n"
}

/// The store can be written.
pub async fn ready(State(app): State<App>) -> ApiResult<&'static str> {
    app.store().ready().await?;
    Ok("ready\n")
}

/// Counters, as text.
pub async fn metrics(State(app): State<App>) -> ApiResult<Response> {
    let size = app.store().point().await?.size;
    let text = app.metrics().text(size);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
