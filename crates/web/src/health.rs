//! Health and metrics, for the machines that watch.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use store::{KeyStage, StoreError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready)).routes(routes!(metrics))
}

/// Alive as long as it answers.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    operation_id = "isAlive",
    responses((status = 200, description = "Alive", body = String)),
)]
async fn alive() -> &'static str {
    "ok\n"
}

/// Ready when the store answers.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    operation_id = "isReady",
    responses(
        (status = 200, description = "Ready", body = String),
        (status = 503, description = "The store does not answer", body = String),
    ),
)]
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

/// Metrics of the process, as Prometheus reads them.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    operation_id = "getMetrics",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")),
)]
async fn metrics(State(app): State<App>) -> impl IntoResponse {
    // Counted when somebody looks: what waits, what was given up and who signs stands in the store alone.
    if let Err(error) = measure(&app).await {
        tracing::error!(%error, "what the store holds cannot be counted");
    }
    ([("content-type", "text/plain; version=0.0.4")], (app.metrics)())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and these are counts of rows")]
async fn measure(app: &App) -> Result<(), StoreError> {
    let now = app.clock().now();
    let mut tx = app.store().read().await?;
    let backlog = tx.backlog().await?;
    for key in tx.signing_keys(now).await?.iter().filter(|key| key.stage(now) == KeyStage::Signing) {
        let (purpose, algorithm) = (key.purpose.name(), key.algorithm.name());
        let age = now.since(key.signs_from).as_secs_f64();
        metrics::gauge!("openias_signing_key_age_seconds", "purpose" => purpose, "algorithm" => algorithm)
            .set(age);
    }
    let overdue = backlog.first_due.map_or(0.0, |due| now.since(due).as_secs_f64());
    metrics::gauge!("openias_outbox_jobs").set(backlog.jobs as f64);
    metrics::gauge!("openias_outbox_overdue_seconds").set(overdue);
    metrics::gauge!("openias_webhook_deliveries_dead").set(backlog.dead_deliveries as f64);
    metrics::gauge!("openias_exports_failed").set(backlog.failed_exports as f64);
    Ok(())
}
