//! What a request is answered when it fails: one type, made of the codes of
//! [`safelane_wire::problem::Code`], sent as `application/problem+json` (RFC 9457).
//!
//! A detail says what happened, what is kept, and what to do next. A cause is logged, never sent.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use safelane_store::StoreError;
use safelane_wire::problem::{CONTENT_TYPE, Code, FieldProblem, Problem};

/// What every handler of the API answers.
pub type ApiResult<T> = Result<T, ApiError>;

/// A problem to be answered, with the cause for the log.
#[derive(Debug)]
pub struct ApiError {
    // Boxed: every handler's answer carries one of these.
    problem: Box<Problem>,
    cause: Option<String>,
}

impl ApiError {
    /// A problem of this code, in words for this occurrence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            problem: Box::new(Problem::new(code, detail)),
            cause: None,
        }
    }

    /// A fault of ours: the cause goes to the log, the reader is told what is kept.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self {
            problem: Box::new(Problem::new(
                Code::Internal,
                "Something failed in the server. What it had confirmed before is kept; \
                 send the same again, and tell the administrator if it stays so.",
            )),
            cause: Some(cause.to_string()),
        }
    }

    /// Nothing is there, or nothing that this reader may know of: the same words for both.
    pub fn not_found() -> Self {
        Self::new(
            Code::NotFound,
            "There is nothing at this address, or nothing that you may read. Nothing was changed.",
        )
    }

    /// Somebody without the right.
    pub fn not_allowed(what: &str) -> Self {
        Self::new(
            Code::NotAllowed,
            format!("{what} Nothing was changed; ask an administrator for the right."),
        )
    }

    /// A parameter of the address.
    pub fn parameter(name: &str, why: impl std::fmt::Display) -> Self {
        Self::new(
            Code::BadParameter,
            format!("The parameter {name} {why}. Correct it and ask again."),
        )
    }

    /// With the problems of single fields.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldProblem>) -> Self {
        self.problem.fields = fields;
        self
    }

    /// The code.
    pub const fn code(&self) -> Code {
        self.problem.code
    }

    /// The words.
    pub fn detail(&self) -> &str {
        &self.problem.detail
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Writes the cause to the log, if there is one.
    pub fn log(&self) {
        if let Some(cause) = &self.cause {
            tracing::error!(code = self.problem.code.as_str(), %cause, "request failed");
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self {
                problem: Box::new(Problem::new(
                    Code::StorageFull,
                    "The server's disk is full. Nothing of this was stored; all that was \
                     confirmed before is kept. Free some space there and send again.",
                )),
                cause: Some(error.to_string()),
            },
            StoreError::Disk { .. } | StoreError::Damaged { .. } => Self {
                problem: Box::new(Problem::new(
                    Code::StorageFailed,
                    "The server's disk failed. Nothing of this was stored; all that was confirmed \
                     before is kept. Tell the administrator; send again when the server is back.",
                )),
                cause: Some(error.to_string()),
            },
            StoreError::WrongHash { .. } => Self::new(
                Code::HashMismatch,
                "The file's bytes do not have the hash of its name. It was not kept; send it \
                 again from its start.",
            ),
            StoreError::WrongOffset { offset } => Self::new(
                Code::WrongOffset,
                format!(
                    "The file is here up to byte {offset}. What is here is kept; go on from there."
                ),
            ),
            StoreError::Taken { what } => Self::new(
                Code::Conflict,
                format!("{what} is taken already. Nothing was changed; choose another."),
            ),
            StoreError::Absent { .. } => Self::not_found(),
            StoreError::Closed => Self::new(
                Code::NotYet,
                "The server is stopping. Nothing of this was stored; send it again in a moment.",
            ),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status();
        let body = serde_json::to_vec(&*self.problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if self.problem.code == Code::TooManyRequests || self.problem.code == Code::NotYet {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
