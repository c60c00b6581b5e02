//! The operator's session: a secret in a cookie, of which the store knows the hash.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use model::Secret;

use super::csrf;
use super::frame::{Frame, Notice, in_language};
use super::stop::Stop;
use crate::App;
use crate::call;
use crate::language::Language;
use crate::request::RequestId;
use crate::response::{see_other, with_parameters};

/// How long a session lasts.
pub(super) const LIFE: Duration = Duration::from_hours(8);

const COOKIE_NAME: &str = "openias_operator";
/// A cookie header with more candidates than this was made to keep us busy.
const MAX_CANDIDATES: usize = 4;

/// The operator behind a request: whoever holds a session.
pub(super) struct Operator {
    pub(super) session: Secret,
    pub(super) language: Language,
    /// The request, for the audit trail.
    pub(super) request_id: String,
    path: String,
    notice: Option<Notice>,
}

impl Operator {
    /// The frame of the page that was asked for.
    pub(super) fn frame(&self) -> Frame {
        Frame {
            language: self.language,
            here: Some(self.path.clone()),
            starts_over: false,
            csrf: csrf::token(&self.session),
            notice: self.notice,
        }
    }

    /// After a form, on to the page that shows what was done.
    pub(super) fn done(&self, path: &str, notice: Notice) -> Response {
        see_other(&with_parameters(&in_language(path, self.language), &[("done", notice.code())]))
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stop> {
        let Ok(language) = Language::from_request_parts(parts, app).await;
        let mut tx = app.store().read().await?;
        for session in presented(&parts.headers) {
            if tx.is_operator_session(&session.hash(), app.clock().now()).await? {
                call::proven(None);
                return Ok(Self {
                    session,
                    language,
                    request_id: request_id(parts),
                    path: parts.uri.path().to_owned(),
                    notice: parts.uri.query().and_then(Notice::of),
                });
            }
        }
        Err(Stop::SignedOut)
    }
}

/// The cookie that begins a session, sent back to the portal alone and never from another site's page.
pub(super) fn cookie(app: &App, session: &Secret) -> HeaderValue {
    header(app.base_url(), session.expose(), LIFE)
}

/// The cookie that ends it.
pub(super) fn no_cookie(app: &App) -> HeaderValue {
    header(app.base_url(), "", Duration::ZERO)
}

fn header(base_url: &str, value: &str, life: Duration) -> HeaderValue {
    let secure = if base_url.starts_with("https:") { "; Secure" } else { "" };
    let text = format!(
        "{COOKIE_NAME}={value}; Path=/portal; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        life.as_secs()
    );
    let mut header = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}

/// The sessions that a request presents. A cookie of another path or host can stand before ours.
fn presented(headers: &HeaderMap) -> Vec<Secret> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let ours = pairs.filter(|(name, value)| *name == COOKIE_NAME && !value.is_empty());
    ours.take(MAX_CANDIDATES).map(|(_, value)| Secret::new(value.to_owned())).collect()
}

fn request_id(parts: &Parts) -> String {
    parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_https_the_cookie_never_travels_in_the_clear() {
        let flags = "Path=/portal; Max-Age=28800; HttpOnly; SameSite=Strict";
        assert_eq!(
            header("https://ias.example.org", "s", LIFE),
            format!("openias_operator=s; {flags}; Secure")
        );
        assert_eq!(header("http://localhost:8480", "s", LIFE), format!("openias_operator=s; {flags}"));
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; openias_operator=one;openias_operator=; x"));
        headers.append(COOKIE, HeaderValue::from_static("openias_operator2=no; openias_operator=two"));
        let found: Vec<_> = presented(&headers).iter().map(|secret| secret.expose().to_owned()).collect();
        assert_eq!(found, ["one", "two"]);
    }
}
