//! Files for the browser, embedded in the binary as they stand.

use std::sync::OnceLock;

use aws_lc_rs::digest;
use axum::extract::Path;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::language::Language;
use crate::pages;
use crate::response::is_unchanged;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

/// Path below `/assets/`, content type, content.
const FILES: [(&str, &str, &str); 27] = [
    ("callback.js", SCRIPT, include_str!("../../assets/callback.js")),
    ("demo-logo.svg", IMAGE, include_str!("../../assets/demo-logo.svg")),
    ("embed.css", STYLE, include_str!("../../assets/embed.css")),
    ("embed.js", SCRIPT, include_str!("../../assets/embed.js")),
    ("embed/accounts.js", SCRIPT, include_str!("../../assets/embed/accounts.js")),
    ("embed/build.js", SCRIPT, include_str!("../../assets/embed/build.js")),
    ("embed/configuration.js", SCRIPT, include_str!("../../assets/embed/configuration.js")),
    ("embed/consent.js", SCRIPT, include_str!("../../assets/embed/consent.js")),
    ("embed/endings.js", SCRIPT, include_str!("../../assets/embed/endings.js")),
    ("embed/events.js", SCRIPT, include_str!("../../assets/embed/events.js")),
    ("embed/host.js", SCRIPT, include_str!("../../assets/embed/host.js")),
    ("embed/pkce.js", SCRIPT, include_str!("../../assets/embed/pkce.js")),
    ("embed/providers.js", SCRIPT, include_str!("../../assets/embed/providers.js")),
    ("embed/search.js", SCRIPT, include_str!("../../assets/embed/search.js")),
    ("embed/selection.js", SCRIPT, include_str!("../../assets/embed/selection.js")),
    ("embed/server.js", SCRIPT, include_str!("../../assets/embed/server.js")),
    ("embed/sign-in.js", SCRIPT, include_str!("../../assets/embed/sign-in.js")),
    ("embed/stage.js", SCRIPT, include_str!("../../assets/embed/stage.js")),
    ("embed/words.js", SCRIPT, include_str!("../../assets/embed/words.js")),
    ("icon.svg", IMAGE, include_str!("../../assets/icon.svg")),
    ("openias-connect.css", STYLE, include_str!("../../assets/openias-connect.css")),
    ("openias-connect.js", SCRIPT, include_str!("../../assets/openias-connect.js")),
    ("openias.css", STYLE, include_str!("../../assets/openias.css")),
    ("page.js", SCRIPT, include_str!("../../assets/page.js")),
    ("portal-tables.css", STYLE, include_str!("../../assets/portal-tables.css")),
    ("portal.css", STYLE, include_str!("../../assets/portal.css")),
    ("proofing.js", SCRIPT, include_str!("../../assets/proofing.js")),
];

/// `GET /assets/{path}`
pub(crate) async fn get(Path(path): Path<String>, language: Language, headers: HeaderMap) -> Response {
    match file(&path, &headers) {
        Some(response) => response,
        None => pages::not_found(language).await,
    }
}

/// A file of the element. Pages of any origin may load it.
pub(crate) fn element(name: &str, headers: &HeaderMap) -> Response {
    let Some(response) = file(name, headers) else { return StatusCode::NOT_FOUND.into_response() };
    let open = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (RESOURCE_POLICY, HeaderValue::from_static("cross-origin")),
    ];
    (open, response).into_response()
}

/// A file with its entity tag. Browsers keep it and ask whether it is still the same: the scripts import each
/// other by name, so after an update all of them have to be the new ones.
fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let index = FILES.iter().position(|(name, _, _)| *name == path)?;
    let ((_, content_type, content), tag) = (FILES.get(index)?, tags().get(index)?);
    let common = [(CACHE_CONTROL, HeaderValue::from_static("no-cache")), (ETAG, tag.clone())];
    Some(if is_unchanged(headers, tag) {
        (StatusCode::NOT_MODIFIED, common).into_response()
    } else {
        (common, [(CONTENT_TYPE, HeaderValue::from_static(content_type))], *content).into_response()
    })
}

/// An entity tag for each file: the start of its SHA-256.
fn tags() -> &'static [HeaderValue] {
    static TAGS: OnceLock<Vec<HeaderValue>> = OnceLock::new();
    TAGS.get_or_init(|| {
        FILES
            .iter()
            .map(|(_, _, content)| {
                let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, content.as_bytes()));
                let text = format!("\"{}\"", hash.get(..16).unwrap_or_default());
                HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"0\""))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests;
