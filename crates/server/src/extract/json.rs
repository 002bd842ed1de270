//! Bodies: within a limit, not too slow, JSON of exactly the type asked.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use safelane_wire::problem::Code;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::problem::{ApiError, ApiResult};

/// Bytes of a JSON body, unless a route says otherwise; a push may have
/// [`safelane_wire::sync::MAX_PUSH_BYTES`].
const MAX_JSON: usize = 64 * 1024;

/// A body may be this slow: bytes in a second, after the grace time. A field network is slower than
/// anything that is not an attack, so this is low.
const LEAST_RATE: f64 = 1_000.0;
const GRACE: Duration = Duration::from_secs(10);
/// Of a body beyond its limit so much is read, and thrown away, before the answer.
const DISCARD_BYTES: usize = 32 * 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(5);

/// A JSON body, in and out.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> ApiResult<Self> {
        let limit = if request.uri().path() == safelane_wire::sync::PUSH {
            // JSON escapes what it carries; what it carries has limits of its own.
            safelane_wire::sync::MAX_PUSH_BYTES * 2
        } else {
            MAX_JSON
        };
        if !is_json(request.headers()) {
            return Err(ApiError::new(
                Code::UnsupportedMediaType,
                "Only JSON is taken here (content-type: application/json). Nothing was changed.",
            ));
        }
        let bytes = body_bytes(request, limit).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|flaw| {
            ApiError::new(
                Code::BadRequest,
                format!("The request is not the JSON that is wanted here: {flaw}. Nothing was changed; correct it and send it again."),
            )
        })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => (
                StatusCode::OK,
                [(header::CONTENT_TYPE, "application/json")],
                bytes,
            )
                .into_response(),
            Err(cause) => ApiError::internal(cause).into_response(),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let media = text
        .and_then(|text| text.split(';').next())
        .unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/json")
}

/// A whole body of at most `limit` bytes.
pub async fn body_bytes(request: Request, limit: usize) -> ApiResult<Vec<u8>> {
    let too_large = || {
        ApiError::new(
            Code::TooLarge,
            format!(
                "The request has more than {limit} bytes. Nothing of it was kept; send less at once."
            ),
        )
    };
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let mut body = request.into_body();
    if declared.is_some_and(|length| length > limit) {
        discard(body).await;
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(declared.unwrap_or_default());
    let start = Instant::now();
    loop {
        let allowed = GRACE + Duration::from_secs_f64((bytes.len() as f64 + 1.0) / LEAST_RATE);
        let frame = tokio::time::timeout_at(start + allowed, body.frame()).await;
        match frame {
            Err(_) => return Err(broken("came too slowly")),
            Ok(None) => return Ok(bytes),
            Ok(Some(Err(_))) => return Err(broken("broke off")),
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    if bytes.len() + data.len() > limit {
                        discard(body).await;
                        return Err(too_large());
                    }
                    bytes.extend_from_slice(&data);
                }
            }
        }
    }
}

/// Lets the rest of a body pass, for a while: whoever is cut off in the middle of sending never hears why.
async fn discard(mut body: axum::body::Body) {
    let until = Instant::now() + DISCARD_TIME;
    let mut passed = 0;
    while passed < DISCARD_BYTES {
        match tokio::time::timeout_at(until, body.frame()).await {
            Ok(Some(Ok(frame))) => passed += frame.data_ref().map_or(0, axum::body::Bytes::len),
            Ok(Some(Err(_)) | None) | Err(_) => break,
        }
    }
}

fn broken(how: &str) -> ApiError {
    ApiError::new(
        Code::BadRequest,
        format!("The request {how}. Nothing of it was kept; send it again."),
    )
}
