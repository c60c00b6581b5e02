//! The pages of a patient who has yet to prove who they are: the e-mail address, its code, the way to a CSP.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use identity::proofing::code::{MOST_CODES, TEST_CODE};
use identity::proofing::{Step, Trouble, TroubleKind, View};
use model::synthetic::{PATIENTS, SyntheticPatient};
use model::{Mode, Organization};

use super::asker::Asker;
use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

/// What was wrong with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProofingFault {
    /// No mail goes there.
    NotAnAddress,
    /// A synthetic patient's address in live mode, or another one in test mode.
    AnotherMode,
}

/// What a page is to show of the form that was sent.
#[derive(Clone, Copy, Default)]
pub(crate) struct ProofingForm<'a> {
    /// Asks for the address again where a code was sent already.
    pub(crate) other_address: bool,
    /// The address as it was typed, where something is wrong with it.
    pub(crate) typed: &'a str,
    /// What is wrong with it.
    pub(crate) fault: Option<ProofingFault>,
    /// The code that was typed last is another one.
    pub(crate) wrong_code: bool,
}

#[derive(Template)]
#[template(path = "proofing_email.html")]
struct EmailTemplate<'a> {
    frame: Frame,
    check: &'a str,
    asker: Asker<'a>,
    test: bool,
    email: &'a str,
    /// The message about what was wrong.
    fault: Option<&'static str>,
    patients: &'a [SyntheticPatient],
}

#[derive(Template)]
#[template(path = "proofing_code.html")]
struct CodeTemplate<'a> {
    frame: Frame,
    check: &'a str,
    email: &'a str,
    /// What is right in test mode.
    test_code: Option<&'static str>,
    usable: bool,
    /// Whether another code can be had.
    another: bool,
    /// How many there are in all.
    most: String,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "proofing_choose.html")]
struct ChooseTemplate<'a> {
    frame: Frame,
    check: &'a str,
    asker: Asker<'a>,
    test: bool,
    csps: &'a [(String, String)],
    trouble: Option<TroubleShown<'a>>,
}

/// The stem of the messages about what went wrong, and what is for the program and for the support team.
struct TroubleShown<'a> {
    key: &'static str,
    name: &'static str,
    code: &'a str,
    request_id: &'a str,
}

#[derive(Template)]
#[template(path = "proofing_window.html")]
struct WindowTemplate<'a> {
    frame: Frame,
    asker: Asker<'a>,
    test: bool,
    ticket: &'a str,
}

/// The page of a step of the `check`.
pub(crate) fn proofing(language: Language, view: &View, check: &str, form: &ProofingForm<'_>) -> Response {
    let (frame, fault) = (Frame { language }, form.fault);
    let test = view.mode == Mode::Test;
    let email_page = |known: &str| {
        let email = if fault.is_some() { form.typed } else { known };
        let (asker, fault) = (Asker::of(&view.organization), fault.map(|fault| email_fault(fault, test)));
        reply(view, form, &EmailTemplate { frame, check, asker, test, email, fault, patients: &PATIENTS })
    };
    match &view.step {
        Step::Email(suggested) => email_page(suggested.as_deref().unwrap_or_default()),
        Step::Code { email, .. } if form.other_address => email_page(email),
        Step::Code { email, usable, another } => {
            let (usable, another) = (*usable, *another);
            let wrong = form.wrong_code;
            let test_code = test.then_some(TEST_CODE);
            let most = MOST_CODES.to_string();
            reply(view, form, &CodeTemplate { frame, check, email, test_code, usable, another, most, wrong })
        }
        Step::Choose { csps, trouble } => {
            let (asker, trouble) = (Asker::of(&view.organization), trouble.as_ref().map(shown));
            reply(view, form, &ChooseTemplate { frame, check, asker, test, csps, trouble })
        }
    }
}

const fn email_fault(fault: ProofingFault, test: bool) -> &'static str {
    match (fault, test) {
        (ProofingFault::AnotherMode, true) => "proofing-email-test-only",
        (ProofingFault::AnotherMode, false) => "proofing-email-live-only",
        (ProofingFault::NotAnAddress, _) => "proofing-email-wrong",
    }
}

fn shown(trouble: &Trouble) -> TroubleShown<'_> {
    let (key, name) = match trouble.kind {
        TroubleKind::Cancelled => ("proofing-cancelled", "cancelled"),
        TroubleKind::Unavailable => ("proofing-unavailable", "unavailable"),
        TroubleKind::Misconfigured => ("proofing-misconfigured", "misconfigured"),
        TroubleKind::Refused => ("proofing-refused", "refused"),
    };
    TroubleShown { key, name, code: &trouble.code, request_id: &trouble.request_id }
}

fn reply(view: &View, form: &ProofingForm<'_>, template: &impl Template) -> Response {
    let status = if form.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    // Giving up leads back to the app.
    let form_targets = [view.redirect_uri.clone()];
    page(status, &Policy { form_targets: &form_targets, ..Policy::default() }, template)
}

/// Inside the widget, where no CSP can be shown: the way to a window of its own.
pub(crate) fn proofing_window(
    language: Language,
    organization: &Organization,
    mode: Mode,
    ticket: &str,
    frame_ancestors: &[String],
) -> Response {
    let (frame, asker) = (Frame { language }, Asker::of(organization));
    let template = WindowTemplate { frame, asker, test: mode == Mode::Test, ticket };
    page(StatusCode::OK, &Policy { frame_ancestors, ..Policy::default() }, &template)
}
