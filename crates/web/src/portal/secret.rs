//! The page that shows a fresh secret, once.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use model::{Organization, Secret};

use super::frame::Frame;
use super::session::Operator;
use crate::pages::{self, Policy};

/// What the page shows.
pub(super) struct Fresh<'a> {
    /// The page of the organisation that it was made on.
    pub(super) tab: &'static str,
    /// The stem of its messages: a title, a what, a next.
    pub(super) stem: &'static str,
    /// What the secret belongs to: a label's key and the value.
    pub(super) known: (&'static str, &'a str),
    /// The secret: a label's key and the value.
    pub(super) secret: (&'static str, &'a Secret),
}

#[derive(Template)]
#[template(path = "portal/secret.html")]
struct SecretTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    fresh: &'a Fresh<'a>,
}

/// The answer to the form that made the secret. It is kept nowhere else, so the page has no address.
pub(super) fn page(operator: &Operator, organization: &Organization, fresh: &Fresh<'_>) -> Response {
    let frame = Frame { here: None, ..operator.frame() };
    let template = SecretTemplate { frame, tab: fresh.tab, organization, fresh };
    pages::page(StatusCode::CREATED, &Policy::default(), &template)
}
