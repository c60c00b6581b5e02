//! The app's pages, and the address its webhooks come to.

mod exchange;
mod follow;
mod patients;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::backend::{Backend, SignIn};
use super::calls::CallFault;
use super::inbox::{Inbox, Received};
use crate::language::Language;
use follow::Followed;
use patients::{Patient, Patients, cookie};

struct Site {
    backend: Backend,
    inbox: Inbox,
    sign_ins: Mutex<HashMap<String, SignIn>>,
    patients: Patients,
    followed: Followed,
    used: exchange::Used,
}

#[derive(Template)]
#[template(path = "app_start.html")]
struct StartPage {
    language: Language,
}

#[derive(Template)]
#[template(path = "app_share.html")]
struct SharePage<'a> {
    language: Language,
    openias_url: &'a str,
    public_id: &'a str,
    external_id: &'a str,
    verified: bool,
}

#[derive(Template)]
#[template(path = "app_problem.html")]
struct ProblemPage<'a> {
    language: Language,
    what: &'a str,
}

/// The app. With `follows` it acts on webhooks by itself: it asks for the records of every connection and
/// downloads them.
pub fn router(backend: Backend, inbox: Inbox, follows: bool) -> Router {
    let followed = Followed::default();
    if follows {
        tokio::spawn(follow::follow(backend.clone(), inbox.clone(), followed.clone()));
    }
    Router::new()
        .route("/", get(start))
        .route("/verify", get(verify))
        .route("/callback", get(callback))
        .route("/unverified", get(unverified))
        .route("/share", get(share))
        .route("/request", post(request))
        .route("/token-exchange", post(exchange::post))
        .route("/webhooks", post(webhook))
        .route("/records.json", get(records))
        .route("/assets/{file}", get(asset))
        .with_state(Arc::new(Site {
            backend,
            inbox,
            sign_ins: Mutex::default(),
            patients: Patients::default(),
            followed,
            used: exchange::Used::default(),
        }))
}

async fn start(State(site): State<Arc<Site>>, language: Language) -> Response {
    page(&site, &StartPage { language })
}

/// Sends the patient to the CSP. The state is tied to this browser by a cookie, so that nobody can be
/// signed in as somebody else.
async fn verify(State(site): State<Arc<Site>>, language: Language) -> Response {
    let patient = format!("patient-{}", site.backend.entropy.secret().expose());
    match site.backend.begin_sign_in(&patient).await {
        Ok(sign_in) => {
            let cookie = format!("sign_in={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=1800", sign_in.state);
            let url = format!("{}&ui_locales={}", sign_in.url, language.as_str());
            let mut sign_ins = site.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
            if sign_ins.len() >= 1000 {
                sign_ins.clear();
            }
            sign_ins.insert(sign_in.state.clone(), sign_in);
            (StatusCode::SEE_OTHER, [(LOCATION, url), (SET_COOKIE, cookie)]).into_response()
        }
        Err(fault) => problem(&site, language, &fault.to_string()),
    }
}

#[derive(Deserialize)]
struct Callback {
    code: Option<String>,
    state: Option<String>,
}

/// The patient is back from the CSP: the code becomes an ID token, which stays here.
async fn callback(
    State(site): State<Arc<Site>>,
    Query(callback): Query<Callback>,
    language: Language,
    headers: HeaderMap,
) -> Response {
    let state = callback.state.unwrap_or_default();
    let ours = cookie(&headers, "sign_in").is_some_and(|cookie| cookie == state);
    let sign_in =
        site.sign_ins.lock().unwrap_or_else(PoisonError::into_inner).remove(&state).filter(|_| ours);
    let Some(sign_in) = sign_in else {
        let ended = language.pick(
            "This sign-in has ended. Please start again.",
            "Este inicio de sesión ya terminó. Empiece de nuevo.",
        );
        return problem(&site, language, ended);
    };
    let Some(code) = callback.code else {
        let refused = language.pick("The identity was not verified.", "No se verificó la identidad.");
        return problem(&site, language, refused);
    };
    match site.backend.finish_sign_in(&sign_in, &code).await {
        Ok(tokens) => {
            let external_id = state.chars().take(12).collect();
            let session =
                site.patients.begin(&site.backend.entropy, Patient { external_id, tokens: Some(tokens) });
            // A page of its own: it can be loaded anew, unlike this one.
            (StatusCode::SEE_OTHER, AppendHeaders([(LOCATION, "/share".to_owned()), (SET_COOKIE, session)]))
                .into_response()
        }
        Err(fault) => problem(&site, language, &fault.to_string()),
    }
}

/// A patient whom the app does not verify: OpenIAS does, inside the widget.
async fn unverified(State(site): State<Arc<Site>>) -> Response {
    let entropy = &site.backend.entropy;
    let external_id = entropy.secret().expose().chars().take(12).collect();
    let session = site.patients.begin(entropy, Patient { external_id, tokens: None });
    (StatusCode::SEE_OTHER, AppendHeaders([(LOCATION, "/share".to_owned()), (SET_COOKIE, session)]))
        .into_response()
}

/// The page with the widget.
async fn share(State(site): State<Arc<Site>>, language: Language, headers: HeaderMap) -> Response {
    let Some(patient) = site.patients.of(&headers) else {
        return (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response();
    };
    page(
        &site,
        &SharePage {
            language,
            openias_url: &site.backend.openias_url,
            public_id: &site.backend.keys.public_id,
            external_id: &patient.external_id,
            verified: patient.tokens.is_some(),
        },
    )
}

/// A fresh `request_uri` for the page, which asks when the patient presses the button: it lives 90 seconds
/// and works once.
async fn request(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let Some(patient) = site.patients.of(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    match pushed(&site, &headers, &patient).await {
        Ok(request_uri) => {
            ([(CACHE_CONTROL, "no-store")], Json(serde_json::json!({"request_uri": request_uri})))
                .into_response()
        }
        Err(fault) => {
            tracing::warn!(%fault, "the sample app could not push its patient's identity");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// Pushes the ID token, and where that has expired, a renewed one; or a request that leaves the proof to OpenIAS.
async fn pushed(site: &Site, headers: &HeaderMap, patient: &Patient) -> Result<String, CallFault> {
    let Some(tokens) = &patient.tokens else { return site.backend.push(None).await };
    let refused = match site.backend.push(Some(&tokens.id_token)).await {
        Err(fault @ CallFault::Status { .. }) => fault,
        other => return other,
    };
    let Some(refresh_token) = &tokens.refresh_token else { return Err(refused) };
    let renewed = site.backend.refresh(refresh_token).await?;
    let request_uri = site.backend.push(Some(&renewed.id_token)).await?;
    site.patients.renew(headers, renewed);
    Ok(request_uri)
}

async fn webhook(State(site): State<Arc<Site>>, headers: HeaderMap, body: String) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let taken = site.inbox.take(
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
        &body,
    );
    if taken { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED }
}

/// What the page shows of webhooks and records: those of its own patient.
async fn records(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let Some(Patient { external_id, .. }) = site.patients.of(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let messages = site.inbox.messages();
    let connections = connections_of(&messages, &external_id);
    let webhooks: Vec<_> = messages
        .iter()
        .filter(|message| connections.contains(&connection_of(message)))
        .map(|message| message.event_type.as_str())
        .collect();
    let downloads: Vec<_> = site
        .followed
        .all()
        .into_iter()
        .filter(|download| connections.contains(&download.org_connection_id.as_str()))
        .collect();
    let body = serde_json::json!({"webhooks": webhooks, "downloads": downloads});
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// The connections that a patient of the app has made.
fn connections_of<'m>(messages: &'m [Received], external_id: &str) -> Vec<&'m str> {
    let theirs = messages.iter().filter(|message| message.data["external_id"] == external_id);
    theirs.map(connection_of).collect()
}

fn connection_of(message: &Received) -> &str {
    message.data["org_connection_id"].as_str().unwrap_or_default()
}

async fn asset(Path(file): Path<String>) -> Response {
    match file.as_str() {
        "app.js" => {
            ([(CONTENT_TYPE, "text/javascript")], include_str!("../../assets/app.js")).into_response()
        }
        "app.css" => ([(CONTENT_TYPE, "text/css")], include_str!("../../assets/app.css")).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn problem(site: &Site, language: Language, what: &str) -> Response {
    page(site, &ProblemPage { language, what })
}

fn page(site: &Site, template: &impl Template) -> Response {
    let openias = &site.backend.openias_url;
    let policy = format!(
        "default-src 'none'; script-src 'self' {openias}; style-src 'self' 'unsafe-inline' {openias}; \
         connect-src 'self'; frame-src {openias}; base-uri 'none'; form-action 'self'"
    );
    match template.render() {
        Ok(html) => ([(CONTENT_SECURITY_POLICY, policy), (CACHE_CONTROL, "no-store".to_owned())], Html(html))
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
