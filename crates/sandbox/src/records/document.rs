//! DocumentReferences with the C-CDA documents that the site wrote after its latest visits.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::Date;

use super::ccda::{self, Content};
use super::chart::{Chart, reference, us_core};
use super::codes::{Code, loinc};
use super::condition::Diagnosis;
use super::laboratory::LabResult;
use super::medication::Prescription;
use super::practitioner::Clinician;
use super::procedure::Done;
use super::site::SiteKind;
use super::visit::Visit;
use super::vitals;

/// All that the other modules have put into the chart.
pub(super) struct Charted {
    pub(super) diagnoses: Vec<Diagnosis>,
    pub(super) prescriptions: Vec<Prescription>,
    pub(super) vaccinations: Vec<(Date, &'static Code)>,
    pub(super) procedures: Vec<Done>,
    /// Earliest first.
    pub(super) results: Vec<LabResult>,
}

static SUMMARY: Code = loinc("34133-9", "Summarization of episode note");

/// Writes a document for each of the latest visits; a laboratory writes none.
pub(super) fn write(chart: &mut Chart<'_>, visits: &[Visit], charted: &Charted) {
    let count = match chart.site.kind {
        SiteKind::Laboratory => 0,
        SiteKind::Specialty(_) => 1,
        SiteKind::PrimaryCare | SiteKind::Hospital | SiteKind::UrgentCare => 2,
    };
    for visit in visits.iter().rev().take(count) {
        let resource = document(chart, visit, charted);
        chart.add(&resource);
    }
}

fn document(chart: &Chart<'_>, visit: &Visit, charted: &Charted) -> Value {
    let id = chart.id("DocumentReference", &visit.id);
    let author = chart.clinicians.get(visit.clinician);
    let written = visit.end.later(30);
    let xml = ccda::document(chart, &content(chart, visit, charted, &id));
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, xml.as_bytes());
    json!({
        "resourceType": "DocumentReference",
        "id": id,
        "meta": us_core("us-core-documentreference"),
        "status": "current",
        "docStatus": "final",
        "type": SUMMARY.concept(),
        "category": [{"coding": [{
            "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
            "code": "clinical-note",
            "display": "Clinical Note",
        }]}],
        "subject": chart.subject(),
        "date": written.stamp(chart.zone),
        "author": [author.map_or_else(|| chart.organization(), Clinician::reference)],
        "custodian": chart.organization(),
        "content": [{
            "attachment": {
                "contentType": "application/xml",
                "language": "en-US",
                "data": STANDARD.encode(&xml),
                "size": xml.len(),
                // FHIR R4 has SHA-1 here; it tells a broken copy, and is not for security.
                "hash": STANDARD.encode(sha1.as_ref()),
                "title": "Continuity of Care Document",
                "creation": written.stamp(chart.zone),
            },
            "format": {
                "system": "urn:oid:1.3.6.1.4.1.19376.1.2.3",
                "code": "urn:hl7-org:sdwg:ccda-structuredBody:2.1",
                "display": "C-CDA R2.1 using a structured body",
            },
        }],
        "context": {
            "encounter": [reference("Encounter", &visit.id)],
            "period": {"start": visit.start.stamp(chart.zone), "end": visit.end.stamp(chart.zone)},
        },
    })
}

/// What the chart held when the visit was over.
fn content<'c>(chart: &'c Chart<'_>, visit: &'c Visit, charted: &'c Charted, id: &'c str) -> Content<'c> {
    let by = visit.end.date;
    let mut prescriptions: Vec<&Prescription> =
        charted.prescriptions.iter().filter(|prescription| prescription.authored.date <= by).collect();
    // The latest for each medicine: sorted latest first within a medicine, then one of each.
    prescriptions
        .sort_by_key(|prescription| (prescription.drug.code.value, std::cmp::Reverse(prescription.authored)));
    prescriptions.dedup_by_key(|prescription| prescription.drug.code.value);
    let drawn = charted.results.iter().rev().find(|result| result.at.date <= by).map(|result| result.at);
    Content {
        id,
        author: chart.clinicians.get(visit.clinician),
        visited: visit.start,
        measured: vitals::first_taken(visit),
        written: visit.end.later(30),
        feverish: visit.feverish(),
        diagnoses: charted.diagnoses.iter().filter(|diagnosis| diagnosis.recorded.date <= by).collect(),
        prescriptions,
        vaccinations: charted.vaccinations.iter().copied().filter(|(day, _)| *day <= by).collect(),
        procedures: charted.procedures.iter().filter(|done| done.day <= by).collect(),
        results: charted.results.iter().copied().filter(|result| Some(result.at) == drawn).collect(),
    }
}
