//! Where a code arrives: hands it to the widget around it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

#[derive(Template)]
#[template(path = "callback.html")]
struct CallbackTemplate {
    frame: Frame,
}

/// The page behind the redirect URI of the widget. Whoever frames it learns nothing: its script speaks to
/// a parent of this origin alone. Which pages are around that parent is not known here.
pub(crate) fn callback(language: Language) -> Response {
    let anyone = ["*".to_owned()];
    let policy = Policy { frame_ancestors: &anyone, ..Policy::default() };
    page(StatusCode::OK, &policy, &CallbackTemplate { frame: Frame::of(language) })
}
