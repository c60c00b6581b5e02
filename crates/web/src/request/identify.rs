//! An id for every request: in the answer's header, in the log, in the audit trail.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use metrics::SharedString;
use tracing::Instrument as _;

use crate::App;
use crate::guard::guard;

/// The id of the request at hand.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request its id, a span without its query or body, and the headers that every answer carries. The guard is
/// called, not layered: each layer costs every request another pair of boxes. A kernel without randomness ends the
/// connection.
pub(crate) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = model::id::RequestId::from_random(app.entropy().bytes()).to_string();
    // The route, not the path: paths carry references and names of files.
    let route: Arc<str> = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).into();
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, %method, route = &*route);
    let started = app.clock().now();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = async {
        let response = guard(&app, request, next).await;
        tracing::debug!(status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await;
    record(&method, route.into(), response.status(), app.clock().now().since(started).as_secs_f64());
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    response
}

fn record(method: &Method, route: SharedString, status: StatusCode, seconds: f64) {
    let (method, status) = (method_name(method), status.as_str().to_owned());
    metrics::counter!("openias_http_requests_total", "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("openias_http_request_seconds", "method" => method, "route" => route).record(seconds);
}

/// A method's name. One that a caller made up would be a time series of its own.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
