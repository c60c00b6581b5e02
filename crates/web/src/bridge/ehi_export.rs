//! `POST /bridge/fhir/ehi-export` and `GET …/{task}`

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use connect::exports::{self, Refusal};
use serde::Deserialize;
use serde_json::json;
use store::{Export, ExportState};

use super::{caller, success};
use crate::App;
use crate::api_error::ApiError;
use crate::request::{Json, JsonFault, RequestId};

#[derive(Deserialize)]
struct Asked {
    org_connection_id: String,
}

pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Json, JsonFault>,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &headers).await?;
    let Asked { org_connection_id } = body?.read()?;
    let (tenant, actor) = (client.credential.tenant(), client.credential.public_id.as_str());
    let export = exports::begin(&app.connect, tenant, &org_connection_id, actor, &request_id.0).await?;
    Ok(success(&describe(&app, &export)))
}

pub(crate) async fn get(
    State(app): State<App>,
    Path(task): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &headers).await?;
    let export = exports::status(&app.connect, client.credential.tenant(), &task).await?;
    Ok(success(&describe(&app, &export)))
}

/// `task_id` and `status`, and what the webhook would say: a backend without webhooks can poll.
fn describe(app: &App, export: &Export) -> serde_json::Value {
    let mut described = match &export.state {
        ExportState::Success { file, stats, expires_at } => {
            let mut described = exports::describe_file(&app.connect, &export.id, file, stats);
            described["expires_at"] = json!(expires_at.rfc3339());
            described
        }
        ExportState::Failed { reason } => json!({"failure_reason": reason}),
        ExportState::Pending | ExportState::Expired => json!({}),
    };
    described["task_id"] = json!(export.id.as_str());
    described["status"] = json!(export.state.as_str());
    described
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::UnknownConnection | Refusal::Unknown => Self::not_found(text),
            Refusal::NotEntitled => Self::new(StatusCode::FORBIDDEN, "tefca_disabled", text),
            Refusal::Revoked => Self::new(StatusCode::CONFLICT, "connection_revoked", text),
            Refusal::ConsentEnded => Self::new(StatusCode::CONFLICT, "consent_ended", text),
            Refusal::Link => Self::new(StatusCode::FORBIDDEN, "link_invalid", text),
            Refusal::Expired => Self::new(StatusCode::GONE, "export_expired", text),
            Refusal::Store(error) => error.into(),
        }
    }
}
