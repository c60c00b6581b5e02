//! Errors of the bridge API: the legacy envelope, with a stable code beside the text.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use model::Busy;
use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Failure;
use crate::request::{FormFault, JsonFault};
use crate::response::json_no_store;

/// An error of the bridge API. On the wire `{"success":false,"error":"text","code":"code"}`.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) error: String,
    /// `WWW-Authenticate` of a 401.
    challenge: Option<&'static str>,
    /// `Retry-After` of a 429.
    busy: Option<Busy>,
}

/// How the Bridge API refuses a call.
#[derive(Serialize, ToSchema)]
#[schema(as = BridgeError)]
pub(crate) struct Envelope<'a> {
    /// `false`.
    success: bool,
    /// A sentence for a developer.
    error: &'a str,
    /// A stable word for a program.
    code: &'a str,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, error: impl Into<String>) -> Self {
        Self { status, code, error: error.into(), challenge: None, busy: None }
    }

    /// Credentials are missing or wrong; which of these, nobody is told.
    pub(crate) fn unauthorized() -> Self {
        let text = "The API credentials are missing or not valid.";
        let challenge = Some("Basic realm=\"OpenIAS\", charset=\"UTF-8\"");
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", text) }
    }

    /// The patient's session is over. The challenge is not Basic: a browser would ask the patient for a password.
    pub(crate) fn session_ended() -> Self {
        let text = "The session has ended. Go back to the app and start again.";
        let challenge = Some("Bearer realm=\"OpenIAS\", error=\"invalid_token\"");
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "session_ended", text) }
    }

    pub(crate) fn bad_request(code: &'static str, error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, error)
    }

    pub(crate) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", error)
    }

    /// No route of the API leads there.
    pub(crate) fn nowhere() -> Self {
        Self::not_found("There is nothing at this path of the API.")
    }
}

impl From<Busy> for ApiError {
    fn from(busy: Busy) -> Self {
        let text = format!("Too many requests. Please try again in {} s.", busy.seconds());
        Self { busy: Some(busy), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", text) }
    }
}

impl From<store::StoreError> for ApiError {
    fn from(error: store::StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "Something went wrong on our side. Please try again.",
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Envelope { success: false, error: &self.error, code: self.code };
        let mut response = json_no_store(self.status, &body);
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(busy) = self.busy {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(busy.seconds()));
        }
        let unauthenticated = self.code == "unauthorized";
        response.extensions_mut().insert(Failure { error: self.code, rule: "", unauthenticated });
        response
    }
}

impl From<FormFault> for ApiError {
    fn from(fault: FormFault) -> Self {
        Self::new(fault.status(), "invalid_request", fault.to_string())
    }
}

impl From<JsonFault> for ApiError {
    fn from(fault: JsonFault) -> Self {
        let (status, code) = match fault {
            JsonFault::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request"),
            JsonFault::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"),
            JsonFault::BrokeOff => (StatusCode::BAD_REQUEST, "invalid_request"),
            JsonFault::Malformed { .. } | JsonFault::Missing(_) | JsonFault::Nul => {
                (StatusCode::BAD_REQUEST, "invalid_json")
            }
        };
        Self::new(status, code, fault.to_string())
    }
}
