//! The end of a sign-out whose app named no address to go back to.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use identity::logout::Ended;

use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutTemplate {
    frame: Frame,
    ended: Ended,
}

impl SignedOutTemplate {
    fn ends_nothing(&self) -> bool {
        self.ended == Ended::Nothing
    }

    fn is_renewable(&self) -> bool {
        self.ended == Ended::RenewableSession
    }
}

/// Says what has ended, and what has not.
pub(crate) fn signed_out(language: Language, ended: Ended) -> Response {
    page(StatusCode::OK, &Policy::default(), &SignedOutTemplate { frame: Frame { language }, ended })
}
