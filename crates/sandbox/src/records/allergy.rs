//! Allergies, or the statement that there are none.

use serde_json::{Value, json};

use super::chart::{Chart, us_core};
use super::codes::allergens::NO_KNOWN_ALLERGY;
use super::codes::{Code, hl7};
use super::story::Allergy;
use super::visit::Visit;

/// Writes the AllergyIntolerances as they were taken down at the first visit.
pub(super) fn write(chart: &mut Chart<'_>, visits: &[Visit]) {
    let Some(first) = visits.first() else { return };
    let recorded = first.start.later(5).stamp(chart.zone);
    let story = chart.story;
    if story.allergies.is_empty() {
        let resource = intolerance(chart, &NO_KNOWN_ALLERGY, &recorded);
        chart.add(&resource);
    }
    for allergy in &story.allergies {
        let resource = allergic(intolerance(chart, &allergy.allergen.code, &recorded), allergy);
        chart.add(&resource);
    }
}

fn intolerance(chart: &Chart<'_>, code: &Code, recorded: &str) -> Value {
    json!({
        "resourceType": "AllergyIntolerance",
        "id": chart.id("AllergyIntolerance", code.value),
        "meta": us_core("us-core-allergyintolerance"),
        "clinicalStatus": hl7("allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": hl7("allergyintolerance-verification", "confirmed", "Confirmed"),
        "code": code.concept(),
        "patient": chart.subject(),
        "recordedDate": recorded,
    })
}

fn allergic(mut resource: Value, allergy: &Allergy) -> Value {
    let allergen = allergy.allergen;
    resource["type"] = "allergy".into();
    resource["category"] = json!([allergen.category]);
    resource["criticality"] = allergen.criticality.into();
    resource["onsetDateTime"] = model::demographics::iso_date(allergy.since).into();
    resource["reaction"] =
        json!([{"manifestation": [allergen.reaction.concept()], "severity": allergen.severity}]);
    resource
}
