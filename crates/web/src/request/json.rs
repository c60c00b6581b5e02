//! JSON bodies. What is wrong with one is said without repeating any of it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::body::{self, BodyFault};
use crate::api_error::ApiError;

/// A longer body is refused before it is read to its end.
const MAX_JSON: usize = 64 * 1024;
/// A NUL character, escaped.
const NUL: &[u8] = b"\\u0000";

/// A JSON body that arrived and is not looked into yet: who asks comes first.
pub(crate) struct Json(Bytes);

/// Why there is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonFault {
    #[error("the content type must be application/json")]
    ContentType,
    #[error("the body is longer than {MAX_JSON} bytes")]
    TooLong,
    #[error("the body broke off")]
    BrokeOff,
    #[error("the JSON body cannot be read (line {line}, column {column})")]
    Malformed { line: usize, column: usize },
    /// Nobody means it, and not every store can keep it.
    #[error("the JSON body holds a NUL character")]
    Nul,
    #[error("the JSON body lacks the member {0}")]
    Missing(String),
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
        let malformed = |error: serde_json::Error| match missing_member(&error) {
            Some(name) => JsonFault::Missing(name),
            None => JsonFault::Malformed { line: error.line(), column: error.column() },
        };
        // One can only stand there escaped; few bodies hold anything like it.
        if self.0.windows(NUL.len()).any(|window| window == NUL)
            && holds_nul(&serde_json::from_slice(&self.0).map_err(malformed)?)
        {
            return Err(JsonFault::Nul);
        }
        serde_json::from_slice(&self.0).map_err(malformed)
    }
}

/// The member that a body lacks. Its name is ours: of all that the parser says, nothing else is repeated.
fn missing_member(error: &serde_json::Error) -> Option<String> {
    let said = error.to_string();
    let name = said.strip_prefix("missing field `")?.split('`').next()?;
    Some(name.to_owned())
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str) -> Result<Value, JsonFault> {
        Json(Bytes::from_static(body.as_bytes())).read()
    }

    #[test]
    fn a_nul_is_refused_wherever_it_stands() {
        for body in [r#"{"a":"x\u0000"}"#, r#"{"a":[1,["\u0000"]]}"#, r#"{"\u0000":1}"#, r#""\u0000""#] {
            assert_eq!(read(body), Err(JsonFault::Nul), "{body}");
        }
        assert_eq!(read(r#""\\u0000""#), Ok(Value::from("\\u0000")), "a backslash and letters");
        assert!(matches!(read(r#"{"a":"\u0000"#), Err(JsonFault::Malformed { .. })));
        assert!(matches!(read("{\"a\":\"\0\"}"), Err(JsonFault::Malformed { .. })));
    }
}
