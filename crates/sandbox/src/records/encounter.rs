//! Encounters.

use serde_json::{Value, json};

use super::chart::{Chart, reference, us_core};
use super::codes::{Code, hl7, snomed};
use super::condition::{Diagnosis, reasons};
use super::visit::{Purpose, Visit};

/// Writes an Encounter for each visit; a laboratory keeps none.
pub(super) fn write(chart: &mut Chart<'_>, visits: &[Visit], diagnoses: &[Diagnosis]) {
    for visit in visits {
        if let Some((class, kind)) = classify(&visit.purpose) {
            let resource = encounter(chart, visit, &class, kind, &reasons(visit, diagnoses));
            chart.add(&resource);
        }
    }
}

static CHECK_UP: Code = snomed("185349003", "Encounter for check up");
static FOLLOW_UP: Code = snomed("390906007", "Follow-up encounter");
static SYMPTOM: Code = snomed("185345009", "Encounter for symptom");
static EMERGENCY: Code = snomed("50849002", "Emergency room admission");
static ADMISSION: Code = snomed("32485007", "Hospital admission");

/// The class of `v3-ActCode` and the type; none for a draw of blood.
fn classify(purpose: &Purpose) -> Option<(Value, &'static Code)> {
    let (code, display, kind) = match purpose {
        Purpose::CheckUp => ("AMB", "ambulatory", &CHECK_UP),
        Purpose::FollowUp | Purpose::Consultation => ("AMB", "ambulatory", &FOLLOW_UP),
        Purpose::Illness(_) => ("AMB", "ambulatory", &SYMPTOM),
        Purpose::Emergency(_) => ("EMER", "emergency", &EMERGENCY),
        Purpose::Admission(_) => ("IMP", "inpatient encounter", &ADMISSION),
        Purpose::Draw => return None,
    };
    let system = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    Some((json!({"system": system, "code": code, "display": display}), kind))
}

fn encounter(chart: &Chart<'_>, visit: &Visit, class: &Value, kind: &Code, reasons: &[&Diagnosis]) -> Value {
    let period = json!({"start": visit.start.stamp(chart.zone), "end": visit.end.stamp(chart.zone)});
    let mut resource = json!({
        "resourceType": "Encounter",
        "id": visit.id,
        "meta": us_core("us-core-encounter"),
        "status": "finished",
        "class": class,
        "type": [kind.concept()],
        "subject": chart.subject(),
        "period": period,
        "location": [{"location": reference("Location", &chart.location_id)}],
        "serviceProvider": chart.organization(),
    });
    if let Some(clinician) = chart.clinicians.get(visit.clinician) {
        resource["participant"] = json!([{
            "type": [hl7("v3-ParticipationType", "PPRF", "primary performer")],
            "period": period,
            "individual": clinician.reference(),
        }]);
    }
    if !reasons.is_empty() {
        resource["reasonReference"] = reasons.iter().map(|diagnosis| diagnosis.reference()).collect();
    }
    if matches!(visit.purpose, Purpose::Admission(_)) {
        resource["hospitalization"] =
            json!({"dischargeDisposition": hl7("discharge-disposition", "home", "Home")});
    }
    resource
}
