//! `POST /bridge/fhir/ehi-export` and `GET …/{task}`

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use connect::exports::{self, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Export, ExportState};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

use super::{Success, caller, success};
use crate::App;
use crate::api_error::{ApiError, Envelope};
use crate::openapi::{AnyJson, Backend, words};
use crate::request::{Json, JsonFault, Path, RequestId, Sender};

#[derive(Deserialize, ToSchema)]
#[schema(as = ExportAsked)]
pub(crate) struct Asked {
    org_connection_id: String,
}

/// How far an export is. What its webhook says stands here too, so a backend without webhooks can poll.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
pub(crate) struct Progress {
    task_id: String,
    #[schema(schema_with = task_status)]
    status: &'static str,
    /// Of one that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    failure_reason: Option<String>,
    /// Of one whose file can be downloaded: until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    /// The file, of one that can be downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = download_links)]
    download_links: Option<Value>,
    /// What the file holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = stats)]
    stats: Option<Value>,
}

/// Begins an export of a connection's records; asking again brings the same one while its file can be downloaded.
#[utoipa::path(
    post,
    path = "/bridge/fhir/ehi-export",
    tag = "bridge",
    operation_id = "beginExport",
    security(("backend" = []), ("private_key" = []), ("client_token" = [])),
    request_body = Asked,
    responses(
        (status = 200, description = "The export", body = Success<Progress>),
        AnyJson,
        Backend,
        (status = 403, description = "`tefca_disabled`: TEFCA is switched off for the organisation", body = Envelope),
        (status = 404, description = "`not_found`: no such connection of this organisation in this mode", body = Envelope),
        (status = 409, description = "`connection_revoked`, `consent_ended`: the patient must connect again", body = Envelope),
    ),
)]
pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    sender: Sender,
    body: Result<Json, JsonFault>,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &sender).await?;
    let Asked { org_connection_id } = body?.read()?;
    let (tenant, actor) = (client.credential.tenant(), client.credential.public_id.as_str());
    let export = exports::begin(&app.connect, tenant, &org_connection_id, actor, &request_id.0).await?;
    Ok(success(describe(&app, &export)))
}

/// How far an export is.
#[utoipa::path(
    get,
    path = "/bridge/fhir/ehi-export/{task}",
    tag = "bridge",
    operation_id = "getExport",
    security(("backend" = []), ("private_key" = []), ("client_token" = [])),
    params(("task" = String, Path, description = "`task_id` of the export")),
    responses(
        (status = 200, description = "The export", body = Success<Progress>),
        Backend,
        (status = 404, description = "`not_found`: no such export of this organisation in this mode", body = Envelope),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    Path(task): Path<String>,
    sender: Sender,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &sender).await?;
    let export = exports::status(&app.connect, client.credential.tenant(), &task).await?;
    Ok(success(describe(&app, &export)))
}

fn describe(app: &App, export: &Export) -> Progress {
    let mut described = Progress {
        task_id: export.id.to_string(),
        status: export.state.as_str(),
        failure_reason: None,
        expires_at: None,
        download_links: None,
        stats: None,
    };
    match &export.state {
        ExportState::Success { file, stats, expires_at } => {
            let mut told = exports::describe_file(&app.connect, &export.id, file, stats);
            described.expires_at = Some(expires_at.rfc3339());
            described.download_links = Some(told["download_links"].take());
            described.stats = Some(told["stats"].take());
        }
        ExportState::Failed { reason } => described.failure_reason = Some(reason.clone()),
        ExportState::Pending | ExportState::Expired => {}
    }
    described
}

fn task_status() -> Object {
    let failed = ExportState::Failed { reason: String::new() };
    words(&[ExportState::Pending, ExportState::Expired, failed].map(|state| state.as_str()))
}

fn download_links() -> Array {
    let link = ["url", "export_type", "content_type"].into_iter().fold(ObjectBuilder::new(), |link, name| {
        link.property(name, Object::with_type(Type::String)).required(name)
    });
    ArrayBuilder::new().items(link).build()
}

fn stats() -> Object {
    let count = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    let by_type = ObjectBuilder::new().additional_properties(Some(count()));
    ObjectBuilder::new()
        .property("total_resources", count())
        .required("total_resources")
        .property("total_by_resource_type", by_type)
        .required("total_by_resource_type")
        .build()
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
