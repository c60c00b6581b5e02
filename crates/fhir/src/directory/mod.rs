//! The network's directory: who takes part, under which HCID, and where to reach it.
//!
//! The shapes are those of the RCE Directory IG 1.12.0 (sequoia.fhir.us.rce); the IAS response mode,
//! which that IG has yet to add, is an extension of our own.

mod endpoint;
mod kind;
mod organization;

use serde_json::Value;

use crate::{Bundle, Resource};

pub use endpoint::{Endpoint, FHIR_REST};
pub use kind::{OrganizationKind, ResponseMode};
pub use organization::{EndpointLink, Organization, PostalAddress, RESPONSE_MODE_URL};

/// Where the Sequoia Project's directory extensions and code systems live.
pub(crate) const SPHD: &str = "https://sequoiaproject.org/fhir/sphd";

/// What one or more pages of a directory search hold.
#[derive(Debug, Default)]
pub struct Directory {
    /// Organisations in the order they came.
    pub organizations: Vec<Organization>,
    /// Endpoints that stand alone; those contained in an organisation stand in its links.
    pub endpoints: Vec<Endpoint>,
    /// How many entries were neither, or could not be read.
    pub passed_over: usize,
}

impl Directory {
    /// Takes over what one page holds.
    pub fn add(&mut self, page: &Bundle<'_>) {
        for entry in page.entries() {
            match entry {
                Ok(resource) => self.add_resource(&resource),
                Err(_) => self.passed_over += 1,
            }
        }
    }

    /// The endpoints of an organisation, contained and referenced, as far as they are known.
    pub fn endpoints_of<'d>(&'d self, organization: &'d Organization) -> impl Iterator<Item = &'d Endpoint> {
        organization.endpoints.iter().filter_map(|link| match link {
            EndpointLink::Contained(endpoint) => Some(endpoint),
            EndpointLink::Reference(id) => self.endpoints.iter().find(|endpoint| &endpoint.id == id),
        })
    }

    fn add_resource(&mut self, resource: &Resource<'_>) {
        match resource.resource_type() {
            "Organization" => match Organization::read(resource) {
                Ok(organization) => self.organizations.push(organization),
                Err(_) => self.passed_over += 1,
            },
            "Endpoint" => match Endpoint::read(resource) {
                Ok(endpoint) => self.endpoints.push(endpoint),
                Err(_) => self.passed_over += 1,
            },
            _ => self.passed_over += 1,
        }
    }
}

/// The address of one of the directory's own extensions.
fn extension_url(name: &str) -> String {
    format!("{SPHD}/StructureDefinition/{name}")
}

/// A directory extension that holds a code.
fn coded_extension(name: &str, system: &str, code: &str) -> Value {
    serde_json::json!({
        "url": extension_url(name),
        "valueCodeableConcept": {"coding": [{"system": system, "code": code}]},
    })
}

/// The codes of a directory extension, in their order.
fn extension_codes(element: &Value, name: &str) -> Vec<String> {
    crate::view::extensions(element, &extension_url(name))
        .flat_map(|extension| crate::view::codes(extension, "valueCodeableConcept", None))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Searchset;
    use crate::bundle::SearchsetEntry;
    use crate::resource::to_line;

    #[test]
    fn pages_add_up_and_links_are_followed() {
        let alone = Endpoint::fhir("e-1", "https://one.example/fhir");
        let within = Endpoint::fhir("e-2", "https://two.example/fhir");
        let mut organization = Organization::new("o-1", "Fernwood Clinic", OrganizationKind::Participant);
        organization.endpoints =
            vec![EndpointLink::Reference("e-1".to_owned()), EndpointLink::Contained(within.clone())];
        let lines = [to_line(&organization.to_json()), to_line(&alone.to_json())];
        let strange = r#"{"resourceType":"Location"}"#;
        let mut directory = Directory::default();
        for line in [lines[0].as_str(), lines[1].as_str(), strange] {
            let entries = vec![SearchsetEntry::found(Resource::scan(line).expect("a resource"))];
            let page = Searchset { total: 1, self_link: "", next_link: None, entries }.to_json("");
            directory.add(&Bundle::read(&page).expect("a bundle"));
        }
        assert_eq!(directory.passed_over, 1);
        let found: Vec<_> = directory.endpoints_of(&directory.organizations[0]).collect();
        assert_eq!(found, [&alone, &within]);
    }

    #[test]
    fn entries_without_an_id_or_a_resource_are_passed_over() {
        let page = r#"{"resourceType":"Bundle","entry":[{},{"resource":{"resourceType":"Organization"}},
            {"resource":{"resourceType":"Endpoint","id":"x"}}]}"#;
        let mut directory = Directory::default();
        directory.add(&Bundle::read(page).expect("a bundle"));
        assert_eq!((directory.passed_over, directory.organizations.len()), (3, 0));
    }

    #[test]
    fn what_people_will_read_is_legible_or_the_entry_is_passed_over() {
        let page = r#"{"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Organization","id":"a","name":"Fern\u0000wood \u202eClinic",
                "address":[{"city":"Gar\u0000land","state":"\u0000"}]}},
            {"resource":{"resourceType":"Organization","id":"b","name":"\u0000\u202e"}},
            {"resource":{"resourceType":"Endpoint","id":"x","address":"https://r.example/\u0000"}}]}"#;
        let mut directory = Directory::default();
        directory.add(&Bundle::read(page).expect("a bundle"));
        let [read] = directory.organizations.as_slice() else { panic!("one organisation") };
        assert_eq!((read.name.as_str(), read.address.city.as_deref()), ("Fernwood Clinic", Some("Garland")));
        assert_eq!((read.address.state.as_deref(), directory.passed_over), (None, 2));
    }
}
