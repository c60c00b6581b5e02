//! Answers in FHIR's own form.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fhir::operation_outcome;

pub(crate) fn resource(text: String) -> Response {
    ([(CONTENT_TYPE, "application/fhir+json")], text).into_response()
}

pub(crate) fn outcome(status: StatusCode, code: &str, text: &str) -> Response {
    let outcome = operation_outcome::build(code, text).to_string();
    (status, [(CONTENT_TYPE, "application/fhir+json")], outcome).into_response()
}

pub(crate) fn login_required() -> Response {
    outcome(StatusCode::UNAUTHORIZED, "login", "an access token of this server is needed")
}

pub(crate) fn forbidden() -> Response {
    outcome(StatusCode::FORBIDDEN, "forbidden", "the access token is for another person")
}

pub(crate) fn not_found() -> Response {
    outcome(StatusCode::NOT_FOUND, "not-found", "there is no such resource")
}
