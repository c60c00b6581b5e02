//! The hosted inquiry of the sandbox CSP: who the person is, then the confirmation code.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use model::synthetic::{PATIENTS, SyntheticPatient};

use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

/// What the pages of an inquiry show.
pub(crate) struct InquiryPage<'a> {
    /// `oidc-sandbox` or `oidc`.
    pub(crate) environment_path: &'a str,
    /// The name of the client that asked for the proofing.
    pub(crate) requested_by: &'a str,
    /// Ties the forms to this inquiry.
    pub(crate) handle: &'a str,
    /// Whom the last form named.
    pub(crate) contact: &'a str,
    /// Where the last form may lead.
    pub(crate) redirect_uris: &'a [String],
    /// What was wrong with the last form.
    pub(crate) problem: Option<InquiryProblem>,
}

/// What was wrong with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InquiryProblem {
    /// No synthetic patient has this contact.
    UnknownContact,
    /// No code was entered.
    NoCode,
}

#[derive(Template)]
#[template(path = "inquiry_person.html")]
struct PersonTemplate<'a> {
    frame: Frame,
    shown: &'a InquiryPage<'a>,
    unknown_contact: bool,
    patients: &'a [SyntheticPatient],
}

#[derive(Template)]
#[template(path = "inquiry_confirm.html")]
struct ConfirmTemplate<'a> {
    frame: Frame,
    shown: &'a InquiryPage<'a>,
    no_code: bool,
}

/// Asks for the phone number or e-mail of a synthetic patient.
pub(crate) fn inquiry_person(language: Language, shown: &InquiryPage<'_>) -> Response {
    let unknown_contact = shown.problem == Some(InquiryProblem::UnknownContact);
    reply(shown, &PersonTemplate { frame: Frame { language }, shown, unknown_contact, patients: &PATIENTS })
}

/// Asks for the confirmation code, and whether the checks shall pass.
pub(crate) fn inquiry_confirm(language: Language, shown: &InquiryPage<'_>) -> Response {
    let no_code = shown.problem == Some(InquiryProblem::NoCode);
    reply(shown, &ConfirmTemplate { frame: Frame { language }, shown, no_code })
}

fn reply(shown: &InquiryPage<'_>, template: &impl Template) -> Response {
    let status = if shown.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, &Policy { form_targets: shown.redirect_uris, ..Policy::default() }, template)
}

/// Ten digits as the published table writes them: `608-555-1243`.
pub(super) fn phone(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(area), Some(exchange), Some(line)) => format!("{area}-{exchange}-{line}"),
        _ => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::testing::{body_of, header_of};

    fn shown(redirect_uris: &[String], problem: Option<InquiryProblem>) -> InquiryPage<'_> {
        InquiryPage {
            environment_path: "oidc-sandbox",
            requested_by: "Fictional Health <App>",
            handle: "h-1",
            contact: "nobody@example.org",
            redirect_uris,
            problem,
        }
    }

    #[tokio::test]
    async fn the_first_page_lists_the_synthetic_patients() {
        let redirect_uris = ["https://app.example.org/callback".to_owned()];
        let response = inquiry_person(Language::En, &shown(&redirect_uris, None));
        assert_eq!(response.status(), StatusCode::OK);
        let policy = header_of(&response, "content-security-policy");
        assert!(
            policy.ends_with("form-action 'self' https://app.example.org; frame-ancestors 'none'"),
            "{policy}"
        );
        let body = body_of(response).await;
        assert!(body.contains("action=\"/authenticate/oidc-sandbox/inquiry/person\""));
        assert!(PATIENTS.iter().all(|patient| body.contains(&phone(patient.phone))));
        assert!(!body.contains("<App>") && !body.contains("role=\"alert\""));
    }

    #[tokio::test]
    async fn a_problem_is_tied_to_its_field() {
        let response = inquiry_person(Language::En, &shown(&[], Some(InquiryProblem::UnknownContact)));
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let body = body_of(response).await;
        assert!(body.contains("role=\"alert\"") && body.contains("aria-invalid=\"true\""));
        assert!(body.contains("aria-describedby=\"contact-problem-en contact-hint-en\""));
        assert!(body.contains("value=\"nobody@example.org\""), "what was typed stays");
    }

    #[tokio::test]
    async fn the_second_page_passes_verifications_unless_told_otherwise() {
        let body = body_of(inquiry_confirm(Language::Es, &shown(&[], Some(InquiryProblem::NoCode)))).await;
        assert!(body.contains("name=\"pass_verifications\" value=\"true\" checked"));
        assert!(body.contains("action=\"/authenticate/oidc-sandbox/inquiry/confirm\""));
        assert!(body.contains("Escriba un código."));
    }
}
