//! Failures in the standard's words.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::problem::ApiError;

/// What a handler of this dialect answers.
pub type OgcResult = Result<Response, Exception>;

/// A failure.
#[derive(Debug)]
pub struct Exception {
    status: StatusCode,
    code: &'static str,
    description: String,
}

impl Exception {
    /// Nothing here, or nothing that may be read.
    pub fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: "NotFound",
            description: "There is no such collection or feature here.".to_owned(),
        }
    }

    /// A parameter that is unknown or out of its bounds.
    pub fn parameter(name: &str, why: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidParameterValue",
            description: format!("The parameter {name} {why}. Correct it and ask again."),
        }
    }

    /// No representation that was asked for.
    pub fn not_acceptable() -> Self {
        Self {
            status: StatusCode::NOT_ACCEPTABLE,
            code: "NotAcceptable",
            description: "The formats here are f=json and f=html.".to_owned(),
        }
    }
}

impl From<ApiError> for Exception {
    fn from(error: ApiError) -> Self {
        error.log();
        Self {
            status: error.status(),
            code: if error.status().is_server_error() {
                "NoApplicableCode"
            } else {
                "InvalidParameterValue"
            },
            description: error.detail().to_owned(),
        }
    }
}

impl IntoResponse for Exception {
    fn into_response(self) -> Response {
        let body = json!({"code": self.code, "description": self.description}).to_string();
        (
            self.status,
            [(header::CONTENT_TYPE, "application/json")],
            body,
        )
            .into_response()
    }
}
