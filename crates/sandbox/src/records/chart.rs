//! One patient's chart at one site: who writes in it, and the resources written so far.

use model::Demographics;
use model::synthetic::SyntheticPatient;
use serde_json::{Value, json};

use super::calendar::Zone;
use super::practitioner::Clinician;
use super::rng::hash;
use super::site::Site;
use super::story::LifeStory;

/// A chart that is being written.
pub(super) struct Chart<'a> {
    pub(super) site: &'a Site,
    pub(super) story: &'a LifeStory,
    /// The patient as the site has them on file.
    pub(super) demographics: Demographics,
    pub(super) patient_id: String,
    pub(super) organization_id: String,
    pub(super) location_id: String,
    pub(super) clinicians: Vec<Clinician>,
    pub(super) zone: Zone,
    patient: &'static str,
    lines: Vec<String>,
}

impl<'a> Chart<'a> {
    /// An empty chart.
    pub(super) fn open(patient: &SyntheticPatient, site: &'a Site, story: &'a LifeStory, seed: u64) -> Self {
        let hcid = site.hcid.urn();
        Self {
            site,
            story,
            demographics: site.demographics_of(patient),
            patient_id: id(&[hcid, "Patient", patient.email]),
            organization_id: id(&[hcid, "Organization"]),
            location_id: id(&[hcid, "Location"]),
            clinicians: Clinician::of(site, seed),
            zone: Zone::of_state(&site.state),
            patient: patient.email,
            lines: Vec::new(),
        }
    }

    /// The id of a resource of this patient. `key` tells it from the others of its type; the id does not
    /// change with the seed, and says nothing about the patient.
    pub(super) fn id(&self, resource_type: &str, key: &str) -> String {
        id(&[self.site.hcid.urn(), resource_type, self.patient, key])
    }

    /// Adds a resource.
    pub(super) fn add(&mut self, resource: &Value) {
        self.lines.push(fhir::resource::to_line(resource));
    }

    /// The reference to the patient.
    pub(super) fn subject(&self) -> Value {
        reference("Patient", &self.patient_id)
    }

    /// The reference to the site.
    pub(super) fn organization(&self) -> Value {
        json!({"reference": format!("Organization/{}", self.organization_id), "display": self.site.name})
    }

    /// All resources, the patient first.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

/// A relative reference.
pub(super) fn reference(resource_type: &str, id: &str) -> Value {
    json!({"reference": format!("{resource_type}/{id}")})
}

/// The `meta` of a resource that follows a US Core 6.1.0 profile.
pub(super) fn us_core(profile: &str) -> Value {
    json!({"profile": [format!("http://hl7.org/fhir/us/core/StructureDefinition/{profile}")]})
}

/// 16 hexadecimal digits that belong to these names.
pub(super) fn id(parts: &[&str]) -> String {
    format!("{:016x}", hash(0, parts))
}
