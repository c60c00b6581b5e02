//! Bodies, read to a limit and within a time.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;

/// How long a caller may take over a body: our largest is small, and a drop at a time would hold us for hours.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(20);

/// How much of a body that is too long is read all the same.
const HEARD_OUT: usize = 8 * 1024 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyFault {
    TooLong,
    BrokeOff,
}

/// Reads the body of a request, at most `limit` bytes. What is too long is heard out for a while and thrown away: a
/// caller who is cut off while still sending never reads the answer.
pub(super) async fn read(request: Request, limit: usize) -> Result<Bytes, BodyFault> {
    let mut body = request.into_body();
    let whole = async {
        let mut kept = Vec::new();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| BodyFault::BrokeOff)?.into_data() else { continue };
            length += data.len();
            if length <= limit {
                kept.extend_from_slice(&data);
            } else if length > HEARD_OUT {
                break;
            } else {
                kept.clear();
            }
        }
        if length <= limit { Ok(Bytes::from(kept)) } else { Err(BodyFault::TooLong) }
    };
    tokio::time::timeout(BODY_TIME, whole).await.map_err(|_| BodyFault::BrokeOff)?
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

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

    #[tokio::test]
    async fn a_body_that_is_too_long_is_heard_out_to_a_bound() {
        const MEGABYTE: usize = 1024 * 1024;
        for (megabytes, heard) in [(4, 4), (1000, HEARD_OUT / MEGABYTE + 1)] {
            let sent = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&sent);
            let pieces = stream::iter(0..megabytes).map(move |_| {
                counted.fetch_add(1, Ordering::Relaxed);
                Ok::<_, std::convert::Infallible>(vec![b'a'; MEGABYTE])
            });
            assert_eq!(read(Request::new(Body::from_stream(pieces)), 1024).await, Err(BodyFault::TooLong));
            assert_eq!(sent.load(Ordering::Relaxed), heard);
        }
    }
}
