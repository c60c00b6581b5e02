//! The consent page: who asks for what, for how long, and how to stop it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use model::{Mode, Organization, Timestamp};

use super::asker::Asker;
use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

/// What the consent page shows.
pub(crate) struct ConsentPage<'a> {
    /// Who asks.
    pub(crate) organization: &'a Organization,
    /// Whether this is a test.
    pub(crate) mode: Mode,
    /// Whose records: the name to greet by.
    pub(crate) given_name: &'a str,
    /// When the consent would end.
    pub(crate) consent_ends: Timestamp,
    /// Ties the decision to this page.
    pub(crate) handle: &'a str,
    /// Where the decision leads.
    pub(crate) redirect_uri: &'a str,
    /// Who may frame the page.
    pub(crate) frame_ancestors: &'a [String],
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentTemplate<'a> {
    frame: Frame,
    asker: Asker<'a>,
    test: bool,
    given_name: &'a str,
    consent_ends: Timestamp,
    handle: &'a str,
}

/// Asks the patient. The form goes to `/oauth2/authorize/decision` and works without JavaScript.
pub(crate) fn consent(language: Language, shown: &ConsentPage<'_>) -> Response {
    let form_targets = [shown.redirect_uri.to_owned()];
    let policy = Policy { form_targets: &form_targets, frame_ancestors: shown.frame_ancestors };
    page(
        StatusCode::OK,
        &policy,
        &ConsentTemplate {
            frame: Frame { language },
            asker: Asker::of(shown.organization),
            test: shown.mode == Mode::Test,
            given_name: shown.given_name,
            consent_ends: shown.consent_ends,
            handle: shown.handle,
        },
    )
}

#[cfg(test)]
mod tests;
