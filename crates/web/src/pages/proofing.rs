//! The pages of a patient who has yet to prove who they are: the e-mail address, its code, the way to a CSP.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use identity::proofing::code::TEST_CODE;
use identity::proofing::{Step, Trouble, View};
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
    /// The code is another one.
    WrongCode,
}

#[derive(Template)]
#[template(path = "proofing_email.html")]
struct EmailTemplate<'a> {
    frame: Frame,
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
    email: &'a str,
    /// What is right in test mode.
    test_code: Option<&'static str>,
    usable: bool,
    another: bool,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "proofing_choose.html")]
struct ChooseTemplate<'a> {
    frame: Frame,
    asker: Asker<'a>,
    test: bool,
    csps: &'a [(String, String)],
    /// The stem of the messages about what went wrong, for the program and for the support team.
    trouble: Option<TroubleShown<'a>>,
}

struct TroubleShown<'a> {
    key: &'static str,
    name: &'static str,
    code: Option<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "proofing_window.html")]
struct WindowTemplate<'a> {
    frame: Frame,
    asker: Asker<'a>,
    test: bool,
    ticket: &'a str,
}

/// The page of a step. `other_address` asks for the address again where a code was sent already.
pub(crate) fn proofing(
    language: Language,
    view: &View,
    other_address: bool,
    fault: Option<ProofingFault>,
) -> Response {
    let frame = Frame { language };
    let (asker, test) = (Asker::of(&view.organization), view.mode == Mode::Test);
    match &view.step {
        Step::Email(suggested) => {
            let email = suggested.as_deref().unwrap_or_default();
            reply(view, fault, &email_page(frame, asker, test, email, fault))
        }
        Step::Code { email, .. } if other_address => {
            reply(view, fault, &email_page(frame, asker, test, email, fault))
        }
        Step::Code { email, usable, another } => {
            let (usable, another) = (*usable, *another);
            let wrong = fault == Some(ProofingFault::WrongCode);
            let test_code = test.then_some(TEST_CODE);
            let template = CodeTemplate { frame, email, test_code, usable, another, wrong };
            reply(view, fault, &template)
        }
        Step::Choose { csps, trouble } => {
            let trouble = trouble.as_ref().map(shown);
            reply(view, fault, &ChooseTemplate { frame, asker, test, csps, trouble })
        }
    }
}

fn email_page<'a>(
    frame: Frame,
    asker: Asker<'a>,
    test: bool,
    email: &'a str,
    fault: Option<ProofingFault>,
) -> EmailTemplate<'a> {
    let fault = fault.map(|fault| match (fault, test) {
        (ProofingFault::AnotherMode, true) => "proofing-email-test-only",
        (ProofingFault::AnotherMode, false) => "proofing-email-live-only",
        _ => "proofing-email-wrong",
    });
    EmailTemplate { frame, asker, test, email, fault, patients: &PATIENTS }
}

fn shown(trouble: &Trouble) -> TroubleShown<'_> {
    match trouble {
        Trouble::Cancelled => TroubleShown { key: "proofing-cancelled", name: "cancelled", code: None },
        Trouble::Unavailable => TroubleShown { key: "proofing-unavailable", name: "unavailable", code: None },
        Trouble::Refused { code, request_id } => {
            TroubleShown { key: "proofing-refused", name: "refused", code: Some((code, request_id)) }
        }
    }
}

fn reply(view: &View, fault: Option<ProofingFault>, template: &impl Template) -> Response {
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
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
