//! `Patient/$match`

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fhir::bundle::SearchsetEntry;
use fhir::matching_operation::patient_of;
use fhir::{MatchGrade, PatientDemographics, Resource, Searchset};
use matching::{Verdict, judge};
use model::{Demographics, Hcid};
use serde_json::{Value, json};

use super::Responder;
use crate::reply;
use crate::world::{Behaviour, TWIN_BIRTH_DATE};

pub(super) async fn post(
    State(responder): State<Arc<Responder>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    match responder.member.behaviour {
        Behaviour::Fails => {
            return reply::outcome(
                StatusCode::INTERNAL_SERVER_ERROR,
                "exception",
                "this server is broken on purpose",
            );
        }
        Behaviour::Slow(wait) => tokio::time::sleep(wait).await,
        _ => {}
    }
    let Some(grant) = responder.gate.grant(&headers) else { return reply::login_required() };
    if !asks_about(&body, &grant.person) {
        return reply::forbidden();
    }
    let candidates = candidates(&responder, &grant.person);
    bundle(&responder.base, &candidates)
}

/// Whether a `$match` asks about the person that the access token is for.
pub(super) fn asks_about(body: &str, person: &Demographics) -> bool {
    let Ok(patient) = patient_of(body) else { return false };
    let Ok(asked) = PatientDemographics::read(&patient) else { return false };
    judge(person, &asked).0 == Verdict::Certain
}

/// The patients of a place who may be the person, as Patient resources, with how sure the place is.
pub(super) fn candidates(responder: &Responder, person: &Demographics) -> Vec<(String, MatchGrade)> {
    let on_file = |(number, grade)| Some((responder.chart(number).resources.first()?.text.clone(), grade));
    let mut found: Vec<_> = responder.alike(person).filter_map(on_file).collect();
    if found.is_empty() {
        return found;
    }
    match responder.member.behaviour {
        Behaviour::Ambiguous => {
            let twin = with_birth_date(&found[0].0);
            found.push((twin, MatchGrade::Possible));
            found[0].1 = MatchGrade::Possible;
        }
        Behaviour::ReturnsAnother => found[0].0 = with_birth_date(&found[0].0),
        _ => {}
    }
    found
}

/// The same file with the birth date of another person.
fn with_birth_date(patient: &str) -> String {
    let mut other: Value = serde_json::from_str(patient).unwrap_or_default();
    other["birthDate"] = json!(model::demographics::iso_date(TWIN_BIRTH_DATE));
    other["id"] = json!(format!("{}-2", other["id"].as_str().unwrap_or_default()));
    other.to_string()
}

/// A Patient resource that says which place holds its records.
pub(super) fn held_by(patient: &str, hcid: &Hcid) -> String {
    let mut held: Value = serde_json::from_str(patient).unwrap_or_default();
    held["managingOrganization"] =
        json!({"identifier": {"system": "urn:ietf:rfc:3986", "value": hcid.urn()}});
    held.to_string()
}

pub(super) fn bundle(base: &str, candidates: &[(String, MatchGrade)]) -> Response {
    let entries: Vec<_> = candidates
        .iter()
        .filter_map(|(text, grade)| {
            let score = if *grade == MatchGrade::Certain { 0.99 } else { 0.6 };
            Some(SearchsetEntry::candidate(Resource::scan(text).ok()?, score, *grade))
        })
        .collect();
    let self_link = format!("{base}/Patient/$match");
    let bundle = Searchset { total: entries.len() as u64, self_link: &self_link, next_link: None, entries };
    reply::resource(bundle.to_json(base))
}
