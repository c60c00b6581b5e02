//! The written reports of a cardiologist: what the electrocardiogram showed.

use serde_json::{Value, json};

use super::chart::{Chart, reference, us_core};
use super::codes::problems::Chronic;
use super::codes::{Code, loinc};
use super::site::{SiteKind, Specialty};
use super::visit::Visit;

static CARDIOLOGY: Code = loinc("LP29708-2", "Cardiology");
static ELECTROCARDIOGRAM: Code = loinc("11524-6", "EKG study");

/// Writes a DiagnosticReport for the electrocardiogram of each visit to a cardiologist.
pub(super) fn write(chart: &mut Chart<'_>, visits: &[Visit]) {
    if chart.site.kind == SiteKind::Specialty(Specialty::Cardiology) {
        for visit in visits {
            let resource = electrocardiogram(chart, visit);
            chart.add(&resource);
        }
    }
}

fn electrocardiogram(chart: &Chart<'_>, visit: &Visit) -> Value {
    let at = visit.start.later(15);
    let fibrillates =
        chart.story.has(Chronic::AtrialFibrillation).is_some_and(|ongoing| ongoing.onset <= at.date);
    let conclusion = if fibrillates {
        "Atrial fibrillation with controlled ventricular rate."
    } else {
        "Normal sinus rhythm. No acute ST or T wave changes."
    };
    let mut resource = json!({
        "resourceType": "DiagnosticReport",
        "id": chart.id("DiagnosticReport", &format!("{}/{}", ELECTROCARDIOGRAM.value, at.stamp(chart.zone))),
        "meta": us_core("us-core-diagnosticreport-note"),
        "status": "final",
        "category": [CARDIOLOGY.concept()],
        "code": ELECTROCARDIOGRAM.concept(),
        "subject": chart.subject(),
        "encounter": reference("Encounter", &visit.id),
        "effectiveDateTime": at.stamp(chart.zone),
        "issued": at.later(30).stamp(chart.zone),
        "conclusion": conclusion,
    });
    if let Some(clinician) = chart.clinicians.get(visit.clinician) {
        resource["performer"] = json!([clinician.reference()]);
    }
    resource
}
