//! The end of a sign-out whose app named no address to go back to.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutTemplate {
    frame: Frame,
}

/// Says that the browser is signed out.
pub(crate) fn signed_out(language: Language) -> Response {
    page(StatusCode::OK, &Policy::default(), &SignedOutTemplate { frame: Frame { language } })
}
