//! `POST /oauth2/token`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::clients::Presented;
use identity::exchange::{self, Form as ExchangeForm};
use serde::Serialize;

use super::OAuthError;
use super::par::refuse_second_authentication;
use crate::App;
use crate::request::{Credentials, CredentialsFault, Fields, Form, FormFault};
use crate::response::json_no_store;

#[derive(Serialize)]
struct Tokens<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    id_token: &'a str,
    scope: &'a str,
}

pub(crate) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let credentials = match Credentials::basic(&headers) {
        Ok(credentials) => {
            refuse_second_authentication(&fields)?;
            Some(credentials)
        }
        Err(CredentialsFault::Missing) => None,
        Err(fault) => return Err(fault.into()),
    };
    let client = credentials.as_ref().map(|c| Presented { public_id: &c.id, private_key: c.secret.expose() });
    let session = exchange::redeem(&app.identity, client, &read(&fields)).await?;
    let body = Tokens {
        access_token: session.access_token.expose(),
        token_type: "Bearer",
        expires_in: session.expires_in,
        id_token: &session.id_token,
        scope: session.scope,
    };
    Ok(json_no_store(StatusCode::OK, &body))
}

fn read(fields: &Fields) -> ExchangeForm<'_> {
    ExchangeForm {
        grant_type: fields.get("grant_type"),
        code: fields.get("code"),
        redirect_uri: fields.get("redirect_uri"),
        code_verifier: fields.get("code_verifier"),
        client_id: fields.get("client_id"),
    }
}
