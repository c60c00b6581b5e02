//! Medication requests: what the site prescribed, or wrote down as taken.

use model::demographics::iso_date;
use serde_json::{Value, json};

use super::calendar::Moment;
use super::chart::{Chart, reference, us_core};
use super::codes::drugs::Drug;
use super::codes::hl7;
use super::condition::Diagnosis;
use super::site::SiteKind;
use super::story::Ongoing;
use super::visit::{Purpose, Visit};

/// One entry of the medication list.
pub(super) struct Prescription {
    pub(super) id: String,
    pub(super) drug: &'static Drug,
    pub(super) authored: Moment,
    /// Whether it is taken to this day.
    pub(super) active: bool,
    /// Whether it is for a lasting condition.
    pub(super) lasting: bool,
    /// Whether the site wrote it down without prescribing it.
    reported: bool,
    encounter: String,
    clinician: usize,
    reason: Option<Value>,
}

/// The most requests for one medicine: the first ones of a long course have left the chart.
const MOST: usize = 3;

/// What the site has prescribed or written down, by course and date.
pub(super) fn prescribe(chart: &Chart<'_>, visits: &[Visit], diagnoses: &[Diagnosis]) -> Vec<Prescription> {
    let mut prescriptions = Vec::new();
    for ongoing in &chart.story.ongoing {
        let known = diagnoses.iter().find(|known| known.chronic == Some(ongoing.entry.chronic));
        if let Some(known) = known {
            lasting(chart, visits, ongoing, known, &mut prescriptions);
        }
    }
    for visit in visits {
        let given = visit.episode().and_then(|episode| episode.drug);
        let reason =
            diagnoses.iter().find(|diagnosis| diagnosis.chronic.is_none() && diagnosis.encounter == visit.id);
        if let Some(drug) = given {
            let authored = prescription(chart, visit, drug, reason);
            prescriptions.push(Prescription { active: false, ..authored });
        }
    }
    prescriptions
}

/// Writes the MedicationRequests.
pub(super) fn write(chart: &mut Chart<'_>, prescriptions: &[Prescription]) {
    for prescription in prescriptions {
        let resource = request(chart, prescription);
        chart.add(&resource);
    }
}

/// The requests for the medicines of a lasting condition: at each visit that renews, the last one
/// active; in hospital one entry, as the patient reported it.
fn lasting(
    chart: &Chart<'_>,
    visits: &[Visit],
    ongoing: &Ongoing,
    diagnosis: &Diagnosis,
    prescriptions: &mut Vec<Prescription>,
) {
    let in_hospital = chart.site.kind == SiteKind::Hospital;
    for course in &ongoing.courses {
        let renewing: Vec<&Visit> = visits
            .iter()
            .filter(|visit| visit.start.date >= course.start && diagnosis.recorded <= visit.end)
            .filter(|visit| {
                let admission = matches!(visit.purpose, Purpose::Admission(_));
                admission || matches!(visit.purpose, Purpose::CheckUp | Purpose::Consultation)
            })
            .collect();
        let skipped = renewing.len().saturating_sub(MOST);
        let count = renewing.len();
        for (at, visit) in renewing.into_iter().enumerate().skip(skipped) {
            let authored = prescription(chart, visit, course.drug, Some(diagnosis));
            prescriptions.push(Prescription { active: at + 1 == count, reported: in_hospital, ..authored });
        }
    }
}

fn prescription(
    chart: &Chart<'_>,
    visit: &Visit,
    drug: &'static Drug,
    reason: Option<&Diagnosis>,
) -> Prescription {
    Prescription {
        id: chart.id("MedicationRequest", &format!("{}/{}", drug.code.value, iso_date(visit.start.date))),
        drug,
        authored: visit.start.later(20),
        active: true,
        lasting: reason.is_some_and(|diagnosis| diagnosis.chronic.is_some()),
        reported: false,
        encounter: visit.id.clone(),
        clinician: visit.clinician,
        reason: reason.map(Diagnosis::reference),
    }
}

fn request(chart: &Chart<'_>, prescription: &Prescription) -> Value {
    let mut resource = json!({
        "resourceType": "MedicationRequest",
        "id": prescription.id,
        "meta": us_core("us-core-medicationrequest"),
        "status": if prescription.active { "active" } else { "completed" },
        "intent": if prescription.reported { "plan" } else { "order" },
        "category": [hl7("medicationrequest-category", "community", "Community")],
        "reportedBoolean": prescription.reported,
        "medicationCodeableConcept": prescription.drug.code.concept(),
        "subject": chart.subject(),
        "encounter": reference("Encounter", &prescription.encounter),
        "authoredOn": prescription.authored.stamp(chart.zone),
        "dosageInstruction": [dosage(prescription.drug)],
    });
    if let Some(clinician) = chart.clinicians.get(prescription.clinician) {
        resource["requester"] = clinician.reference();
    }
    if let Some(reason) = &prescription.reason {
        resource["reasonReference"] = json!([reason]);
    }
    resource
}

fn dosage(drug: &Drug) -> Value {
    let (unit, code) = drug.form.unit();
    json!({
        "text": drug.sig,
        "timing": {"repeat": {"frequency": drug.per_day, "period": 1, "periodUnit": "d"}},
        "asNeededBoolean": drug.as_needed,
        "route": drug.form.route().concept(),
        "doseAndRate": [{"doseQuantity": {
            "value": drug.form.per_dose(),
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": code,
        }}],
    })
}
