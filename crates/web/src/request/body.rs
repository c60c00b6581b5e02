//! Bodies, read to a limit and within a time.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

/// How long a caller may take over a body: our largest is small, and a drop at a time would hold us for hours.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(20);

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyFault {
    TooLong,
    BrokeOff,
}

/// Reads the body of a request, at most `limit` bytes.
pub(super) async fn read(request: Request, limit: usize) -> Result<Bytes, BodyFault> {
    let whole = to_bytes(request.into_body(), limit);
    let read = tokio::time::timeout(BODY_TIME, whole).await.map_err(|_| BodyFault::BrokeOff)?;
    read.map_err(|error| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use futures_util::{StreamExt as _, stream};

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_broken_off() {
        let drops = stream::repeat(()).then(|()| async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok::<_, std::convert::Infallible>("a")
        });
        let request = Request::new(Body::from_stream(drops));
        assert_eq!(read(request, 1024).await, Err(BodyFault::BrokeOff));
    }
}
