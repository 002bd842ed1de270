//! Addresses: parameters that are known, in their bounds, and named when they are not.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use safelane_wire::problem::Code;
use serde::de::DeserializeOwned;

use crate::problem::{ApiError, ApiResult};

/// The query of an address. The type denies unknown fields, so that a misspelt filter is no filter.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|rejection| {
                ApiError::new(
                    Code::BadParameter,
                    format!(
                        "{}. Correct the address and ask again.",
                        rejection.body_text()
                    ),
                )
            })
    }
}

/// The variable parts of an address; one that is no name of anything is a thing that is not there.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| ApiError::not_found())
    }
}
