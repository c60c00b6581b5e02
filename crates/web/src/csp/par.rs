//! `POST …/par`

use ::csp::{Environment, REQUEST_LIFE, authorize};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use model::REQUEST_URI_PREFIX;
use serde::Serialize;
use utoipa::ToSchema;

use super::authorize::read;
use super::token::{client, presented};
use crate::App;
use crate::oauth::{OAuthError, OAuthErrorBody};
use crate::openapi::{AnyForm, ClientAuthentication};
use crate::request::{Form, FormFault};
use crate::response::json_no_store;

/// An authorization request (OpenID Connect Core 3.1.2.1).
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read field by field; this says which there are")]
pub(crate) struct CspAuthorizationRequest {
    /// `code`.
    response_type: String,
    redirect_uri: String,
    /// `openid`, and of `profile`, `email`, `phone`, `address`, `offline_access` what is wanted.
    scope: String,
    code_challenge: String,
    /// `S256`.
    code_challenge_method: String,
    #[schema(required = false)]
    state: String,
    #[schema(required = false)]
    nonce: String,
    /// The app's own immutable id of the patient.
    #[schema(required = false)]
    login_hint: String,
    #[schema(required = false)]
    client_id: String,
    /// Of a client that does not authenticate by HTTP Basic.
    #[schema(required = false)]
    client_secret: String,
}

/// A request that was pushed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Pushed {
    request_uri: String,
    /// In seconds.
    expires_in: u64,
}

/// Pushes an authorization request (RFC 9126).
#[utoipa::path(
    post,
    path = "/par",
    tag = "credential service provider",
    operation_id = "pushCspRequest",
    security(("csp_client" = [])),
    request_body(content = CspAuthorizationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "It works once, for this client", body = Pushed),
        (status = 400, description = "`invalid_request`: a parameter is missing, repeated, too long or not allowed", body = OAuthErrorBody),
        ClientAuthentication,
        AnyForm,
        (status = 503, description = "`temporarily_unavailable`: this issuer cannot verify anyone, or there is too much to do at the moment; `Retry-After` says when to come again, where that is known", body = OAuthErrorBody),
    ),
)]
pub(crate) async fn post(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let credentials = client(&app, &headers, &fields)?;
    let reference = authorize::push(&app.csp, environment, presented(&credentials), &read(&fields)).await?;
    let body = Pushed {
        request_uri: format!("{REQUEST_URI_PREFIX}{}", reference.expose()),
        expires_in: REQUEST_LIFE.as_secs(),
    };
    Ok(json_no_store(StatusCode::CREATED, &body))
}
