//! Errors of the bridge API: the legacy envelope, with a stable code beside the text.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::session;
use model::Busy;
use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Failure;
use crate::challenge::Challenge;
use crate::request::{FormFault, JsonFault};
use crate::response::{IN_A_SECOND, json_no_store};

/// An error of the bridge API. On the wire `{"success":false,"error":"text","code":"code"}`.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) error: String,
    /// `WWW-Authenticate` of a 401.
    challenge: Option<Challenge>,
    /// `Retry-After` of a 429 or 503.
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
        Self {
            challenge: Some(Challenge::BASIC),
            ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", text)
        }
    }

    /// A client's own access token is not taken.
    pub(crate) fn refused_client_token(refusal: session::Refusal, by_proof: bool) -> Self {
        match refusal {
            session::Refusal::Store(error) => error.into(),
            refusal => Self { challenge: Some(Challenge::after(&refusal, by_proof)), ..Self::unauthorized() },
        }
    }

    /// The patient's session is over, or was never there.
    pub(crate) fn session_ended() -> Self {
        Self::no_session(Challenge::BEARER)
    }

    fn no_session(challenge: Challenge) -> Self {
        let text = "The session has ended. Go back to the app and start again.";
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, "session_ended", text) }
    }

    /// A patient's access token is not taken.
    pub(crate) fn refused_token(refusal: session::Refusal, by_proof: bool) -> Self {
        match refusal {
            session::Refusal::Store(error) => error.into(),
            refusal => Self::no_session(Challenge::after(&refusal, by_proof)),
        }
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
        if matches!(error, store::StoreError::Busy) {
            let text = "There is too much to do right now. Please try again in a second.";
            let told = Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text);
            return Self { busy: Some(IN_A_SECOND), ..told };
        }
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
            challenge.write(response.headers_mut());
        }
        if let Some(busy) = self.busy {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(busy.seconds()));
        }
        response.extensions_mut().insert(Failure { error: self.code, rule: "" });
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
