//! `GET /oauth2/authorize`

use axum::extract::State;
use axum::response::Response;
use identity::authorize::{self, Prompt, Query as AuthorizeQuery, Refusal, RequestFault};
use identity::clients;

use crate::App;
use crate::language::Language;
use crate::pages::{self, ConsentPage, Problem};
use crate::request::{Fields, FormFault, Query};
use crate::response::to_client;

pub(crate) async fn get(
    State(app): State<App>,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    let Ok(Query(fields)) = query else { return pages::problem(language, Problem::BadRequest, &[]) };
    let origins = embedding_origins(&app, &fields).await;
    match authorize::begin(&app.identity, &read(&fields)).await {
        Ok(prompt) => consent_page(language, &prompt, &origins),
        Err(Refusal::Redirectable { redirect_uri, state, reason }) => {
            let parameters = [("error", code(reason)), ("error_description", &reason.to_string())];
            to_client(&redirect_uri, app.base_url(), state.as_deref(), &parameters)
        }
        Err(refusal) => pages::problem(language, problem(&refusal), &origins),
    }
}

fn read(fields: &Fields) -> AuthorizeQuery<'_> {
    AuthorizeQuery {
        client_id: fields.get("client_id"),
        request_uri: fields.get("request_uri"),
        response_type: fields.get("response_type"),
        redirect_uri: fields.get("redirect_uri"),
        state: fields.get("state"),
        code_challenge: fields.get("code_challenge"),
        code_challenge_method: fields.get("code_challenge_method"),
    }
}

fn consent_page(language: Language, prompt: &Prompt, origins: &[String]) -> Response {
    pages::consent(
        language,
        &ConsentPage {
            organization: &prompt.organization,
            mode: prompt.mode,
            given_name: &prompt.given_name,
            consent_ends: prompt.consent_expires_at,
            handle: prompt.handle.expose(),
            redirect_uri: &prompt.redirect_uri,
            frame_ancestors: origins,
        },
    )
}

/// The pages that may show the client's consent inside the widget.
async fn embedding_origins(app: &App, fields: &Fields) -> Vec<String> {
    let found = async {
        let mut tx = app.store().read().await.ok()?;
        clients::identify(&mut tx, fields.text("client_id")).await.ok()?.ok()
    };
    found.await.map(|client| crate::embed::frame_ancestors(&client.credential)).unwrap_or_default()
}

fn code(fault: RequestFault) -> &'static str {
    match fault {
        RequestFault::ResponseType | RequestFault::Pkce => "invalid_request",
        RequestFault::RequestUri => "invalid_request_uri",
    }
}

fn problem(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Client(_) => Problem::UnknownClient,
        Refusal::RedirectUri => Problem::RedirectUri,
        Refusal::RequestUri => Problem::RequestUri,
        Refusal::Fault(_) | Refusal::Redirectable { .. } => Problem::BadRequest,
        Refusal::Store(error) => {
            tracing::error!(%error, "the store failed");
            Problem::ServerError
        }
    }
}
