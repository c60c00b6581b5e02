//! `GET /bridge/record_locator` and below: where the patient's records are.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use connect::connections::PLATFORM;
use connect::locate::{self, Findings};
use model::id::LocationId;
use serde::Serialize;
use store::{AccountFound, AuthorizationType, Consent, Location, LocationStatus};
use utoipa::ToSchema;
use utoipa::openapi::Object;

use super::{Success, caller, success};
use crate::App;
use crate::api_error::{ApiError, Envelope};
use crate::openapi::{Patient, words};
use crate::request::{FormFault, Path, Query, Sender};

/// A search.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchBegun)]
pub(crate) struct Begun {
    task_id: String,
    #[schema(schema_with = search_status)]
    status: &'static str,
}

/// Begins the search for the patient's records, or tells of the one that ran already.
#[utoipa::path(
    get,
    path = "/bridge/record_locator",
    tag = "bridge",
    operation_id = "beginSearch",
    security(("session" = [])),
    params(
        ("public_id" = Option<String>, Query, description = "The credential of the page, which has to be the session's"),
    ),
    responses(
        (status = 200, description = "The search", body = Success<Begun>),
        Patient,
    ),
)]
pub(crate) async fn start(
    State(app): State<App>,
    sender: Sender,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &sender, &fields).await?;
    let location = locate::start(&app.connect, &consent).await?;
    Ok(success(Begun { task_id: location.id.to_string(), status: location.status.as_str() }))
}

/// How far a search is.
#[derive(Serialize, ToSchema)]
#[schema(as = Search)]
pub(crate) struct Progress {
    task_id: String,
    #[schema(schema_with = search_status)]
    status: &'static str,
    /// How many nodes are asked; 0 until the directory was read.
    asked: u32,
    /// How many of them have answered or run out of time.
    answered: u32,
    /// What each place said so far.
    answers: Vec<Answer>,
    /// Of one that has ended: what it amounts to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = outcome)]
    outcome: Option<&'static str>,
    /// Why it found nothing, when that says nothing about the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<&'static str>,
}

/// What a place said.
#[derive(Serialize, ToSchema)]
#[schema(as = PlaceAnswered)]
struct Answer {
    name: String,
    outcome: String,
}

fn search_status() -> Object {
    words(
        &[LocationStatus::Pending, LocationStatus::Success, LocationStatus::Failed]
            .map(LocationStatus::as_str),
    )
}

/// `unreachable` tells nobody answering from nobody knowing the patient.
fn outcome() -> Object {
    words(&[Findings::Found, Findings::Nothing, Findings::Unreachable].map(Findings::as_str))
}

/// How far a search is, and what each place said so far.
#[utoipa::path(
    get,
    path = "/bridge/record_locator/{task}",
    tag = "bridge",
    operation_id = "getSearch",
    security(("session" = [])),
    params(
        ("task" = String, Path, description = "`task_id` of the search"),
        ("public_id" = Option<String>, Query, description = "The credential of the page, which has to be the session's"),
    ),
    responses(
        (status = 200, description = "How far it is", body = Success<Progress>),
        Patient,
        (status = 404, description = "`not_found`: no such search of this patient", body = Envelope),
    ),
)]
pub(crate) async fn status(
    State(app): State<App>,
    Path(task): Path<String>,
    sender: Sender,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &sender, &fields).await?;
    let location = find(&app, &consent, &task).await?;
    let mut tx = app.store().read().await?;
    let answers = tx.answers(&location.id).await?;
    let said = answers.into_iter().map(|answer| Answer { name: answer.name, outcome: answer.outcome });
    let findings = match location.status {
        LocationStatus::Pending => None,
        _ => Some(locate::findings(&mut tx, &location).await?),
    };
    Ok(success(Progress {
        task_id: location.id.to_string(),
        status: location.status.as_str(),
        asked: location.asked,
        answered: location.answered,
        answers: said.collect(),
        outcome: findings.map(Findings::as_str),
        error: findings.and_then(Findings::error),
    }))
}

/// The published result, group by group.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = AccountsFound)]
pub(crate) struct Found {
    /// Ready to be connected.
    #[serde(rename = "discovered_patient_accounts")]
    discovered: BTreeMap<String, Account>,
    /// Of providers that want the patient to sign in first.
    #[serde(rename = "pending_patient_accounts")]
    pending: BTreeMap<String, Account>,
    /// Connected already.
    #[serde(rename = "connected_patient_accounts")]
    connected: BTreeMap<String, Account>,
    /// What the search amounts to: `found`, `none`, or `unreachable`, which tells nobody answering from nobody
    /// knowing the patient.
    #[schema(schema_with = outcome)]
    outcome: &'static str,
    /// Why a search found nothing, when that says nothing about the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<&'static str>,
}

/// What the patient has at one place.
#[derive(Serialize, ToSchema)]
struct Account {
    brand: Place,
    portal: Place,
    endpoint: Endpoint,
    #[schema(schema_with = authorization_type)]
    patient_authorization_type: &'static str,
    facility_id: String,
    /// Of one that is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org_connection_id: Option<String>,
}

#[derive(Clone, Serialize, ToSchema)]
struct Place {
    id: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct Endpoint {
    id: String,
    platform_type: &'static str,
}

fn authorization_type() -> Object {
    words(&[AuthorizationType::Direct, AuthorizationType::Facilitated].map(AuthorizationType::as_str))
}

/// The accounts found so far: ready to connect, to be signed in to, connected.
#[utoipa::path(
    get,
    path = "/bridge/record_locator/{task}/result",
    tag = "bridge",
    operation_id = "getAccountsFound",
    security(("session" = [])),
    params(
        ("task" = String, Path, description = "`task_id` of the search"),
        ("public_id" = Option<String>, Query, description = "The credential of the page, which has to be the session's"),
    ),
    responses(
        (status = 200, description = "The accounts by their id", body = Success<Found>),
        Patient,
        (status = 404, description = "`not_found`: no such search of this patient", body = Envelope),
    ),
)]
pub(crate) async fn result(
    State(app): State<App>,
    Path(task): Path<String>,
    sender: Sender,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let consent = caller::patient(&app, &sender, &fields).await?;
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
    Ok(success(found))
}

fn describe(account: &AccountFound) -> Account {
    let place = Place { id: account.tefca_directory_id.clone(), name: account.provider.clone() };
    Account {
        brand: place.clone(),
        portal: place,
        endpoint: Endpoint { id: account.tefca_directory_id.clone(), platform_type: PLATFORM },
        patient_authorization_type: account.authorization_type.as_str(),
        facility_id: account.tefca_directory_id.clone(),
        org_connection_id: account.connection_id.as_ref().map(ToString::to_string),
    }
}

/// A patient's own search; another's does not exist.
async fn find(app: &App, consent: &Consent, task: &str) -> Result<Location, ApiError> {
    let missing = || ApiError::not_found("There is no search with this task_id.");
    let id = LocationId::parse(task).map_err(|_| missing())?;
    let location = app.store().read().await?.location(&id).await?;
    location.filter(|location| location.consent_id == consent.id).ok_or_else(missing)
}
