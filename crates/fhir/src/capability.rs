//! CapabilityStatement: what a server says it can do.

use model::demographics::iso_date;
use serde_json::{Value, json};
use time::Date;

use crate::view::{list, text, tree};
use crate::{Error, Resource};

/// A responder's server as a whole.
pub struct Capability<'a> {
    /// Its name, for people.
    pub name: &'a str,
    /// Its base URL.
    pub base_url: &'a str,
    /// Since when it has these capabilities.
    pub date: Date,
    /// What it serves.
    pub resources: &'a [ResourceCapability<'a>],
}

/// What it does with one resource type, besides reading by id.
pub struct ResourceCapability<'a> {
    /// The type, such as `Observation`.
    pub resource_type: &'a str,
    /// Search parameters: name and type, for example `("patient", "reference")`.
    pub search: &'a [(&'a str, &'a str)],
    /// Operations: name without `$` and the URL that defines it.
    pub operations: &'a [(&'a str, &'a str)],
}

/// Builds the CapabilityStatement that `GET {base}/metadata` answers (Facilitated FHIR SOP 2.0: FHIR
/// 4.0.1, US Core, UDAP).
pub fn build(server: &Capability<'_>) -> Value {
    let resources: Vec<Value> = server.resources.iter().map(resource).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": iso_date(server.date),
        "kind": "instance",
        "implementation": {"description": server.name, "url": server.base_url},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "instantiates": ["http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server"],
        "rest": [{
            "mode": "server",
            "security": {"service": [{"coding": [{
                "system": "http://fhir.udap.org/CodeSystem/capability-rest-security-service",
                "code": "UDAP",
            }]}]},
            "resource": resources,
        }],
    })
}

/// The resource types a server says it can search, in its order.
pub fn searchable_types(statement: &str) -> Result<Vec<String>, Error> {
    let statement = tree(&Resource::scan(statement)?, "CapabilityStatement")?;
    let resources = list(&statement, "rest").iter().flat_map(|rest| list(rest, "resource"));
    let searchable = resources.filter(|resource| {
        list(resource, "interaction")
            .iter()
            .any(|interaction| text(interaction, "code") == Some("search-type"))
    });
    Ok(searchable.filter_map(|resource| text(resource, "type")).map(str::to_owned).collect())
}

fn resource(capability: &ResourceCapability<'_>) -> Value {
    let mut resource = json!({
        "type": capability.resource_type,
        "interaction": [{"code": "read"}],
    });
    if !capability.search.is_empty() {
        let parameters = capability.search.iter().map(|(name, kind)| json!({"name": name, "type": kind}));
        resource["interaction"] = json!([{"code": "read"}, {"code": "search-type"}]);
        resource["searchParam"] = parameters.collect();
    }
    if !capability.operations.is_empty() {
        let operations =
            capability.operations.iter().map(|(name, url)| json!({"name": name, "definition": url}));
        resource["operation"] = operations.collect();
    }
    resource
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lists_what_the_server_serves() {
        let operations = [("match", "http://hl7.org/fhir/OperationDefinition/Patient-match")];
        let statement = build(&Capability {
            name: "Fernwood Clinic",
            base_url: "https://r.example/fhir",
            date: Date::MIN,
            resources: &[
                ResourceCapability { resource_type: "Patient", search: &[], operations: &operations },
                ResourceCapability {
                    resource_type: "Observation",
                    search: &[("patient", "reference")],
                    operations: &[],
                },
            ],
        });
        assert_eq!(statement["fhirVersion"], "4.0.1");
        let [patient, observation] = statement["rest"][0]["resource"].as_array().expect("a list").as_slice()
        else {
            panic!("two resources")
        };
        assert_eq!(patient["operation"][0]["name"], "match");
        assert!(patient.get("searchParam").is_none() && observation.get("operation").is_none());
        assert_eq!(observation["interaction"][1]["code"], "search-type");
    }
}
