//! What a browser keeps between the authorization endpoint and the patient's decision.

use std::time::Duration;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use identity::DECISION_LIFE;
use identity::proofing::PROOFING_LIFE;

/// The handle of the decision that waits in this browser, for a reload. In the widget it is the frame's own, apart
/// for every page around it.
const DECISION: &str = "__Host-openias-decision";
/// A proofing in this browser, and the decision that comes of it, by its name: each has a cookie of its own, so that no
/// answer takes another one's away. They come along when a CSP sends the patient back, and with nothing else that begins
/// on another site.
const PROOFING: &str = "__Host-openias-proofing-";

/// The handle of the decision that waits here.
pub(super) fn decision(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, DECISION)
}

/// Name and secret of each proofing here, the first begun first (RFC 6265 section 5.4).
pub(super) fn proofings(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    pairs(headers).filter_map(|pair| pair.strip_prefix(PROOFING)?.split_once('='))
}

/// Has the browser keep the handle of a decision.
pub(super) fn keep_decision(response: &mut Response, handle: &str) {
    set(response, DECISION, handle, DECISION_LIFE, "SameSite=None; Partitioned");
}

/// Has the browser keep the secret of a proofing.
pub(super) fn keep_proofing(response: &mut Response, name: &str, secret: &str) {
    set(response, &format!("{PROOFING}{name}"), secret, PROOFING_LIFE, "SameSite=Lax");
}

/// Has the browser forget a proofing.
pub(super) fn forget_proofing(response: &mut Response, name: &str) {
    set(response, &format!("{PROOFING}{name}"), "", Duration::ZERO, "SameSite=Lax");
}

fn set(response: &mut Response, name: &str, value: &str, life: Duration, site: &str) {
    let life = life.as_secs();
    let cookie = format!("{name}={value}; Path=/; Max-Age={life}; HttpOnly; Secure; {site}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    pairs(headers).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split("; "))
}
