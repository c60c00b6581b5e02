//! Documents for everybody: discovery and key sets. Caches keep them for as long as the rotation of keys allows,
//! and then ask by the entity tag whether they are still the same.

use aws_lc_rs::digest;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use serde_json::{Value, json};
use store::KeyRing;
use store::key_ring::JWKS_LIFE;

use crate::response::is_unchanged;

/// The published keys of some rings as one JWK set (RFC 7517 section 5).
pub(crate) async fn key_set(rings: &[&KeyRing], now: Timestamp, headers: &HeaderMap) -> Response {
    let mut keys = Vec::new();
    for ring in rings {
        match ring.at(now).await {
            Ok(ring) => keys.extend_from_slice(ring.published()),
            Err(error) => {
                tracing::error!(purpose = ring.purpose().name(), %error, "keys cannot be published");
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
        }
    }
    document(&json!({"keys": keys}), headers)
}

/// A document with its entity tag, or only word that it is the one the caller has (RFC 9110 section 13.1.2).
pub(crate) fn document(document: &Value, headers: &HeaderMap) -> Response {
    let text = document.to_string();
    let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
    let (Ok(tag), Ok(cache)) = (
        HeaderValue::from_str(&format!("\"{hash}\"")),
        HeaderValue::from_str(&format!("public, max-age={}", JWKS_LIFE.as_secs())),
    ) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let unchanged = is_unchanged(headers, &tag);
    let common = [(CACHE_CONTROL, cache), (ETAG, tag)];
    if unchanged {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
}
