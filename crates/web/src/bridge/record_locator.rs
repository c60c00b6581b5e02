//! `GET /bridge/record_locator` and below: where the patient's records are.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use connect::locate;
use model::id::LocationId;
use serde::Serialize;
use serde_json::json;
use store::{AccountFound, AuthorizationType, Consent, Location, LocationStatus};

use super::{caller, success};
use crate::App;
use crate::api_error::ApiError;
use crate::request::{FormFault, Query};

/// Starts a search, or tells of the one that ran already.
pub(crate) async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &headers, &fields).await?;
    let location = locate::start(&app.connect, &consent).await?;
    Ok(success(&json!({"task_id": location.id.as_str(), "status": location.status.as_str()})))
}

/// How far a search is, and what each place said so far.
pub(crate) async fn status(
    State(app): State<App>,
    Path(task): Path<String>,
    headers: HeaderMap,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &headers, &fields).await?;
    let location = find(&app, &consent, &task).await?;
    let mut tx = app.store().read().await?;
    let answers = tx.answers(&location.id).await?;
    let said: Vec<_> =
        answers.iter().map(|answer| json!({"name": answer.name, "outcome": answer.outcome})).collect();
    let mut described = json!({
        "task_id": location.id.as_str(),
        "status": location.status.as_str(),
        "asked": location.asked,
        "answered": location.answered,
        "answers": said,
    });
    if location.status != LocationStatus::Pending {
        let findings = locate::findings(&mut tx, &location).await?;
        described["outcome"] = json!(findings.as_str());
        if let Some(error) = findings.error() {
            described["error"] = json!(error);
        }
    }
    Ok(success(&described))
}

/// Accounts by their id.
type Accounts = BTreeMap<String, serde_json::Value>;

/// The published result, group by group.
#[derive(Default, Serialize)]
struct Found {
    #[serde(rename = "discovered_patient_accounts")]
    discovered: Accounts,
    #[serde(rename = "pending_patient_accounts")]
    pending: Accounts,
    #[serde(rename = "connected_patient_accounts")]
    connected: Accounts,
    /// What the search amounts to: `found`, `none`, or `unreachable`, which tells nobody answering from nobody
    /// knowing the patient.
    outcome: &'static str,
    /// Why a search found nothing, when that says nothing about the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// The accounts found so far: ready to connect, to be signed in to, connected.
pub(crate) async fn result(
    State(app): State<App>,
    Path(task): Path<String>,
    headers: HeaderMap,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &headers, &fields).await?;
    let location = find(&app, &consent, &task).await?;
    let mut tx = app.store().read().await?;
    let findings = locate::findings(&mut tx, &location).await?;
    let mut found = Found { outcome: findings.as_str(), error: findings.error(), ..Found::default() };
    for account in tx.accounts_found(&consent.id).await? {
        let group = match (&account.connection_id, account.authorization_type) {
            (Some(_), _) => &mut found.connected,
            (None, AuthorizationType::Direct) => &mut found.discovered,
            (None, AuthorizationType::Facilitated) => &mut found.pending,
        };
        group.insert(account.id.to_string(), describe(&account));
    }
    Ok(success(&found))
}

fn describe(account: &AccountFound) -> serde_json::Value {
    let named = json!({"id": account.tefca_directory_id, "name": account.provider});
    let mut described = json!({
        "brand": named,
        "portal": named,
        "endpoint": {"id": account.tefca_directory_id, "platform_type": connect::connections::PLATFORM},
        "patient_authorization_type": account.authorization_type.as_str(),
        "facility_id": account.tefca_directory_id,
    });
    if let Some(connection) = &account.connection_id {
        described["org_connection_id"] = json!(connection.as_str());
    }
    described
}

/// A patient's own search; another's does not exist.
async fn find(app: &App, consent: &Consent, task: &str) -> Result<Location, ApiError> {
    let missing = || ApiError::not_found("There is no search with this task_id.");
    let id = LocationId::parse(task).map_err(|_| missing())?;
    let location = app.store().read().await?.location(&id).await?;
    location.filter(|location| location.consent_id == consent.id).ok_or_else(missing)
}
