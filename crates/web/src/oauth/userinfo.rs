//! `GET` and `POST /oauth2/userinfo`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::userinfo;

use super::{OAuthError, OAuthErrorBody};
use crate::App;
use crate::openapi::Person;
use crate::request::bearer;
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
pub(crate) async fn get(app: State<App>, headers: HeaderMap) -> Response {
    claims(app, &headers).await
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
pub(crate) async fn post(app: State<App>, headers: HeaderMap) -> Response {
    claims(app, &headers).await
}

async fn claims(State(app): State<App>, headers: &HeaderMap) -> Response {
    let Some(token) = bearer(headers) else { return invalid_token("Bearer") };
    match userinfo::claims(&app.identity, token.expose()).await {
        Ok(Some(claims)) => json_no_store(StatusCode::OK, &claims),
        Ok(None) => invalid_token("Bearer error=\"invalid_token\""),
        Err(error) => {
            tracing::error!(%error, "the store failed");
            OAuthError::server_error().into_response()
        }
    }
}
