//! `POST /oauth2/par`

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::par::{self, Form as PushForm};
use model::REQUEST_URI_PREFIX;
use serde::Serialize;
use utoipa::ToSchema;

use super::{OAuthError, OAuthErrorBody};
use crate::App;
use crate::openapi::{AnyForm, ClientAuthentication};
use crate::request::{ClientProof, Fields, Form, FormFault, RequestId, Sender};
use crate::response::json_no_store;

/// A request about a patient, who is told by an ID token or, where a token exchange endpoint is registered, by
/// `patient_id`; or who is proven here, where the client's policy allows that.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read field by field; this says which there are")]
pub(crate) struct PushedAuthorizationRequest {
    /// `openid profile email`, to which `offline_access` may be added; of a client by the profile `fapi2` `openid`
    /// suffices.
    scope: String,
    /// `code`.
    response_type: String,
    /// Which CSP issued the token, or shall prove the patient.
    #[schema(required = false)]
    idp: String,
    /// The ID token, exactly as the CSP sent it.
    #[schema(required = false)]
    idp_id_token: String,
    /// The client's own id of the patient, in place of the token.
    #[schema(required = false)]
    patient_id: String,
    /// The public id again.
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
    /// Where the consent page sends the code, for a client that shows no widget.
    #[schema(required = false)]
    redirect_uri: String,
    /// This API.
    #[schema(required = false)]
    audience: String,
    /// This API.
    #[schema(required = false)]
    resource: String,
    #[schema(required = false)]
    state: String,
    #[schema(required = false)]
    nonce: String,
    #[schema(required = false)]
    code_challenge: String,
    /// `S256`.
    #[schema(required = false)]
    code_challenge_method: String,
    /// `query`.
    #[schema(required = false)]
    response_mode: String,
    /// `none`, or of `login`, `consent` and `select_account` what is wanted.
    #[schema(required = false)]
    prompt: String,
    /// In seconds.
    #[schema(required = false)]
    max_age: String,
    /// The patient's e-mail address, for a patient who is proven here.
    #[schema(required = false)]
    login_hint: String,
    /// The thumbprint of the key that tokens shall be bound to.
    #[schema(required = false)]
    dpop_jkt: String,
}

/// A request that was pushed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Pushed {
    request_uri: String,
    /// In seconds.
    expires_in: u64,
}

/// Pushes a request about a patient (RFC 9126).
#[utoipa::path(
    post,
    path = "/oauth2/par",
    tag = "authorization server",
    operation_id = "pushRequest",
    security((), ("backend" = [])),
    params(("DPoP" = Option<String>, Header, description = "Proof of the key that the code shall be bound to (RFC 9449 10)")),
    request_body(content = PushedAuthorizationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "It works once, for this client", body = Pushed),
        (status = 400, description = "`invalid_request`, `invalid_target`, `invalid_authorization_details`, `request_not_supported`, `unauthorized_client`, `invalid_dpop_proof`, `use_dpop_nonce`; the description ends in the code of the rule", body = OAuthErrorBody),
        ClientAuthentication,
        AnyForm,
        (status = 503, description = "`temporarily_unavailable`: the CSP's keys, or the client's token exchange endpoint, cannot be had, or more is pushed than the disk can take; `Retry-After` says when to come again, where that is known", body = OAuthErrorBody),
    ),
)]
pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    sender: Sender,
    form: Result<Form, FormFault>,
) -> Result<Response, OAuthError> {
    let Form(fields) = form?;
    let proof = ClientProof::require(&app, &sender.authorization, &fields)?;
    let pushed =
        par::push(&app.identity, proof.presented(), &sender.request(), &read(&fields), &request_id.0).await?;
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
