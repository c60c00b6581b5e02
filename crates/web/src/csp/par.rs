//! `POST …/par`

use ::csp::{Environment, REQUEST_LIFE, authorize};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use model::REQUEST_URI_PREFIX;
use serde_json::json;

use super::authorize::read;
use super::token::{client, presented};
use crate::App;
use crate::oauth::OAuthError;
use crate::request::{Form, FormFault};
use crate::response::json_no_store;

pub(crate) async fn post(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let credentials = client(&headers, &fields)?;
    let reference = authorize::push(&app.csp, environment, presented(&credentials), &read(&fields)).await?;
    let body = json!({
        "request_uri": format!("{REQUEST_URI_PREFIX}{}", reference.expose()),
        "expires_in": REQUEST_LIFE.as_secs(),
    });
    Ok(json_no_store(StatusCode::CREATED, &body))
}
