//! Procedures.

use model::demographics::iso_date;
use serde_json::{Value, json};
use time::Date;

use super::calendar::after;
use super::chart::{Chart, reference, us_core};
use super::codes::Code;
use super::codes::problems::Chronic;
use super::codes::procedures::{
    ECHOCARDIOGRAPHY, ELECTROCARDIOGRAM, FOOT_EXAMINATION, MEDICATION_RECONCILIATION, PHYSICAL_THERAPY, SPIROMETRY,
};
use super::condition::{Diagnosis, reasons};
use super::site::{SiteKind, Specialty};
use super::visit::{Purpose, Visit};

/// Something that was done.
pub(super) struct Done {
    pub(super) code: &'static Code,
    pub(super) day: Date,
    /// The encounter at which it was done, if that was here.
    encounter: Option<String>,
    clinician: Option<usize>,
    reasons: Vec<Value>,
}

/// What was done at the site, or is known there, by date.
pub(super) fn done(chart: &Chart<'_>, visits: &[Visit], diagnoses: &[Diagnosis]) -> Vec<Done> {
    let mut done: Vec<Done> = visits.iter().flat_map(|visit| at(chart, visit, diagnoses)).collect();
    if chart.site.kind == SiteKind::PrimaryCare {
        done.extend(chart.story.screenings.iter().map(|(day, code)| Done {
            code,
            day: *day,
            encounter: None,
            clinician: None,
            reasons: Vec::new(),
        }));
    }
    if chart.site.kind == SiteKind::Specialty(Specialty::Cardiology)
        && let Some(first) = visits.first()
    {
        done.push(here(first, &ECHOCARDIOGRAPHY, first.start.date, Vec::new()));
    }
    done.sort_by_key(|done| done.day);
    done
}

/// Writes the Procedures.
pub(super) fn write(chart: &mut Chart<'_>, done: &[Done]) {
    for done in done {
        let resource = procedure(chart, done);
        chart.add(&resource);
    }
}

fn at(chart: &Chart<'_>, visit: &Visit, diagnoses: &[Diagnosis]) -> Vec<Done> {
    let day = visit.start.date;
    let why: Vec<Value> = reasons(visit, diagnoses).into_iter().map(Diagnosis::reference).collect();
    let diabetes = diagnoses
        .iter()
        .find(|diagnosis| diagnosis.chronic == Some(Chronic::Diabetes) && diagnosis.recorded <= visit.end);
    let foot_examination =
        diabetes.map(|diabetes| here(visit, &FOOT_EXAMINATION, day, vec![diabetes.reference()]));
    match (chart.site.kind, visit.purpose) {
        (SiteKind::PrimaryCare, Purpose::CheckUp) => {
            let reconciliation = here(visit, &MEDICATION_RECONCILIATION, day, Vec::new());
            std::iter::once(reconciliation).chain(foot_examination).collect()
        }
        (_, Purpose::Admission(surgery)) => vec![
            here(visit, &MEDICATION_RECONCILIATION, day, Vec::new()),
            here(visit, &surgery.operation.procedure, surgery.operated(), why),
        ],
        (_, Purpose::Emergency(_)) | (SiteKind::Specialty(Specialty::Cardiology), _) => {
            vec![here(visit, &ELECTROCARDIOGRAM, day, why)]
        }
        (SiteKind::Specialty(Specialty::Pulmonology), _) => vec![here(visit, &SPIROMETRY, day, why)],
        (SiteKind::Specialty(Specialty::Endocrinology), _) => foot_examination.into_iter().collect(),
        (SiteKind::Specialty(Specialty::Orthopedics), _) => {
            // Three sessions, a week apart, as far as they are over.
            let sessions = [7, 14, 21].map(|days| after(day, days));
            let over = sessions.into_iter().filter(|session| *session < chart.story.as_of);
            over.map(|session| Done {
                encounter: None,
                ..here(visit, &PHYSICAL_THERAPY, session, why.clone())
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

fn here(visit: &Visit, code: &'static Code, day: Date, reasons: Vec<Value>) -> Done {
    Done { code, day, encounter: Some(visit.id.clone()), clinician: Some(visit.clinician), reasons }
}

fn procedure(chart: &Chart<'_>, done: &Done) -> Value {
    let day = iso_date(done.day);
    let mut resource = json!({
        "resourceType": "Procedure",
        "id": chart.id("Procedure", &format!("{}/{day}", done.code.code)),
        "meta": us_core("us-core-procedure"),
        "status": "completed",
        "code": done.code.concept(),
        "subject": chart.subject(),
        "performedDateTime": day,
    });
    if let Some(encounter) = &done.encounter {
        resource["encounter"] = reference("Encounter", encounter);
    }
    if let Some(clinician) = done.clinician.and_then(|at| chart.clinicians.get(at)) {
        resource["performer"] = json!([{"actor": clinician.reference()}]);
    }
    if !done.reasons.is_empty() {
        resource["reasonReference"] = done.reasons.clone().into();
    }
    resource
}
