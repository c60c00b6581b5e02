//! `GET` and `POST …/authorize`: opens the hosted inquiry.

use ::csp::authorize::{self, Query as AuthorizeQuery, Refusal, RequestFault};
use ::csp::{Environment, path_of};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::language::Language;
use crate::pages::{self, InquiryPage, Problem};
use crate::request::{Fields, Form, FormFault, Query};
use crate::response::to_client;

pub(crate) async fn get(
    state: State<App>,
    environment: Extension<Environment>,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    begin(state, environment, language, query.map(|Query(fields)| fields)).await
}

pub(crate) async fn post(
    state: State<App>,
    environment: Extension<Environment>,
    language: Language,
    form: Result<Form, FormFault>,
) -> Response {
    begin(state, environment, language, form.map(|Form(fields)| fields)).await
}

async fn begin(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    language: Language,
    fields: Result<Fields, FormFault>,
) -> Response {
    let Ok(fields) = fields else { return pages::problem(language, Problem::BadRequest, &[]) };
    match authorize::begin(&app.csp, environment, &read(&fields)).await {
        Ok(started) => pages::inquiry_person(
            language,
            &InquiryPage {
                environment_path: path_of(environment),
                requested_by: &started.template.name,
                handle: started.handle.expose(),
                redirect_uris: &started.template.redirect_uris,
                problem: None,
            },
        ),
        Err(Refusal::Redirectable { redirect_uri, state, reason }) => {
            let parameters = [("error", code(reason)), ("error_description", &reason.to_string())];
            to_client(&redirect_uri, &app.csp.issuer(environment), state.as_deref(), &parameters)
        }
        Err(refusal) => pages::problem(language, problem(&refusal), &[]),
    }
}

/// The parameters of an authorization request, pushed or not.
pub(crate) fn read(fields: &Fields) -> AuthorizeQuery<'_> {
    AuthorizeQuery {
        client_id: fields.get("client_id"),
        request_uri: fields.get("request_uri"),
        response_type: fields.get("response_type"),
        redirect_uri: fields.get("redirect_uri"),
        scope: fields.get("scope"),
        state: fields.get("state"),
        nonce: fields.get("nonce"),
        code_challenge: fields.get("code_challenge"),
        code_challenge_method: fields.get("code_challenge_method"),
        login_hint: fields.get("login_hint"),
    }
}

fn code(fault: RequestFault) -> &'static str {
    match fault {
        RequestFault::ResponseType => "unsupported_response_type",
        RequestFault::Scope => "invalid_scope",
        RequestFault::Pkce | RequestFault::TooLong => "invalid_request",
    }
}

fn problem(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Busy(_) => Problem::TooMany,
        Refusal::ProofingNotConfigured => Problem::ProofingNotConfigured,
        Refusal::Client => Problem::UnknownClient,
        Refusal::RedirectUri => Problem::RedirectUri,
        Refusal::RequestUri => Problem::RequestUri,
        Refusal::Redirectable { .. } => Problem::BadRequest,
        Refusal::Store(error) => {
            tracing::error!(%error, "the store failed");
            Problem::ServerError
        }
    }
}
