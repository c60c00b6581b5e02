//! `POST /oauth2/introspect` and `POST /oauth2/revoke`

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::introspect::{self, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use super::{OAuthError, OAuthErrorBody};
use crate::App;
use crate::openapi::{AnyForm, ClientAuthentication};
use crate::request::{ClientProof, Form, FormFault, RequestId};
use crate::response::{NO_STORE, json_no_store};

/// A token of the client.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read field by field; this says which there are")]
pub(crate) struct TokenAsked {
    token: String,
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

/// What a token stands for; of one that is not active `active` alone.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Introspection {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    aud: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exp: Option<i64>,
    /// `Bearer` or `DPoP`; a refresh token has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
    /// The key that it is bound to (RFC 9449 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    cnf: Option<Confirmation>,
}

#[derive(Serialize, ToSchema)]
struct Confirmation {
    jkt: String,
}

/// Says what a token of the client stands for (RFC 7662).
#[utoipa::path(
    post,
    path = "/oauth2/introspect",
    tag = "authorization server",
    operation_id = "introspect",
    security((), ("backend" = [])),
    request_body(content = TokenAsked, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What it stands for", body = Introspection),
        (status = 400, description = "`invalid_request`", body = OAuthErrorBody),
        ClientAuthentication,
        AnyForm,
    ),
)]
pub(crate) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let proof = ClientProof::require(&app, &headers, &fields)?;
    let standing = introspect::introspect(&app.identity, proof.presented(), fields.get("token")).await?;
    let body = standing.map_or_else(Introspection::default, |standing| active(&app, standing));
    Ok(json_no_store(StatusCode::OK, &body))
}

fn active(app: &App, standing: Standing) -> Introspection {
    let kind = if standing.key.is_some() { "DPoP" } else { "Bearer" };
    Introspection {
        active: true,
        iss: Some(app.base_url().to_owned()),
        sub: Some(standing.subject),
        client_id: Some(standing.client_id),
        aud: Some(standing.audience),
        scope: Some(standing.scope.to_string()).filter(|scope| !scope.is_empty()),
        iat: Some(standing.issued_at.seconds()),
        exp: Some(standing.expires_at.seconds()),
        token_type: (!standing.renews).then_some(kind),
        cnf: standing.key.map(|jkt| Confirmation { jkt }),
    }
}

/// Ends a token of the client (RFC 7009).
///
/// With a refresh token ends all that came of the same consent. The answer is the same whether there was anything to
/// end (2.2).
#[utoipa::path(
    post,
    path = "/oauth2/revoke",
    tag = "authorization server",
    operation_id = "revoke",
    security((), ("backend" = [])),
    request_body(content = TokenAsked, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It is no longer active"),
        (status = 400, description = "`invalid_request`", body = OAuthErrorBody),
        ClientAuthentication,
        AnyForm,
    ),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let proof = ClientProof::require(&app, &headers, &fields)?;
    introspect::revoke(&app.identity, proof.presented(), fields.get("token"), &request_id.0).await?;
    Ok((StatusCode::OK, [NO_STORE]).into_response())
}
