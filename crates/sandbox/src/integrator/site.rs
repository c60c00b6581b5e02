//! The app's pages, and the address its webhooks come to.

mod follow;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::backend::{Backend, SignIn};
use super::inbox::{Inbox, Received};
use follow::Followed;

struct Site {
    backend: Backend,
    inbox: Inbox,
    sign_ins: Mutex<HashMap<String, SignIn>>,
    followed: Followed,
}

#[derive(Template)]
#[template(path = "app_start.html")]
struct StartPage;

#[derive(Template)]
#[template(path = "app_share.html")]
struct SharePage<'a> {
    openias_url: &'a str,
    public_id: &'a str,
    external_id: &'a str,
    request_uri: &'a str,
}

#[derive(Template)]
#[template(path = "app_problem.html")]
struct ProblemPage<'a> {
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
        .route("/webhooks", post(webhook))
        .route("/records.json", get(records))
        .route("/assets/{file}", get(asset))
        .with_state(Arc::new(Site { backend, inbox, sign_ins: Mutex::default(), followed }))
}

async fn start(State(site): State<Arc<Site>>) -> Response {
    page(&site, &StartPage)
}

/// Sends the patient to the CSP. The state is tied to this browser by a cookie, so that nobody can be
/// signed in as somebody else.
async fn verify(State(site): State<Arc<Site>>) -> Response {
    let patient = format!("patient-{}", site.backend.entropy.secret().expose());
    match site.backend.begin_sign_in(&patient).await {
        Ok(sign_in) => {
            let cookie = format!("sign_in={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=1800", sign_in.state);
            let url = sign_in.url.clone();
            let mut sign_ins = site.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
            if sign_ins.len() >= 1000 {
                sign_ins.clear();
            }
            sign_ins.insert(sign_in.state.clone(), sign_in);
            (StatusCode::SEE_OTHER, [(LOCATION, url), (SET_COOKIE, cookie)]).into_response()
        }
        Err(fault) => problem(&site, &fault.to_string()),
    }
}

#[derive(Deserialize)]
struct Callback {
    code: Option<String>,
    state: Option<String>,
    error_description: Option<String>,
}

/// The patient is back from the CSP: the code becomes an ID token, the ID token a `request_uri`.
async fn callback(
    State(site): State<Arc<Site>>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Response {
    let state = callback.state.unwrap_or_default();
    let ours = cookie(&headers, "sign_in").is_some_and(|cookie| cookie == state);
    let sign_in =
        site.sign_ins.lock().unwrap_or_else(PoisonError::into_inner).remove(&state).filter(|_| ours);
    let Some(sign_in) = sign_in else {
        return problem(&site, "This sign-in has ended. Please start again.");
    };
    let Some(code) = callback.code else {
        return problem(
            &site,
            &callback.error_description.unwrap_or_else(|| "The identity was not verified.".to_owned()),
        );
    };
    let pushed = async {
        let tokens = site.backend.finish_sign_in(&sign_in, &code).await?;
        site.backend.push(&tokens.id_token).await
    };
    match pushed.await {
        Ok(request_uri) => page(
            &site,
            &SharePage {
                openias_url: &site.backend.openias_url,
                public_id: &site.backend.keys.public_id,
                external_id: &state[..state.len().min(12)],
                request_uri: &request_uri,
            },
        ),
        Err(fault) => problem(&site, &fault.to_string()),
    }
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

#[derive(Deserialize)]
struct Whose {
    external_id: String,
}

/// What the page shows of webhooks and records: those of its own patient.
async fn records(State(site): State<Arc<Site>>, Query(Whose { external_id }): Query<Whose>) -> Response {
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

fn problem(site: &Site, what: &str) -> Response {
    page(site, &ProblemPage { what })
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

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get(COOKIE)?.to_str().ok()?;
    all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
