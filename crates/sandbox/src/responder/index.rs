//! A QHIN that keeps an index: it answers `$match` for its members and says which of them holds what.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Responder, matching, metadata, token};
use crate::gate::{Gate, Trust};
use crate::reply;

struct Index {
    base: String,
    gate: Gate,
    members: Vec<Arc<Responder>>,
}

/// The server of an index at `base`.
pub(crate) fn router(name: &str, base: String, members: Vec<Arc<Responder>>, trust: Trust) -> Router {
    tracing::debug!(name, base, "an index answers");
    let gate = Gate::new(trust, format!("{base}/token"));
    Router::new()
        .route("/fhir/.well-known/smart-configuration", get(smart_configuration))
        .route("/fhir/token", post(open))
        .route("/fhir/Patient/$match", post(locate))
        .with_state(Arc::new(Index { base, gate, members }))
}

async fn smart_configuration(State(index): State<Arc<Index>>) -> Response {
    Json(metadata::configuration(&index.base)).into_response()
}

async fn open(State(index): State<Arc<Index>>, body: String) -> Response {
    token::answer(&index.gate, &body).await
}

async fn locate(State(index): State<Arc<Index>>, headers: HeaderMap, body: String) -> Response {
    let Some(grant) = index.gate.grant(&headers) else { return reply::login_required() };
    if !matching::asks_about(&body, &grant.person) {
        return reply::forbidden();
    }
    let held = index.members.iter().flat_map(|member| {
        let candidates = matching::candidates(member, &grant.person);
        candidates
            .into_iter()
            .map(|(text, grade)| (matching::held_by(&text, &member.member.site.hcid), grade))
    });
    matching::bundle(&index.base, &held.collect::<Vec<_>>())
}
