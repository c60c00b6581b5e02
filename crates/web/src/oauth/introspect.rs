//! `POST /oauth2/introspect` and `POST /oauth2/revoke`

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::introspect::{self, Standing};
use serde_json::{Value, json};

use super::OAuthError;
use crate::App;
use crate::request::{ClientProof, Form, FormFault, RequestId};
use crate::response::{NO_STORE, json_no_store};

pub(crate) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let proof = ClientProof::require(&headers, &fields)?;
    let standing = introspect::introspect(&app.identity, proof.presented(), fields.get("token")).await?;
    let body = standing.map_or_else(|| json!({"active": false}), |standing| active(&app, &standing));
    Ok(json_no_store(StatusCode::OK, &body))
}

fn active(app: &App, standing: &Standing) -> Value {
    let mut body = json!({
        "active": true,
        "iss": app.base_url(),
        "sub": standing.subject,
        "client_id": standing.client_id,
        "aud": standing.audience,
        "scope": standing.scope,
        "iat": standing.issued_at.seconds(),
        "exp": standing.expires_at.seconds(),
    });
    if !standing.renews {
        body["token_type"] = if standing.key.is_some() { "DPoP" } else { "Bearer" }.into();
    }
    if let Some(key) = &standing.key {
        body["cnf"] = json!({"jkt": key});
    }
    body
}

/// The answer is the same whether there was anything to end (RFC 7009 2.2).
pub(crate) async fn revoke(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let proof = ClientProof::require(&headers, &fields)?;
    introspect::revoke(&app.identity, proof.presented(), fields.get("token"), &request_id.0).await?;
    Ok((StatusCode::OK, [NO_STORE]).into_response())
}
