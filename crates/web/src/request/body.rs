//! Bodies, read to a limit.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyFault {
    TooLong,
    BrokeOff,
}

/// Reads the body of a request, at most `limit` bytes.
pub(super) async fn read(request: Request, limit: usize) -> Result<Bytes, BodyFault> {
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        let cause = std::error::Error::source(&error);
        let too_long = cause.is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if too_long { BodyFault::TooLong } else { BodyFault::BrokeOff }
    })
}

/// Whether a request has exactly one content type, and it is this one.
pub(super) fn is_of_type(headers: &HeaderMap, media_type: &str) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let only = values.next().filter(|_| values.next().is_none());
    let essence = only.and_then(|value| value.to_str().ok()).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}
