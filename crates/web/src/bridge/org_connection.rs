//! `GET` and `DELETE /bridge/org_connection/{id}`

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use connect::connections::{self, PLATFORM, SCOPE};
use model::id::ConnectionId;
use serde_json::json;

use super::{caller, success};
use crate::App;
use crate::api_error::ApiError;
use crate::request::RequestId;

pub(crate) async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &headers).await?;
    let id = ConnectionId::parse(&id).map_err(|_| unknown())?;
    let connection = app.store().read().await?.connection(&id, client.credential.tenant()).await?;
    let connection = connection.ok_or_else(unknown)?;
    Ok(success(&json!({
        "org_connection_id": connection.id.as_str(),
        "org_id": connection.organization_id.as_str(),
        "tefca_directory_id": connection.tefca_directory_id,
        "provider_name": connection.provider,
        "platform_type": PLATFORM,
        "api_mode": connection.mode().as_str(),
        "status": connection.status.as_str(),
        "scope": SCOPE,
        "consent_expires_at": connection.consent_expires_at.rfc3339(),
    })))
}

/// Revokes a connection.
pub(crate) async fn delete(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &headers).await?;
    let id = ConnectionId::parse(&id).map_err(|_| unknown())?;
    let actor = client.credential.public_id.as_str();
    let tenant = client.credential.tenant();
    let revoked = connections::revoke(&app.connect, &id, tenant, actor, &request_id.0).await?;
    if revoked {
        Ok(success(&json!({"request_id": request_id.0, "revoked": [id.as_str()]})))
    } else {
        Err(ApiError::not_found("There is no connection with this id that could be revoked."))
    }
}

fn unknown() -> ApiError {
    ApiError::not_found("There is no connection with this org_connection_id.")
}
