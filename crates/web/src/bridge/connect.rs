//! `GET /bridge/connect` and `GET /bridge/callback`: signing in at a provider that asks for it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use connect::sign_in::{self, Refusal};
use network::PeerFault;
use network::sign_in::SignInFault;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Success, caller, success};
use crate::App;
use crate::api_error::{ApiError, Envelope};
use crate::language::Language;
use crate::openapi::Patient;
use crate::pages::{self, Problem};
use crate::request::{FormFault, PageQuery, Query, Sender};

#[derive(Serialize, ToSchema)]
pub(crate) struct SignIn {
    url: String,
}

/// Where the patient signs in at a provider that asks for it.
///
/// A browser that navigates brings no session along, so the widget asks with its own and sends a window there.
#[utoipa::path(
    get,
    path = "/bridge/connect",
    tag = "bridge",
    operation_id = "beginSignIn",
    security(("session" = [])),
    params(
        ("external_state" = String, Query, description = "The account, from `pending_patient_accounts`"),
        ("external_id" = Option<String>, Query, description = "The app's own id of the patient, for its events"),
        ("public_id" = Option<String>, Query, description = "The credential of the page, which has to be the session's"),
    ),
    responses(
        (status = 200, description = "The provider's page", body = Success<SignIn>),
        Patient,
        (status = 404, description = "`not_found`: no account of this patient asks for a sign-in", body = Envelope),
        (status = 502, description = "`provider_unavailable`: the provider's sign-in does not answer", body = Envelope),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    language: Language,
    sender: Sender,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &sender, &fields).await?;
    let account = fields.text("external_state");
    let external_id = fields.get("external_id").filter(|id| id.len() <= 256);
    let url = sign_in::begin(&app.connect, &consent, account, external_id, language.as_str()).await?;
    Ok(success(SignIn { url }))
}

/// The patient is back from the provider, with the language that they left in at the end of the state.
pub(crate) async fn callback(State(app): State<App>, PageQuery { fields, language }: PageQuery) -> Response {
    let state = fields.text("state");
    let carried = state.rsplit_once('.').and_then(|(_, tag)| Language::parse(tag));
    let language = carried.unwrap_or(language);
    match sign_in::finish(&app.connect, state, fields.get("code"), fields.get("iss")).await {
        Ok(provider) => pages::signed_in(language, &provider),
        Err(refusal) => pages::problem(language, problem(&refusal), &[]),
    }
}

fn problem(refusal: &Refusal) -> Problem {
    tracing::info!(%refusal, "a sign-in at a provider did not end in a connection");
    match refusal {
        Refusal::Provider(SignInFault::AnotherPerson) => Problem::AnotherPerson,
        Refusal::Store(error) => error.into(),
        _ => Problem::SignIn,
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::Store(error) => error.into(),
            Refusal::Provider(
                SignInFault::Peer(PeerFault::Egress(_) | PeerFault::Status(_) | PeerFault::ForeignOrigin)
                | SignInFault::NoSignIn,
            ) => Self::new(
                StatusCode::BAD_GATEWAY,
                "provider_unavailable",
                "The provider's sign-in does not answer right now.",
            ),
            _ => Self::new(StatusCode::NOT_FOUND, "not_found", text),
        }
    }
}
