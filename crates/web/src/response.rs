//! Answers that all areas share.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::Json;
use axum::http::header::{CACHE_CONTROL, IF_NONE_MATCH, LOCATION, PRAGMA};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use model::Busy;
use serde::Serialize;

use crate::challenge::Challenge;

/// When to come again while there is too much to do.
pub(crate) const IN_A_SECOND: Busy = Busy { retry_after: Duration::from_secs(1) };
/// `Cache-Control: no-store`, for everything that belongs to one person or one use.
pub(crate) const NO_STORE: (HeaderName, HeaderValue) = (CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// JSON that no cache keeps, the old ones included (RFC 6749 5.1).
pub(crate) fn json_no_store<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let old = (PRAGMA, HeaderValue::from_static("no-cache"));
    (status, [NO_STORE, old], Json(body)).into_response()
}

/// The answer to an access token that does not stand, or to none (RFC 6750 section 3).
pub(crate) fn invalid_token(challenge: &Challenge) -> Response {
    let mut response = (StatusCode::UNAUTHORIZED, [NO_STORE]).into_response();
    challenge.write(response.headers_mut());
    response
}

/// Whether the caller has what bears this entity tag: `If-None-Match`, compared weakly (RFC 9110 section 13.1.2).
pub(crate) fn is_unchanged(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|list| list.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes()
    })
}

/// After a form, on to another page: 303, so that nothing is posted again (RFC 9700 4.12).
pub(crate) fn see_other(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(value) => (StatusCode::SEE_OTHER, [(LOCATION, value), NO_STORE]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Back to a client with what became of its request.
pub(crate) fn to_client(
    redirect_uri: &str,
    issuer: &str,
    state: Option<&str>,
    parameters: &[(&str, &str)],
) -> Response {
    see_other(&client_address(redirect_uri, issuer, state, parameters))
}

/// Where a client reads what became of its request: its `state` unchanged, and `iss`, so that it knows who
/// answers (RFC 9207).
pub(crate) fn client_address(
    redirect_uri: &str,
    issuer: &str,
    state: Option<&str>,
    parameters: &[(&str, &str)],
) -> String {
    let state = state.map(|state| ("state", state));
    let all: Vec<_> = parameters.iter().copied().chain(state).chain([("iss", issuer)]).collect();
    with_parameters(redirect_uri, &all)
}

/// A URL with parameters added to its query.
pub(crate) fn with_parameters(url: &str, parameters: &[(&str, &str)]) -> String {
    if parameters.is_empty() {
        return url.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{query}")
}

/// What a handler answers, or that it panicked: nothing of the cause reaches the caller.
pub(crate) async fn even_after_panic(answer: impl Future<Output = Response>) -> Response {
    // What outlives a handler are locks, and whoever takes those does not mind that one of them panicked.
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("a handler panicked");
        (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Please try again.\n")
            .into_response()
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_answers_with_nothing_of_the_cause() {
        let answer = even_after_panic(async { panic!("the cause") }).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(body, "Something went wrong on our side. Please try again.\n");
    }
}
