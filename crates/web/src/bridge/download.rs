//! `GET /bridge/fhir/ehi-export/{task}/download/{file}` leads to `GET /downloads/{task}` for ten minutes.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use connect::exports::{self, Link};
use futures_util::{Stream, stream};
use store::{ObjectReader, StoreError};

use super::caller;
use crate::App;
use crate::api_error::ApiError;
use crate::request::{FormFault, Query, RequestId};
use crate::response::NO_STORE;

/// Redirects a backend to a signed link.
pub(crate) async fn link(
    State(app): State<App>,
    Path((task, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let client = caller::backend(&app, &headers).await?;
    let url = exports::link(&app.connect, client.credential.tenant(), &task, &file).await?;
    let location = HeaderValue::from_str(&url).map_err(|_| ApiError::not_found("There is no such file."))?;
    Ok((StatusCode::FOUND, [(LOCATION, location), NO_STORE]).into_response())
}

/// Streams the file behind a signed link.
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
