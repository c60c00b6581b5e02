//! `POST /oauth2/token`

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::tokens::{self, Form as TokenForm};
use serde::Serialize;
use utoipa::ToSchema;

use super::{OAuthError, OAuthErrorBody};
use crate::App;
use crate::openapi::{AnyForm, ClientAuthentication};
use crate::request::{ClientProof, Fields, Form, FormFault, RequestId, Sender};
use crate::response::json_no_store;

/// A code to redeem, a refresh token to renew, or a client that acts without a patient.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read field by field; this says which there are")]
pub(crate) struct TokenRequest {
    /// `authorization_code`, `refresh_token` or `client_credentials`.
    grant_type: String,
    #[schema(required = false)]
    code: String,
    #[schema(required = false)]
    redirect_uri: String,
    #[schema(required = false)]
    code_verifier: String,
    #[schema(required = false)]
    refresh_token: String,
    /// What of the granted scope is wanted; a refresh may narrow it.
    #[schema(required = false)]
    scope: String,
    /// This API. The access token names it then, and can be read without us (RFC 9068).
    #[schema(required = false)]
    audience: String,
    /// The same (RFC 8707).
    #[schema(required = false)]
    resource: String,
    #[schema(required = false)]
    client_id: String,
    /// Of a client that does not authenticate by HTTP Basic.
    #[schema(required = false)]
    client_secret: String,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with a `client_assertion`.
    #[schema(required = false)]
    client_assertion_type: String,
    /// Of a client that proves itself by keys (RFC 7523).
    #[schema(required = false)]
    client_assertion: String,
}

/// A patient's session; of a client without a patient the access token alone.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tokens<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schema(required = false)]
    scope: &'a str,
}

/// Redeems a code for a session, renews one, or lets a client prove itself for a while.
#[utoipa::path(
    post,
    path = "/oauth2/token",
    tag = "authorization server",
    operation_id = "redeem",
    security((), ("backend" = [])),
    params(("DPoP" = Option<String>, Header, description = "Proof of the key that the access token shall be bound to (RFC 9449 5)")),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The session", body = Tokens),
        (status = 400, description = "`invalid_request`, `invalid_grant`, `invalid_scope`, `invalid_target`, `unauthorized_client`, `unsupported_grant_type`, `invalid_dpop_proof`, `use_dpop_nonce`", body = OAuthErrorBody),
        ClientAuthentication,
        AnyForm,
    ),
)]
pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    sender: Sender,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let proof = ClientProof::read(&app, &sender.authorization, &fields)?;
    let client = proof.as_ref().map(ClientProof::presented);
    let tokens =
        tokens::issue(&app.identity, client, &sender.request(), &read(&fields), &request_id.0).await?;
    let body = Tokens {
        access_token: tokens.access_token.expose(),
        token_type: if tokens.bound { "DPoP" } else { "Bearer" },
        expires_in: tokens.expires_in,
        id_token: tokens.id_token.as_deref(),
        refresh_token: tokens.refresh_token.as_ref().map(model::Secret::expose),
        scope: tokens.scope.as_str(),
    };
    Ok(json_no_store(StatusCode::OK, &body))
}

fn read(fields: &Fields) -> TokenForm<'_> {
    TokenForm {
        grant_type: fields.get("grant_type"),
        code: fields.get("code"),
        redirect_uri: fields.get("redirect_uri"),
        code_verifier: fields.get("code_verifier"),
        refresh_token: fields.get("refresh_token"),
        scope: fields.get("scope"),
        audience: fields.get("audience"),
        resource: fields.get("resource"),
        client_id: fields.get("client_id"),
    }
}
