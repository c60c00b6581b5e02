//! `GET` and `POST /oauth2/userinfo`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::userinfo;

use super::OAuthError;
use crate::App;
use crate::request::bearer;
use crate::response::{invalid_token, json_no_store};

pub(crate) async fn get(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(token) = bearer(&headers) else { return invalid_token("Bearer") };
    match userinfo::claims(&app.identity, token.expose()).await {
        Ok(Some(claims)) => json_no_store(StatusCode::OK, &claims),
        Ok(None) => invalid_token("Bearer error=\"invalid_token\""),
        Err(error) => {
            tracing::error!(%error, "the store failed");
            OAuthError::server_error().into_response()
        }
    }
}
