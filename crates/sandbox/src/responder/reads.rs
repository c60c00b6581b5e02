//! US Core reads and searches by patient.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fhir::MatchGrade;
use serde::Deserialize;

use super::{Chart, Responder};
use crate::gate::Grant;
use crate::page::Page;
use crate::reply;
use crate::world::Behaviour;

/// Entries a page, unless the caller asks for fewer.
const PAGE: usize = 100;

#[derive(Deserialize)]
pub(super) struct Search {
    patient: Option<String>,
}

/// Reads one resource of the person's chart.
pub(super) async fn read(
    State(responder): State<Arc<Responder>>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(grant) = responder.gate.grant(&headers) else { return reply::login_required() };
    let Some(chart) = own_chart(&responder, &grant) else { return reply::not_found() };
    let found = chart.resources.iter().find(|entry| entry.kind == kind && entry.id == id);
    found.map_or_else(reply::not_found, |entry| reply::resource(entry.text.clone()))
}

/// Searches the person's chart: `?patient=` and a page.
pub(super) async fn search(
    State(responder): State<Arc<Responder>>,
    Path(kind): Path<String>,
    Query(search): Query<Search>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    let Some(grant) = responder.gate.grant(&headers) else { return reply::login_required() };
    responder.brake.pass().await;
    let Some(patient) = search.patient else {
        return reply::outcome(StatusCode::BAD_REQUEST, "required", "a search needs the parameter patient");
    };
    let Some(chart) = own_chart(&responder, &grant).filter(|chart| chart.patient_id == patient) else {
        return reply::forbidden();
    };
    let all: Vec<&str> =
        chart.resources.iter().filter(|entry| entry.kind == kind).map(|entry| entry.text.as_str()).collect();
    page.of(&all, PAGE, &responder.base, &format!("{kind}?patient={patient}&"))
}

/// The chart of the person an access token is for; nobody else's can be reached with it.
fn own_chart(responder: &Responder, grant: &Grant) -> Option<Arc<Chart>> {
    match responder.member.behaviour {
        Behaviour::Fails => return None,
        Behaviour::AsksToSignIn if !grant.signed_in => return None,
        _ => {}
    }
    let mut certain = responder.alike(&grant.person).filter(|(_, grade)| *grade == MatchGrade::Certain);
    certain.next().map(|(number, _)| responder.chart(number))
}
