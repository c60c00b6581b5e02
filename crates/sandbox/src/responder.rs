//! A place that answers: metadata, a token endpoint, `$match`, US Core reads, and a sign-in for its patients.

mod authorize;
mod index;
mod matching;
mod metadata;
mod reads;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::matching::{Verdict, judge};
use axum::Router;
use axum::routing::{get, post};
use fhir::{MatchGrade, PatientDemographics, Resource};
use model::Demographics;
use model::synthetic::{PATIENTS, SyntheticPatient};

pub(crate) use index::router as index_router;

use crate::Brake;
use crate::gate::{Gate, Trust};
use crate::records::{self, AS_OF};
use crate::world::{Behaviour, Member};

/// One place: its files and its gate.
pub(crate) struct Responder {
    pub(crate) member: Member,
    /// FHIR base URL.
    pub(crate) base: String,
    pub(crate) gate: Gate,
    seed: u64,
    brake: Brake,
    /// Records of patients who were asked for, by number: they are made when first needed.
    charts: Mutex<HashMap<usize, Arc<Chart>>>,
}

/// The records of one patient at one place.
pub(crate) struct Chart {
    /// The patient's id here.
    pub(crate) patient_id: String,
    pub(crate) resources: Vec<ChartEntry>,
}

/// One resource, with what searches look at.
pub(crate) struct ChartEntry {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) text: String,
}

impl Responder {
    pub(crate) fn new(member: Member, base: String, seed: u64, brake: Brake, trust: Trust) -> Self {
        let gate = Gate::new(trust, format!("{base}/token"));
        Self { member, base, gate, seed, brake, charts: Mutex::default() }
    }

    /// The patients that this place holds, with their numbers.
    pub(crate) fn patients(&self) -> impl Iterator<Item = (usize, &'static SyntheticPatient)> {
        let holds_any = self.member.behaviour != Behaviour::KnowsNobody;
        PATIENTS.iter().enumerate().filter(move |_| holds_any)
    }

    /// The patients on file here who may be the person, with how sure that is.
    pub(crate) fn alike(&self, person: &Demographics) -> impl Iterator<Item = (usize, MatchGrade)> {
        self.patients().filter_map(|(number, patient)| {
            let on_file = self.member.site.demographics_of(patient);
            let on_file = fhir::patient::build(None, &on_file, &[]).to_string();
            let on_file = PatientDemographics::read(&Resource::scan(&on_file).ok()?).ok()?;
            match judge(person, &on_file).0 {
                Verdict::Certain => Some((number, MatchGrade::Certain)),
                Verdict::Possible => Some((number, MatchGrade::Possible)),
                Verdict::No => None,
            }
        })
    }

    /// A patient's records.
    pub(crate) fn chart(&self, number: usize) -> Arc<Chart> {
        let mut charts = self.charts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(charts.entry(number).or_insert_with(|| Arc::new(self.write_chart(&PATIENTS[number]))))
    }

    fn write_chart(&self, patient: &SyntheticPatient) -> Chart {
        let lines = records::generate(patient, &self.member.site, self.seed, AS_OF);
        let resources: Vec<ChartEntry> = lines
            .into_iter()
            .filter_map(|text| {
                let resource = Resource::scan(&text).ok()?;
                let (kind, id) = (resource.resource_type().to_owned(), resource.id()?.to_owned());
                Some(ChartEntry { kind, id, text })
            })
            .collect();
        let patient_id = resources.first().map(|entry| entry.id.clone()).unwrap_or_default();
        Chart { patient_id, resources }
    }
}

/// The server of one place.
pub(crate) fn router(responder: Arc<Responder>) -> Router {
    Router::new()
        .route("/fhir/metadata", get(metadata::capability))
        .route("/fhir/.well-known/smart-configuration", get(metadata::smart_configuration))
        .route("/fhir/token", post(token::post))
        .route("/fhir/authorize", get(authorize::get).post(authorize::post))
        .route("/assets/app.css", get(authorize::style))
        .route("/fhir/Patient/$match", post(matching::post))
        .route("/fhir/{kind}", get(reads::search))
        .route("/fhir/{kind}/{id}", get(reads::read))
        .with_state(responder)
}
