//! The Patient as the site has them on file.

use fhir::Identifier;
use model::synthetic::SyntheticPatient;
use serde_json::{Value, json};

use super::chart::{Chart, reference};
use super::rng::hash;

/// Writes the Patient: the demographics on file, the site's medical record number.
pub(super) fn write(chart: &mut Chart<'_>, patient: &SyntheticPatient) {
    let system = format!("urn:oid:{}.1", chart.site.hcid.oid());
    let number = hash(0, &[chart.site.hcid.urn(), "record", patient.email]) % 100_000_000;
    let record = Identifier::medical_record(&system, &format!("{number:08}"));
    let mut resource = fhir::patient::build(Some(&chart.patient_id), &chart.demographics, &[record]);
    resource["active"] = true.into();
    resource["managingOrganization"] = reference("Organization", &chart.organization_id);
    if let Some(former) = chart.site.file_on(patient).and_then(|file| file.former_family_name.as_ref()) {
        push(
            &mut resource,
            "name",
            json!({"use": "old", "family": former, "given": [chart.demographics.given_name]}),
        );
    }
    chart.add(&resource);
}

fn push(resource: &mut Value, key: &str, item: Value) {
    if let Some(items) = resource[key].as_array_mut() {
        items.push(item);
    }
}
