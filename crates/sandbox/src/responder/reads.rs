//! US Core reads and searches by patient.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fhir::bundle::SearchsetEntry;
use fhir::{Resource, Searchset};
use matching::{Verdict, judge};
use serde::Deserialize;

use super::{Chart, Responder, reply};
use crate::gate::Grant;
use crate::world::Behaviour;

/// Entries a page, unless the caller asks for fewer.
const PAGE: usize = 100;

#[derive(Deserialize)]
pub(super) struct Search {
    patient: Option<String>,
    #[serde(rename = "_count")]
    count: Option<usize>,
    #[serde(default)]
    offset: usize,
}

/// Reads one resource of the person's chart.
pub(super) async fn read(
    State(responder): State<Arc<Responder>>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(grant) = responder.grant(&headers) else { return reply::login_required() };
    let Some(chart) = own_chart(&responder, &grant) else { return reply::not_found() };
    let found = chart.resources.iter().find(|entry| entry.kind == kind && entry.id == id);
    found.map_or_else(reply::not_found, |entry| reply::resource(entry.text.clone()))
}

/// Searches the person's chart: `?patient=` and a page.
pub(super) async fn search(
    State(responder): State<Arc<Responder>>,
    Path(kind): Path<String>,
    Query(search): Query<Search>,
    headers: HeaderMap,
) -> Response {
    let Some(grant) = responder.grant(&headers) else { return reply::login_required() };
    responder.brake.pass().await;
    let Some(patient) = search.patient else {
        return reply::outcome(StatusCode::BAD_REQUEST, "required", "a search needs the parameter patient");
    };
    let Some(chart) = own_chart(&responder, &grant).filter(|chart| chart.patient_id == patient) else {
        return reply::forbidden();
    };
    let all: Vec<&str> =
        chart.resources.iter().filter(|entry| entry.kind == kind).map(|entry| entry.text.as_str()).collect();
    let count = search.count.unwrap_or(PAGE).clamp(1, PAGE);
    let end = search.offset.saturating_add(count);
    let link = |offset| format!("{}/{kind}?patient={patient}&_count={count}&offset={offset}", responder.base);
    let next = (end < all.len()).then(|| link(end));
    let shown = all.iter().skip(search.offset).take(count);
    let bundle = Searchset {
        total: all.len() as u64,
        self_link: &link(search.offset),
        next_link: next.as_deref(),
        entries: shown.filter_map(|text| Resource::scan(text).ok()).map(SearchsetEntry::found).collect(),
    };
    reply::resource(bundle.to_json(&responder.base))
}

/// The chart of the person an access token is for; nobody else's can be reached with it.
fn own_chart(responder: &Responder, grant: &Grant) -> Option<Arc<Chart>> {
    match responder.member.behaviour {
        Behaviour::Fails => return None,
        Behaviour::AsksToSignIn if !grant.signed_in => return None,
        _ => {}
    }
    responder.patients().find_map(|(number, patient)| {
        let on_file =
            fhir::patient::build(None, &responder.member.site.demographics_of(patient), &[]).to_string();
        let on_file = fhir::PatientDemographics::read(&Resource::scan(&on_file).ok()?).ok()?;
        (judge(&grant.person, &on_file).0 == Verdict::Certain).then(|| responder.chart(number))
    })
}
