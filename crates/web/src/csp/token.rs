//! `POST …/token`

use ::csp::Environment;
use ::csp::templates::Presented;
use ::csp::tokens::{self, Redemption, Tokens};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use model::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::oauth::{OAuthError, OAuthErrorBody};
use crate::openapi::{AnyForm, ClientAuthentication};
use crate::request::{ClientProof, Credentials, Fields, Form, FormFault, RequestId};
use crate::response::json_no_store;

/// A code to redeem, or a refresh token to renew.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read field by field; this says which there are")]
pub(crate) struct CspTokenRequest {
    /// `authorization_code` or `refresh_token`.
    grant_type: String,
    #[schema(required = false)]
    code: String,
    #[schema(required = false)]
    redirect_uri: String,
    #[schema(required = false)]
    code_verifier: String,
    #[schema(required = false)]
    refresh_token: String,
    #[schema(required = false)]
    client_id: String,
    /// Of a client that does not authenticate by HTTP Basic.
    #[schema(required = false)]
    client_secret: String,
}

/// What a code or a refresh token brings.
#[derive(Serialize, ToSchema)]
#[schema(as = CspTokens)]
pub(crate) struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    id_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<&'a str>,
    scope: &'a str,
}

/// Redeems a code, or renews an ID token without the patient.
#[utoipa::path(
    post,
    path = "/token",
    tag = "credential service provider",
    operation_id = "redeemAtCsp",
    security(("csp_client" = [])),
    request_body(content = CspTokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The tokens", body = Body),
        (status = 400, description = "`invalid_request`, `invalid_grant`, `unsupported_grant_type`", body = OAuthErrorBody),
        ClientAuthentication,
        AnyForm,
    ),
)]
pub(crate) async fn post(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let credentials = client(&app, &headers, &fields)?;
    let client = presented(&credentials);
    let tokens = match fields.get("grant_type") {
        Some("authorization_code") => {
            let redemption = Redemption {
                code: required(&fields, "code")?,
                redirect_uri: required(&fields, "redirect_uri")?,
                code_verifier: fields.get("code_verifier"),
            };
            tokens::redeem(&app.csp, environment, client, &redemption, &request_id.0).await?
        }
        Some("refresh_token") => {
            let token = required(&fields, "refresh_token")?;
            tokens::refresh(&app.csp, environment, client, token, &request_id.0).await?
        }
        _ => {
            let text = "grant_type must be authorization_code or refresh_token.";
            return Err(OAuthError::bad_request("unsupported_grant_type", text));
        }
    };
    Ok(reply(&tokens))
}

fn reply(tokens: &Tokens) -> Response {
    let body = Body {
        access_token: tokens.access_token.expose(),
        token_type: "Bearer",
        expires_in: tokens.expires_in,
        id_token: tokens.id_token.expose(),
        refresh_token: tokens.refresh_token.as_ref().map(Secret::expose),
        scope: &tokens.scope,
    };
    json_no_store(StatusCode::OK, &body)
}

fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, OAuthError> {
    fields.get(name).ok_or_else(|| OAuthError::bad_request("invalid_request", format!("{name} is required.")))
}

/// Client credentials from the header or the body, never both; an assertion is nothing that the CSP takes.
pub(crate) fn client(app: &App, headers: &HeaderMap, fields: &Fields) -> Result<Credentials, OAuthError> {
    let ClientProof::Secret { id, secret } = ClientProof::require(app, headers, fields)? else {
        return Err(OAuthError::invalid_client());
    };
    match fields.get("client_id") {
        Some(named) if named != id => Err(OAuthError::invalid_client()),
        _ => Ok(Credentials { id, secret }),
    }
}

/// Credentials as the CSP takes them.
pub(crate) fn presented(credentials: &Credentials) -> Presented<'_> {
    Presented { client_id: &credentials.id, client_secret: credentials.secret.expose() }
}
