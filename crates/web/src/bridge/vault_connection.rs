//! `POST /bridge/vault_connection/authorize` and `…/revoke`

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use connect::connections::{self, PLATFORM, SCOPE};
use model::Mode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{caller, success};
use crate::App;
use crate::api_error::ApiError;
use crate::request::{FormFault, Json, JsonFault, Query, RequestId};

#[derive(Deserialize)]
struct Picked {
    vault_connection_ids: Vec<String>,
    #[serde(default)]
    external_id: Option<String>,
}

/// Connects the accounts that the patient picked.
pub(crate) async fn authorize(
    State(app): State<App>,
    headers: HeaderMap,
    query: Result<Query, FormFault>,
    body: Result<Json, JsonFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &headers, &fields).await?;
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
    let successes: Map<String, Value> = authorized
        .successes
        .into_iter()
        .map(|(account, success)| {
            let connection = &success.connection;
            let status = if success.existed { "connected" } else { connection.status.as_str() };
            let described = json!({
                "org_connection_id": connection.id.as_str(),
                "connection_status": status,
                "platform_type": PLATFORM,
                "tefca_directory_id": connection.tefca_directory_id,
                "scope": SCOPE,
                "consent_expires_at": connection.consent_expires_at.rfc3339(),
            });
            (account, described)
        })
        .collect();
    let failures: Map<String, Value> = authorized
        .failures
        .into_iter()
        .map(|(account, refusal)| {
            (account, json!({"error": refusal.code(), "error_description": refusal.to_string()}))
        })
        .collect();
    Ok(success(&json!({
        "request_id": authorized.request_id,
        "successes": successes,
        "failures": failures,
    })))
}

#[derive(Deserialize)]
struct Revoked {
    email: String,
}

/// Ends all connections of a synthetic patient, so that a test can begin afresh.
pub(crate) async fn revoke(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Json, JsonFault>,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &headers).await?;
    if client.credential.mode() != Mode::Test {
        let text = "Only test keys may revoke by e-mail.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "test_mode_only", text));
    }
    let Revoked { email } = body?.read()?;
    let tenant = client.credential.tenant();
    let revoked = connections::revoke_by_email(&app.connect, tenant, &email, &request_id.0).await?;
    let ids: Vec<&str> = revoked.iter().map(model::id::ConnectionId::as_str).collect();
    Ok(success(&json!({"request_id": request_id.0, "revoked": ids})))
}
