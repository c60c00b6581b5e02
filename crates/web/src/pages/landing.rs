//! The start page: what this server is.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

#[derive(Template)]
#[template(path = "landing.html")]
struct LandingTemplate {
    frame: Frame,
}

/// The start page.
pub(crate) fn landing(language: Language) -> Response {
    page(StatusCode::OK, &Policy::default(), &LandingTemplate { frame: Frame { language } })
}
