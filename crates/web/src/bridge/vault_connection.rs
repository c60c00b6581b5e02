//! `POST /bridge/vault_connection/authorize` and `…/revoke`

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use connect::connections::{self, PLATFORM, SCOPE};
use model::Mode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::Object;

use super::{Success, caller, success};
use crate::App;
use crate::api_error::{ApiError, Envelope};
use crate::openapi::{AnyJson, Backend, Patient, words};
use crate::request::{FormFault, Json, JsonFault, Query, RequestId, Sender};

#[derive(Deserialize, ToSchema)]
#[schema(as = AccountsPicked)]
pub(crate) struct Picked {
    /// Of `discovered_patient_accounts`.
    #[schema(max_items = 1000)]
    vault_connection_ids: Vec<String>,
    /// The app's own id of the patient, for its events; at most 256 bytes.
    #[serde(default)]
    external_id: Option<String>,
}

/// What became of each account that was picked, by its id.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountsConnected)]
pub(crate) struct Connected {
    request_id: String,
    successes: BTreeMap<String, AccountConnected>,
    failures: BTreeMap<String, AccountRefused>,
}

#[derive(Serialize, ToSchema)]
struct AccountConnected {
    org_connection_id: String,
    #[schema(schema_with = connected)]
    connection_status: &'static str,
    platform_type: &'static str,
    tefca_directory_id: String,
    scope: &'static str,
    #[schema(format = DateTime)]
    consent_expires_at: String,
}

#[derive(Serialize, ToSchema)]
struct AccountRefused {
    /// `unknown_vault_connection` or `sign_in_required`.
    error: &'static str,
    error_description: String,
}

/// `connected` is one that was connected before.
fn connected() -> Object {
    words(&["authorized", "connected"])
}

/// Connects the accounts that the patient picked.
#[utoipa::path(
    post,
    path = "/bridge/vault_connection/authorize",
    tag = "bridge",
    operation_id = "connectAccounts",
    security(("session" = [])),
    params(
        ("public_id" = Option<String>, Query, description = "The credential of the page, which has to be the session's"),
    ),
    request_body = Picked,
    responses(
        (status = 200, description = "Each account stands for itself", body = Success<Connected>),
        Patient,
        AnyJson,
    ),
)]
pub(crate) async fn authorize(
    State(app): State<App>,
    sender: Sender,
    query: Result<Query, FormFault>,
    body: Result<Json, JsonFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &sender, &fields).await?;
    let picked: Picked = body?.read()?;
    if picked.vault_connection_ids.len() > 1000
        || picked.external_id.as_ref().is_some_and(|id| id.len() > 256)
    {
        return Err(ApiError::bad_request(
            "invalid_request",
            "At most 1000 accounts and 256 characters of external_id.",
        ));
    }
    let authorized = connections::authorize(
        &app.connect,
        &consent,
        &picked.vault_connection_ids,
        picked.external_id.as_deref().filter(|id| !id.is_empty()),
    )
    .await?;
    let successes = authorized
        .successes
        .into_iter()
        .map(|(account, success)| {
            let connection = &success.connection;
            let described = AccountConnected {
                org_connection_id: connection.id.to_string(),
                connection_status: if success.existed { "connected" } else { connection.status.as_str() },
                platform_type: PLATFORM,
                tefca_directory_id: connection.tefca_directory_id.clone(),
                scope: SCOPE,
                consent_expires_at: connection.consent_expires_at.rfc3339(),
            };
            (account, described)
        })
        .collect();
    let failures = authorized
        .failures
        .into_iter()
        .map(|(account, refusal)| {
            (account, AccountRefused { error: refusal.code(), error_description: refusal.to_string() })
        })
        .collect();
    Ok(success(Connected { request_id: authorized.request_id, successes, failures }))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PatientToRevoke)]
pub(crate) struct Asked {
    /// Of a synthetic patient.
    email: String,
}

/// The connections that were ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct Revoked {
    pub(super) request_id: String,
    pub(super) revoked: Vec<String>,
}

/// Ends all connections of a synthetic patient, so that a test can begin afresh.
#[utoipa::path(
    post,
    path = "/bridge/vault_connection/revoke",
    tag = "bridge",
    operation_id = "revokeConnectionsOfPatient",
    security(("backend" = []), ("private_key" = []), ("client_token" = [])),
    request_body = Asked,
    responses(
        (status = 200, description = "The connections that were ended", body = Success<Revoked>),
        AnyJson,
        Backend,
        (status = 403, description = "`test_mode_only`: a live key", body = Envelope),
    ),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    sender: Sender,
    body: Result<Json, JsonFault>,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &sender).await?;
    if client.credential.mode() != Mode::Test {
        let text = "Only test keys may revoke by e-mail.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "test_mode_only", text));
    }
    let Asked { email } = body?.read()?;
    let tenant = client.credential.tenant();
    let revoked = connections::revoke_by_email(&app.connect, tenant, &email, &request_id.0).await?;
    let revoked = revoked.iter().map(ToString::to_string).collect();
    Ok(success(Revoked { request_id: request_id.0, revoked }))
}
