//! `POST /oauth2/par`

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::clients::Presented;
use identity::par::{self, Form as PushForm};
use model::REQUEST_URI_PREFIX;
use serde::Serialize;

use super::OAuthError;
use crate::App;
use crate::request::{Credentials, Fields, Form, FormFault, RequestId};
use crate::response::json_no_store;

#[derive(Serialize)]
struct Pushed {
    request_uri: String,
    expires_in: u64,
}

pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let credentials = Credentials::basic(&headers)?;
    let Form(fields) = form?;
    refuse_second_authentication(&fields)?;
    let client = Presented { public_id: &credentials.id, private_key: credentials.secret.expose() };
    let pushed = par::push(&app.identity, client, &read(&fields), &request_id.0).await?;
    let body = Pushed {
        request_uri: format!("{REQUEST_URI_PREFIX}{}", pushed.reference.expose()),
        expires_in: pushed.expires_in,
    };
    Ok(json_no_store(StatusCode::CREATED, &body))
}

fn read(fields: &Fields) -> PushForm<'_> {
    PushForm {
        scope: fields.get("scope"),
        response_type: fields.get("response_type"),
        idp: fields.get("idp"),
        idp_id_token: fields.get("idp_id_token"),
        client_id: fields.get("client_id"),
        redirect_uri: fields.get("redirect_uri"),
        audience: fields.get("audience"),
        resource: fields.get("resource"),
        request_uri: fields.get("request_uri"),
    }
}

/// At most one way of client authentication a request (RFC 6749 2.3).
pub(crate) fn refuse_second_authentication(fields: &Fields) -> Result<(), OAuthError> {
    if fields.get("client_secret").is_some() || fields.get("client_assertion").is_some() {
        let text = "Send the client credentials in one place only.";
        return Err(OAuthError::bad_request("invalid_request", text));
    }
    Ok(())
}
