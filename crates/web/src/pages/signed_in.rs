//! Back from a provider's sign-in: the window can be closed, the widget behind it goes on by itself.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

#[derive(Template)]
#[template(path = "signed_in.html")]
struct SignedInTemplate<'a> {
    frame: Frame,
    provider: &'a str,
}

/// Says that the provider is connected.
pub(crate) fn signed_in(language: Language, provider: &str) -> Response {
    let template = SignedInTemplate { frame: Frame { language }, provider };
    page(StatusCode::OK, &Policy::default(), &template)
}
