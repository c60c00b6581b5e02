//! The site itself: its Organization and where it is.

use fhir::Identifier;
use fhir::identifier::{NPI_SYSTEM, URI_SYSTEM};
use serde_json::{Value, json};

use super::chart::{Chart, reference, us_core};
use super::codes::hl7;
use super::site::SiteKind;

/// Writes the Organization, and the Location where there are encounters.
pub(super) fn write(chart: &mut Chart<'_>) {
    let address = json!({"city": chart.site.city, "state": chart.site.state, "country": "US"});
    chart.add(&organization(chart, &address));
    if chart.site.kind != SiteKind::Laboratory {
        chart.add(&location(chart, &address));
    }
}

fn organization(chart: &Chart<'_>, address: &Value) -> Value {
    json!({
        "resourceType": "Organization",
        "id": chart.organization_id,
        "meta": us_core("us-core-organization"),
        "identifier": [
            Identifier::new(NPI_SYSTEM, &chart.site.npi).to_json(),
            Identifier::new(URI_SYSTEM, chart.site.hcid.urn()).to_json(),
        ],
        "active": true,
        "type": [hl7("organization-type", "prov", "Healthcare Provider")],
        "name": chart.site.name,
        "address": [address],
    })
}

fn location(chart: &Chart<'_>, address: &Value) -> Value {
    json!({
        "resourceType": "Location",
        "id": chart.location_id,
        "meta": us_core("us-core-location"),
        "status": "active",
        "name": chart.site.name,
        "mode": "instance",
        "address": address,
        "managingOrganization": reference("Organization", &chart.organization_id),
    })
}
