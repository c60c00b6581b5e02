//! JSON bodies. What is wrong with one is said without repeating any of it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::body::{self, BodyFault};
use crate::api_error::ApiError;

/// A longer body is refused before it is read to its end.
const MAX_JSON: usize = 64 * 1024;

/// A JSON body that arrived and is not looked into yet: who asks comes first.
pub(crate) struct Json(Bytes);

/// Why there is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonFault {
    #[error("the content type must be application/json")]
    ContentType,
    #[error("the body is longer than {MAX_JSON} bytes")]
    TooLong,
    #[error("the body broke off")]
    BrokeOff,
    #[error("the JSON body cannot be read (line {line}, column {column})")]
    Malformed { line: usize, column: usize },
}

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = JsonFault;

    async fn from_request(request: Request, _: &S) -> Result<Self, JsonFault> {
        if !body::is_of_type(request.headers(), "application/json") {
            return Err(JsonFault::ContentType);
        }
        body::read(request, MAX_JSON).await.map(Self).map_err(|fault| match fault {
            BodyFault::TooLong => JsonFault::TooLong,
            BodyFault::BrokeOff => JsonFault::BrokeOff,
        })
    }
}

/// For handlers that do not look at the fault themselves.
impl IntoResponse for JsonFault {
    fn into_response(self) -> Response {
        ApiError::from(self).into_response()
    }
}

impl Json {
    /// The body in the form that is expected of it.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonFault> {
        serde_json::from_slice(&self.0)
            .map_err(|error| JsonFault::Malformed { line: error.line(), column: error.column() })
    }
}
