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
/// The proofings in this browser, and the decisions that come of them. They come along when a CSP sends the patient back, and with nothing
/// else that begins on another site.
const PROOFING: &str = "__Host-openias-proofing";

/// The handle of the decision that waits here.
pub(super) fn decision(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, DECISION)
}

/// The proofings here.
pub(super) fn proofings(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, PROOFING)
}

/// Has the browser keep the handle of a decision.
pub(super) fn keep_decision(response: &mut Response, handle: &str) {
    set(response, DECISION, handle, DECISION_LIFE, "SameSite=None; Partitioned");
}

/// Has the browser keep its proofings, or forget the last one.
pub(super) fn keep_proofings(response: &mut Response, kept: &str) {
    let life = if kept.is_empty() { Duration::ZERO } else { PROOFING_LIFE };
    set(response, PROOFING, kept, life, "SameSite=Lax");
}

fn set(response: &mut Response, name: &str, value: &str, life: Duration, site: &str) {
    let life = life.as_secs();
    let cookie = format!("{name}={value}; Path=/; Max-Age={life}; HttpOnly; Secure; {site}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split("; ")).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
