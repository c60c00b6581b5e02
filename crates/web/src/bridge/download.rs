//! `GET /bridge/fhir/ehi-export/{task}/download/{file}` leads to `GET /downloads/{task}` for ten minutes.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use connect::exports::{self, Link};
use futures_util::{Stream, stream};
use store::{ObjectReader, StoreError};

use super::caller;
use crate::App;
use crate::api_error::{ApiError, Envelope};
use crate::openapi::Backend;
use crate::request::{FormFault, Path, Query, RequestId, Sender};
use crate::response::NO_STORE;

/// Leads to a signed link to an export's file, which works for ten minutes without credentials.
#[utoipa::path(
    get,
    path = "/bridge/fhir/ehi-export/{task}/download/{file}",
    tag = "bridge",
    operation_id = "getDownloadLink",
    security(("backend" = []), ("private_key" = []), ("client_token" = [])),
    params(
        ("task" = String, Path, description = "`task_id` of the export"),
        ("file" = String, Path, description = "The file, from `download_links`"),
    ),
    responses(
        (status = 302, description = "To the signed link", headers(("Location" = String))),
        Backend,
        (status = 403, description = "`tefca_disabled`: TEFCA is switched off for the organisation", body = Envelope),
        (status = 404, description = "`not_found`: no such export or file", body = Envelope),
        (status = 409, description = "`connection_revoked`, `consent_ended`", body = Envelope),
        (status = 410, description = "`export_expired`: the file was deleted after its time", body = Envelope),
    ),
)]
pub(crate) async fn link(
    State(app): State<App>,
    Path((task, file)): Path<(String, String)>,
    sender: Sender,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &sender).await?;
    let url = exports::link(&app.connect, client.credential.tenant(), &task, &file).await?;
    let location = HeaderValue::from_str(&url).map_err(|_| ApiError::not_found("There is no such file."))?;
    Ok((StatusCode::FOUND, [(LOCATION, location), NO_STORE]).into_response())
}

/// The file behind a signed link: one FHIR R4 resource a line.
#[utoipa::path(
    get,
    path = "/downloads/{task}",
    tag = "bridge",
    operation_id = "download",
    params(
        ("task" = String, Path, description = "`task_id` of the export"),
        ("expires" = i64, Query, description = "Until when the link works, in seconds since 1970"),
        ("signature" = String, Query, description = "Made by this server"),
    ),
    responses(
        (status = 200, description = "The records", body = String, content_type = "application/fhir+ndjson",
            headers(("Content-Disposition" = String))),
        (status = 400, description = "`invalid_request`: a parameter is repeated or cannot be read", body = Envelope),
        (status = 403, description = "`link_invalid`: not a link of this server, or too old; `tefca_disabled`: TEFCA is switched off for the organisation", body = Envelope),
        (status = 404, description = "`not_found`: no such export", body = Envelope),
        (status = 409, description = "`connection_revoked`, `consent_ended`", body = Envelope),
        (status = 410, description = "`export_expired`: the file was deleted after its time", body = Envelope),
        (status = 500, description = "`server_error`: something went wrong on our side", body = Envelope),
    ),
)]
pub(crate) async fn file(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    Path(task): Path<String>,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let link = Link {
        task: &task,
        expires: fields.text("expires").parse().unwrap_or_default(),
        signature: fields.text("signature"),
    };
    let (name, content) = exports::open(&app.connect, &link, &request_id.0).await?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/fhir+ndjson")),
        (CONTENT_DISPOSITION, disposition),
        NO_STORE,
    ];
    Ok((headers, Body::from_stream(chunks(content))).into_response())
}

/// The file chunk by chunk. One that was altered ends in an error, which breaks the transfer off.
fn chunks(reader: ObjectReader) -> impl Stream<Item = Result<Bytes, StoreError>> {
    stream::try_unfold(
        reader,
        |mut reader| async move { Ok(reader.next().await?.map(|bytes| (bytes, reader))) },
    )
}
