//! `GET` and `POST /oauth2/authorize`

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use identity::authorize::{self, Prompt, Query as AuthorizeQuery, Refusal, Step};
use identity::{clients, consent};

use super::checks::Checks;
use super::error::request_error;
use super::{cookies, decision, proofing};
use crate::App;
use crate::language::Language;
use crate::pages::{self, ConsentPage, Problem};
use crate::request::{Fields, PageForm, PageQuery, RequestId};
use crate::response::to_client;

pub(crate) async fn get(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageQuery { fields, language }: PageQuery,
) -> Response {
    begin(&app, &request_id, &headers, language, &fields).await
}

/// OpenID Connect Core 3.1.2.1 has both methods.
pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { fields, language }: PageForm,
) -> Response {
    begin(&app, &request_id, &headers, language, &fields).await
}

async fn begin(
    app: &App,
    request_id: &RequestId,
    headers: &HeaderMap,
    language: Language,
    fields: &Fields,
) -> Response {
    let origins = embedding_origins(app, fields).await;
    let checks = Checks::of(headers);
    let kept = checks.secrets();
    let query = read(fields, headers, &kept);
    match authorize::begin(&app.identity, &query, &request_id.0).await {
        Ok(Step::Ask(prompt)) => consent_page(language, &prompt, &origins),
        Ok(Step::Decided(answer)) => decision::redirect(app, &answer),
        Ok(Step::Prove(begun)) => proofing::begun(language, &checks, &begun, &origins),
        Err(Refusal::Redirectable { redirect_uri, state, reason }) => {
            let (error, description) = request_error(reason);
            let parameters = [("error", error), ("error_description", description)];
            to_client(&redirect_uri, app.base_url(), state.as_deref(), &parameters)
        }
        Err(refusal) => pages::problem(language, problem(&refusal), &origins),
    }
}

fn read<'a>(fields: &'a Fields, headers: &'a HeaderMap, kept: &'a [&'a str]) -> AuthorizeQuery<'a> {
    AuthorizeQuery {
        client_id: fields.get("client_id"),
        request_uri: fields.get("request_uri"),
        redirect_uri: fields.get("redirect_uri"),
        state: fields.get("state"),
        nonce: fields.get("nonce"),
        code_challenge: fields.get("code_challenge"),
        code_challenge_method: fields.get("code_challenge_method"),
        earlier: cookies::decision(headers),
        browser: kept,
        framed: proofing::is_framed(headers),
    }
}

pub(super) fn consent_page(language: Language, prompt: &Prompt, origins: &[String]) -> Response {
    let handle = prompt.handle.expose();
    let mut response = pages::consent(
        language,
        &ConsentPage {
            organization: &prompt.organization,
            mode: prompt.mode,
            given_name: &prompt.given_name,
            consent_ends: prompt.consent_expires_at,
            handle,
            redirect_uri: &prompt.redirect_uri,
            frame_ancestors: origins,
        },
    );
    cookies::keep_decision(&mut response, handle);
    response
}

/// The pages that may show the client's consent inside the widget.
async fn embedding_origins(app: &App, fields: &Fields) -> Vec<String> {
    let found = async {
        let mut tx = app.store().read().await.ok()?;
        clients::identify(&mut tx, fields.text("client_id")).await.ok()?.ok()
    };
    found.await.map(|client| crate::embed::frame_ancestors(&client.credential)).unwrap_or_default()
}

pub(super) fn problem(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Client(_) => Problem::UnknownClient,
        Refusal::RedirectUri => Problem::RedirectUri,
        Refusal::RequestUri => Problem::RequestUri,
        Refusal::Redirectable { .. } => Problem::BadRequest,
        Refusal::Consent(refusal) => consent_problem(refusal),
        Refusal::Store(error) => error.into(),
    }
}

/// Of a client that consents itself.
pub(super) fn consent_problem(refusal: &consent::Refusal) -> Problem {
    match refusal {
        consent::Refusal::Client(_) => Problem::UnknownClient,
        consent::Refusal::NothingToDecide | consent::Refusal::DecidedElsewhere => Problem::NothingToDecide,
        consent::Refusal::Store(error) => error.into(),
    }
}
