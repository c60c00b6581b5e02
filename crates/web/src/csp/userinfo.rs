//! `GET` and `POST …/userinfo`

use ::csp::{Environment, userinfo};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::oauth::OAuthError;
use crate::request::bearer;
use crate::response::{invalid_token, json_no_store};

pub(crate) async fn get(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    headers: HeaderMap,
) -> Response {
    let Some(token) = bearer(&headers) else { return invalid_token("Bearer") };
    match userinfo::claims(&app.csp, environment, token.expose()).await {
        Ok(Some(claims)) => json_no_store(StatusCode::OK, &claims),
        Ok(None) => invalid_token("Bearer error=\"invalid_token\""),
        Err(error) => {
            tracing::error!(%error, "the store failed");
            OAuthError::server_error().into_response()
        }
    }
}
