//! `GET` and `POST …/userinfo`

use ::csp::{Environment, userinfo};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::challenge::Challenge;
use crate::oauth::{OAuthError, OAuthErrorBody};
use crate::openapi::Person;
use crate::request::bearer;
use crate::response::{invalid_token, json_no_store};

/// What the ID token says about the person.
#[utoipa::path(
    get,
    path = "/userinfo",
    tag = "credential service provider",
    operation_id = "getPerson",
    security(("csp_access_token" = [])),
    responses(
        (status = 200, description = "Claims about the person", body = Person),
        (status = 401, description = "The access token is missing, unknown or lapsed", headers(("WWW-Authenticate" = String))),
        (status = 500, description = "`server_error`: something went wrong on our side", body = OAuthErrorBody),
    ),
)]
pub(crate) async fn get(
    app: State<App>,
    environment: Extension<Environment>,
    headers: HeaderMap,
) -> Response {
    claims(app, environment, &headers).await
}

/// The same by POST.
#[utoipa::path(
    post,
    path = "/userinfo",
    tag = "credential service provider",
    operation_id = "postPerson",
    security(("csp_access_token" = [])),
    responses(
        (status = 200, description = "Claims about the person", body = Person),
        (status = 401, description = "The access token is missing, unknown or lapsed", headers(("WWW-Authenticate" = String))),
        (status = 500, description = "`server_error`: something went wrong on our side", body = OAuthErrorBody),
    ),
)]
pub(crate) async fn post(
    app: State<App>,
    environment: Extension<Environment>,
    headers: HeaderMap,
) -> Response {
    claims(app, environment, &headers).await
}

async fn claims(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    headers: &HeaderMap,
) -> Response {
    let Some(token) = bearer(headers) else { return invalid_token(&Challenge::of("Bearer")) };
    match userinfo::claims(&app.csp, environment, token.expose()).await {
        Ok(Some(claims)) => json_no_store(StatusCode::OK, &claims),
        Ok(None) => invalid_token(&Challenge::of("Bearer error=\"invalid_token\"")),
        Err(error) => OAuthError::from(&error).into_response(),
    }
}
