//! `GET` and `DELETE /bridge/org_connection/{id}`

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use connect::connections::{self, PLATFORM, SCOPE};
use model::id::ConnectionId;
use serde::Serialize;
use store::ConnectionStatus;
use utoipa::ToSchema;
use utoipa::openapi::Object;

use super::vault_connection::Revoked;
use super::{Success, caller, success};
use crate::App;
use crate::api_error::{ApiError, Envelope};
use crate::openapi::{Backend, words};
use crate::request::{Path, RequestId, Sender};

#[derive(Serialize, ToSchema)]
pub(crate) struct Connection {
    org_connection_id: String,
    org_id: String,
    tefca_directory_id: String,
    provider_name: String,
    platform_type: &'static str,
    /// `test` or `live`.
    api_mode: &'static str,
    #[schema(schema_with = connection_status)]
    status: &'static str,
    scope: &'static str,
    #[schema(format = DateTime)]
    consent_expires_at: String,
}

pub(super) fn connection_status() -> Object {
    words(&[ConnectionStatus::Authorized, ConnectionStatus::Revoked].map(ConnectionStatus::as_str))
}

/// How a connection stands.
#[utoipa::path(
    get,
    path = "/bridge/org_connection/{id}",
    tag = "bridge",
    operation_id = "getConnection",
    security(("backend" = []), ("private_key" = []), ("client_token" = [])),
    params(("id" = String, Path, description = "`org_connection_id`")),
    responses(
        (status = 200, description = "The connection", body = Success<Connection>),
        Backend,
        (status = 404, description = "`not_found`: no such connection of this organisation in this mode", body = Envelope),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    sender: Sender,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &sender).await?;
    let id = ConnectionId::parse(&id).map_err(|_| unknown())?;
    let connection = app.store().read().await?.connection(&id, client.credential.tenant()).await?;
    let connection = connection.ok_or_else(unknown)?;
    Ok(success(Connection {
        org_connection_id: connection.id.to_string(),
        org_id: connection.organization_id.to_string(),
        api_mode: connection.mode().as_str(),
        status: connection.status.as_str(),
        consent_expires_at: connection.consent_expires_at.rfc3339(),
        tefca_directory_id: connection.tefca_directory_id,
        provider_name: connection.provider,
        platform_type: PLATFORM,
        scope: SCOPE,
    }))
}

/// Ends a connection, and its download links with it.
#[utoipa::path(
    delete,
    path = "/bridge/org_connection/{id}",
    tag = "bridge",
    operation_id = "revokeConnection",
    security(("backend" = []), ("private_key" = []), ("client_token" = [])),
    params(("id" = String, Path, description = "`org_connection_id`")),
    responses(
        (status = 200, description = "It was revoked", body = Success<Revoked>),
        Backend,
        (status = 404, description = "`not_found`: no such connection that could be revoked", body = Envelope),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    Path(id): Path<String>,
    sender: Sender,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &sender).await?;
    let id = ConnectionId::parse(&id).map_err(|_| unknown())?;
    let actor = client.credential.public_id.as_str();
    let tenant = client.credential.tenant();
    let revoked = connections::revoke(&app.connect, &id, tenant, actor, &request_id.0).await?;
    if revoked {
        Ok(success(Revoked { request_id: request_id.0, revoked: vec![id.to_string()] }))
    } else {
        Err(ApiError::not_found("There is no connection with this id that could be revoked."))
    }
}

fn unknown() -> ApiError {
    ApiError::not_found("There is no connection with this org_connection_id.")
}
