//! `GET` and `POST …/authorize`: opens the hosted inquiry.

use ::csp::authorize::{self, Query as AuthorizeQuery, Refusal, RequestFault};
use ::csp::{Environment, path_of};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::language::Language;
use crate::pages::{self, InquiryPage, Problem};
use crate::request::{Fields, PageForm, PageQuery};
use crate::response::to_client;

pub(crate) async fn get(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    PageQuery { fields, language }: PageQuery,
) -> Response {
    begin(&app, environment, language, &fields).await
}

pub(crate) async fn post(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    PageForm { fields, language }: PageForm,
) -> Response {
    begin(&app, environment, language, &fields).await
}

async fn begin(app: &App, environment: Environment, language: Language, fields: &Fields) -> Response {
    match authorize::begin(&app.csp, environment, &read(fields)).await {
        Ok(started) => pages::inquiry_person(
            language,
            &InquiryPage {
                environment_path: path_of(environment),
                requested_by: &started.template.name,
                handle: started.handle.expose(),
                contact: "",
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
        Refusal::Store(error) => error.into(),
    }
}
