//! Health and metrics, for the machines that watch.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready when the store answers.
async fn ready(State(app): State<App>) -> impl IntoResponse {
    let answers = match app.store().read().await {
        Ok(mut tx) => tx.has_due_job(app.clock().now()).await.is_ok(),
        Err(_) => false,
    };
    if answers {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
    }
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    ([("content-type", "text/plain; version=0.0.4")], (app.metrics)())
}
