//! Synthetic records: realistic US Core R4 resources for the ten synthetic patients, at any site.
//!
//! A patient has one life (`story`), whatever site is asked; a site sees of it what its kind of care
//! sees (`visit`), and writes that down in its own files, under its own ids, with the demographics it
//! has. So the records of several sites agree on conditions, onsets, medicines and measured values, and
//! differ in what they hold. The same arguments give the same bytes on every machine.
//!
//! All people are made up: the patients are those of [`model::synthetic`], the clinicians have names
//! that say what they are, and no NPI of theirs can belong to anyone.

mod allergy;
mod calendar;
mod ccda;
mod chart;
mod codes;
mod condition;
mod document;
mod encounter;
mod immunization;
mod laboratory;
mod medication;
mod observation;
mod organization;
mod patient;
mod practitioner;
mod procedure;
mod report;
mod rng;
mod site;
mod story;
mod visit;
mod vitals;

use model::synthetic::SyntheticPatient;
use time::Date;
use time::macros::date;

use chart::Chart;
use document::Charted;
use rng::Rng;
use story::LifeStory;

pub use site::{Held, OnFile, Site, SiteKind, Specialty};

/// The day up to which records go unless a caller has another: fixed, so that a sandbox set up twice is
/// the same sandbox.
pub const AS_OF: Date = date!(2026 - 06 - 30);

/// Writes the records that `site` holds of `patient` by the day `as_of`: each one compact JSON resource,
/// the Patient first, references resolving within the result. Between about 60 and 250 resources, by the
/// kind of site; just the Patient and the site itself when `as_of` leaves no adult life to tell of.
///
/// Organization, Location and Practitioners are the same, byte for byte, in the results for all patients
/// of a site; all other ids are unique within the site. Ids do not change with `seed`.
pub fn generate(patient: &SyntheticPatient, site: &Site, seed: u64, as_of: Date) -> Vec<String> {
    let story = LifeStory::of(patient, seed, as_of);
    let mut rng = Rng::of(seed, &["visits", site.hcid.urn(), patient.email]);
    let mut chart = Chart::open(patient, site, &story, seed);
    let visits = visit::plan(&chart, &mut rng);

    patient::write(&mut chart, patient);
    organization::write(&mut chart);
    practitioner::write(&mut chart);
    if visits.is_empty() {
        return chart.into_lines();
    }

    let diagnoses = condition::diagnose(&chart, &visits);
    let prescriptions = medication::prescribe(&chart, &visits, &diagnoses);
    let procedures = procedure::done(&chart, &visits, &diagnoses);
    let vaccinations = immunization::known(&chart);

    encounter::write(&mut chart, &visits, &diagnoses);
    condition::write(&mut chart, &diagnoses);
    if site.kind != SiteKind::Laboratory {
        allergy::write(&mut chart, &visits);
    }
    medication::write(&mut chart, &prescriptions);
    immunization::write(&mut chart, &vaccinations);
    procedure::write(&mut chart, &procedures);
    vitals::write(&mut chart, &visits);
    let results = laboratory::write(&mut chart, &visits);
    report::write(&mut chart, &visits);
    let charted = Charted { diagnoses, prescriptions, vaccinations, procedures, results };
    document::write(&mut chart, &visits, &charted);
    chart.into_lines()
}

#[cfg(test)]
mod tests;
