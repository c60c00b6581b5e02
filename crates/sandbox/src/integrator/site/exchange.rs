//! The app's token exchange endpoint, as the second generation of "bring your own identity" asks for: OpenIAS proves
//! itself by a signed assertion that names a patient of the app, and gets a fresh ID token of theirs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use egress::Request;
use jose::{Algorithm, Compact, KeySet};
use serde::Deserialize;
use serde_json::json;

use super::super::backend::Backend;
use super::Site;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// Clocks differ by less than this many seconds.
const LEEWAY: i64 = 30;
/// So many ids of assertions are remembered; a demo needs no better housekeeping.
const MOST: usize = 10_000;

/// The ids of assertions that were used.
#[derive(Default)]
pub(super) struct Used(Mutex<HashMap<String, i64>>);

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    client_id: String,
    exp: i64,
    jti: String,
}

/// Where OpenIAS calls.
pub(super) fn endpoint(backend: &Backend) -> String {
    format!("{}/token-exchange", backend.app_url)
}

pub(super) async fn post(State(site): State<Arc<Site>>, body: String) -> Response {
    let asked: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).collect();
    let asked = |name: &str| asked.get(name).map(AsRef::as_ref);
    if asked("grant_type") != Some(GRANT_TYPE) {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    if asked("requested_token_type") != Some(ID_TOKEN) {
        return refused(StatusCode::BAD_REQUEST, "invalid_request");
    }
    let Some(claims) = judge(&site, asked("client_assertion").unwrap_or_default()).await else {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    };
    let Some(patient) = site.patients.known_as(&claims.sub) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let Some(refresh_token) = patient.tokens.and_then(|tokens| tokens.refresh_token) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let Ok(renewed) = site.backend.refresh(&refresh_token).await else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let answer = json!({
        "access_token": renewed.id_token.expose(),
        "issued_token_type": ID_TOKEN,
        "token_type": "N_A",
    });
    site.patients.renew_as(&claims.sub, &renewed);
    ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// Whether OpenIAS signed this, for this endpoint, just now and for the first time.
async fn judge(site: &Site, assertion: &str) -> Option<Claims> {
    let backend = &site.backend;
    let url = format!("{}/jwks.json", backend.openias_url);
    let answer = backend.calls.expect("read the keys of OpenIAS", Request::get(&url), &[200]).await.ok()?;
    let keys = KeySet::from_json(answer.body()).ok()?;
    let compact = Compact::parse(assertion).ok()?;
    let verified = compact.verify(&keys, &[Algorithm::Es256, Algorithm::Rs256]).ok()?;
    let claims: Claims = serde_json::from_slice(verified.bytes()).ok()?;
    let now = backend.calls.now().seconds();
    let meant = claims.iss == backend.openias_url
        && claims.aud == endpoint(backend)
        && claims.client_id == backend.keys.public_id;
    (meant && claims.exp + LEEWAY > now && site.used.first(&claims, now)).then_some(claims)
}

impl Used {
    fn first(&self, claims: &Claims, now: i64) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, exp| *exp + LEEWAY > now);
        used.len() < MOST && used.insert(claims.jti.clone(), claims.exp).is_none()
    }
}

fn refused(status: StatusCode, error: &str) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(json!({"error": error}))).into_response()
}
