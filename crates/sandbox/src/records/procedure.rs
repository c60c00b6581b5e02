//! Procedures.

use model::demographics::iso_date;
use serde_json::{Value, json};
use time::Date;

use super::calendar::after;
use super::chart::{Chart, reference, us_core};
use super::codes::Code;
use super::codes::problems::Chronic;
use super::codes::procedures::{
    ECHOCARDIOGRAPHY, ELECTROCARDIOGRAM, FOOT_EXAMINATION, MEDICATION_RECONCILIATION, PHYSICAL_THERAPY,
    SPIROMETRY,
};
use super::condition::{Diagnosis, reasons};
use super::site::{SiteKind, Specialty};
use super::visit::{Purpose, Visit};

/// Something that was done.
pub(super) struct Done {
    pub(super) id: String,
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
            id: id(chart, code, *day),
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
        done.push(here(chart, first, &ECHOCARDIOGRAPHY, first.start.date, Vec::new()));
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
        diabetes.map(|diabetes| here(chart, visit, &FOOT_EXAMINATION, day, vec![diabetes.reference()]));
    match (chart.site.kind, visit.purpose) {
        (SiteKind::PrimaryCare, Purpose::CheckUp) => {
            let reconciliation = here(chart, visit, &MEDICATION_RECONCILIATION, day, Vec::new());
            std::iter::once(reconciliation).chain(foot_examination).collect()
        }
        (_, Purpose::Admission(surgery)) => vec![
            here(chart, visit, &MEDICATION_RECONCILIATION, day, Vec::new()),
            here(chart, visit, &surgery.operation.procedure, surgery.operated(), why),
        ],
        (_, Purpose::Emergency(_)) | (SiteKind::Specialty(Specialty::Cardiology), _) => {
            vec![here(chart, visit, &ELECTROCARDIOGRAM, day, why)]
        }
        (SiteKind::Specialty(Specialty::Pulmonology), _) => vec![here(chart, visit, &SPIROMETRY, day, why)],
        (SiteKind::Specialty(Specialty::Endocrinology), _) => foot_examination.into_iter().collect(),
        (SiteKind::Specialty(Specialty::Orthopedics), _) => {
            // Three sessions, a week apart, as far as they are over.
            let sessions = [7, 14, 21].map(|days| after(day, days));
            let over = sessions.into_iter().filter(|session| *session < chart.story.as_of);
            over.map(|session| Done {
                encounter: None,
                ..here(chart, visit, &PHYSICAL_THERAPY, session, why.clone())
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

fn here(chart: &Chart<'_>, visit: &Visit, code: &'static Code, day: Date, reasons: Vec<Value>) -> Done {
    let encounter = Some(visit.id.clone());
    Done { id: id(chart, code, day), code, day, encounter, clinician: Some(visit.clinician), reasons }
}

fn id(chart: &Chart<'_>, code: &Code, day: Date) -> String {
    chart.id("Procedure", &format!("{}/{}", code.value, iso_date(day)))
}

fn procedure(chart: &Chart<'_>, done: &Done) -> Value {
    let mut resource = json!({
        "resourceType": "Procedure",
        "id": done.id,
        "meta": us_core("us-core-procedure"),
        "status": "completed",
        "code": done.code.concept(),
        "subject": chart.subject(),
        "performedDateTime": iso_date(done.day),
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
