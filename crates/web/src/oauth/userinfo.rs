//! `GET` and `POST /oauth2/userinfo`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use identity::session::Refusal;
use identity::userinfo;

use super::{OAuthError, OAuthErrorBody};
use crate::App;
use crate::challenge::Challenge;
use crate::openapi::Person;
use crate::request::Sender;
use crate::response::{invalid_token, json_no_store};

/// What the CSP proved about the patient, by scope.
#[utoipa::path(
    get,
    path = "/oauth2/userinfo",
    tag = "authorization server",
    operation_id = "getPatient",
    security(("session" = [])),
    responses(
        (status = 200, description = "Claims about the patient", body = Person),
        (status = 401, description = "The access token is missing, unknown or lapsed", headers(("WWW-Authenticate" = String))),
        (status = 500, description = "`server_error`: something went wrong on our side", body = OAuthErrorBody),
    ),
)]
pub(crate) async fn get(app: State<App>, sender: Sender) -> Response {
    claims(app, &sender).await
}

/// The same by POST.
#[utoipa::path(
    post,
    path = "/oauth2/userinfo",
    tag = "authorization server",
    operation_id = "postPatient",
    security(("session" = [])),
    responses(
        (status = 200, description = "Claims about the patient", body = Person),
        (status = 401, description = "The access token is missing, unknown or lapsed", headers(("WWW-Authenticate" = String))),
        (status = 500, description = "`server_error`: something went wrong on our side", body = OAuthErrorBody),
    ),
)]
pub(crate) async fn post(app: State<App>, sender: Sender) -> Response {
    claims(app, &sender).await
}

async fn claims(State(app): State<App>, sender: &Sender) -> Response {
    let Some(token) = sender.access_token() else { return invalid_token(&Challenge::token()) };
    match userinfo::claims(&app.identity, &token.presented()).await {
        Ok(claims) => json_no_store(StatusCode::OK, &claims),
        Err(Refusal::Store(error)) => OAuthError::from(&error).into_response(),
        Err(refusal) => invalid_token(&Challenge::after(&refusal, token.is_by_proof())),
    }
}
