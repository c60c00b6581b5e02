//! `POST /oauth2/token`

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::tokens::{self, Form as TokenForm};
use serde::Serialize;

use super::OAuthError;
use crate::App;
use crate::request::{ClientProof, Fields, Form, FormFault, RequestId};
use crate::response::json_no_store;

#[derive(Serialize)]
struct Tokens<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    id_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    scope: &'a str,
}

pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let proof = ClientProof::read(&headers, &fields)?;
    let client = proof.as_ref().map(ClientProof::presented);
    let tokens = tokens::issue(&app.identity, client, &read(&fields), &request_id.0).await?;
    let body = Tokens {
        access_token: tokens.access_token.expose(),
        token_type: "Bearer",
        expires_in: tokens.expires_in,
        id_token: &tokens.id_token,
        refresh_token: tokens.refresh_token.as_ref().map(model::Secret::expose),
        scope: &tokens.scope,
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
        client_id: fields.get("client_id"),
    }
}
