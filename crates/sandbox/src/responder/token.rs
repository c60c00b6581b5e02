//! The token endpoint.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Responder;
use crate::gate::Gate;

pub(super) async fn post(State(responder): State<Arc<Responder>>, body: String) -> Response {
    answer(&responder.gate, &body).await
}

/// Judges a token request at a gate.
pub(super) async fn answer(gate: &Gate, body: &str) -> Response {
    let fields: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    match gate.open(&fields).await {
        Ok(opened) => {
            let mut body = json!({
                "access_token": opened.access_token.expose(),
                "token_type": "Bearer",
                "expires_in": 600,
                "scope": "patient/*.read",
            });
            if let (Some(refresh_token), Some(patient)) = (&opened.refresh_token, &opened.patient) {
                body["refresh_token"] = json!(refresh_token.expose());
                body["patient"] = json!(patient);
            }
            ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        Err(shut) => {
            tracing::debug!(%shut, "a sandbox gate stayed shut");
            let body = json!({"error": shut.oauth_error(), "error_description": shut.to_string()});
            (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
    }
}
