//! `POST /oauth2/par`

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::par::{self, Form as PushForm};
use model::REQUEST_URI_PREFIX;
use serde::Serialize;

use super::OAuthError;
use crate::App;
use crate::request::{ClientProof, Fields, Form, FormFault, RequestId};
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
    let Form(fields) = form?;
    let proof = ClientProof::require(&headers, &fields)?;
    let pushed = par::push(&app.identity, proof.presented(), &read(&fields), &request_id.0).await?;
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
        patient_id: fields.get("patient_id"),
        client_id: fields.get("client_id"),
        redirect_uri: fields.get("redirect_uri"),
        audience: fields.get("audience"),
        resource: fields.get("resource"),
        request_uri: fields.get("request_uri"),
        request: fields.get("request"),
        authorization_details: fields.get("authorization_details"),
        response_mode: fields.get("response_mode"),
        state: fields.get("state"),
        nonce: fields.get("nonce"),
        code_challenge: fields.get("code_challenge"),
        code_challenge_method: fields.get("code_challenge_method"),
        prompt: fields.get("prompt"),
        max_age: fields.get("max_age"),
        login_hint: fields.get("login_hint"),
        dpop_jkt: fields.get("dpop_jkt"),
    }
}
