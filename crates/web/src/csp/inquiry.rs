//! The forms of the hosted inquiry.

use ::csp::inquiry::{self, Answer, Ending, Refusal};
use ::csp::{Environment, path_of};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::language::Language;
use crate::pages::{self, InquiryPage, InquiryProblem, Problem};
use crate::request::{Fields, PageForm, RequestId};
use crate::response::{client_address, see_other};

/// Names the person.
pub(crate) async fn person(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    PageForm { fields, language }: PageForm,
) -> Response {
    let named =
        inquiry::name_person(&app.csp, environment, fields.text("handle"), fields.text("contact")).await;
    match named {
        Ok(()) => page(&app, environment, language, &fields, Step::Confirm, None).await,
        Err(Refusal::UnknownContact) => {
            page(&app, environment, language, &fields, Step::Person, Some(InquiryProblem::UnknownContact))
                .await
        }
        Err(refusal) => pages::problem(language, problem(&refusal), &[]),
    }
}

/// Takes the confirmation code and ends the inquiry.
pub(crate) async fn confirm(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    PageForm { fields, language }: PageForm,
) -> Response {
    let (handle, code) = (fields.text("handle"), fields.text("code"));
    let pass = matches!(fields.get("pass_verifications"), Some("on" | "true"));
    match inquiry::confirm(&app.csp, environment, handle, code, pass, &request_id).await {
        Ok(answer) => end(&app, environment, language, &answer),
        Err(Refusal::NoCode) => {
            page(&app, environment, language, &fields, Step::Confirm, Some(InquiryProblem::NoCode)).await
        }
        Err(refusal) => pages::problem(language, problem(&refusal), &[]),
    }
}

/// Ends the inquiry at the person's wish.
pub(crate) async fn decline(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    PageForm { fields, language }: PageForm,
) -> Response {
    match inquiry::decline(&app.csp, environment, fields.text("handle")).await {
        Ok(answer) => end(&app, environment, language, &answer),
        Err(refusal) => pages::problem(language, problem(&refusal), &[]),
    }
}

enum Step {
    Person,
    Confirm,
}

async fn page(
    app: &App,
    environment: Environment,
    language: Language,
    fields: &Fields,
    step: Step,
    problem_shown: Option<InquiryProblem>,
) -> Response {
    let handle = fields.text("handle");
    let client = match inquiry::requested_by(&app.csp, environment, handle).await {
        Ok(client) => client,
        Err(refusal) => return pages::problem(language, problem(&refusal), &[]),
    };
    let page = InquiryPage {
        environment_path: path_of(environment),
        requested_by: &client.name,
        handle,
        contact: fields.text("contact"),
        redirect_uris: &client.redirect_uris,
        problem: problem_shown,
    };
    match step {
        Step::Person => pages::inquiry_person(language, &page),
        Step::Confirm => pages::inquiry_confirm(language, &page),
    }
}

/// Back to the client; from another person's account not at once, so that the patient reads what to do.
fn end(app: &App, environment: Environment, language: Language, answer: &Answer) -> Response {
    let denied = |why| vec![("error", "access_denied"), ("error_description", why)];
    let unverified = "The person's identity could not be verified.";
    let parameters = match &answer.ending {
        Ending::Approved(code) => vec![("code", code.expose())],
        Ending::Declined => denied("The person declined."),
        Ending::Failed | Ending::AnotherPerson => denied(unverified),
    };
    let issuer = app.csp.issuer(environment);
    let back = client_address(&answer.redirect_uri, &issuer, answer.state.as_deref(), &parameters);
    match &answer.ending {
        Ending::AnotherPerson => pages::problem_with_way_back(language, Problem::AccountOfAnother, &back),
        _ => see_other(&back),
    }
}

fn problem(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::NotOpen | Refusal::NobodyNamed => Problem::InquiryEnded,
        Refusal::UnknownContact | Refusal::NoCode => Problem::BadRequest,
        Refusal::Store(error) => error.into(),
    }
}
