//! Endpoint: where, and by which protocol, an organisation is reached.

use serde_json::{Value, json};

use super::{SPHD, coded_extension, extension_codes, extension_url};
use crate::legible::{is_url, name};
use crate::view::{list, referenced_id, text, tree};
use crate::{Error, Resource};

/// The transaction and connection type of a FHIR server in the directory's codes.
pub const FHIR_REST: (&str, &str) = ("FHIR REST", "hl7-fhir-rest");
/// The code system of exchange purposes such as `T-IAS`.
const PURPOSE_SYSTEM: &str = "urn:oid:2.16.840.1.113883.3.7204.1.5.2.1";

/// One endpoint of the directory. It need not be a FHIR server: see `transactions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id; within one organisation only, when it is contained in it.
    pub id: String,
    /// Its name, for people.
    pub name: Option<String>,
    /// `active`, `suspended`, `off` and others.
    pub status: String,
    /// The code of the protocol, such as `hl7-fhir-rest`.
    pub connection_type: Option<String>,
    /// Its base URL, as the directory has it.
    pub address: String,
    /// What can be done there: `FHIR REST`, `XCA Query`, `XCA Retrieve` and others.
    pub transactions: Vec<String>,
    /// The exchange purposes it answers, such as `T-IAS`. Empty: it does not say.
    pub purposes: Vec<String>,
    /// The id of the organisation that runs it.
    pub managing_organization: Option<String>,
}

impl Endpoint {
    /// An active FHIR server that answers patients (`T-IAS`).
    pub fn fhir(id: &str, address: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: None,
            status: "active".to_owned(),
            connection_type: Some(FHIR_REST.1.to_owned()),
            address: address.to_owned(),
            transactions: vec![FHIR_REST.0.to_owned()],
            purposes: vec!["T-IAS".to_owned()],
            managing_organization: None,
        }
    }

    /// Whether it is an active FHIR server.
    pub fn is_active_fhir(&self) -> bool {
        self.status == "active" && self.transactions.iter().any(|transaction| transaction == FHIR_REST.0)
    }

    /// Reads an Endpoint. Without an id or an address that is a URL it is of no use.
    pub fn read(resource: &Resource<'_>) -> Result<Self, Error> {
        let id = resource.id().ok_or(Error::Missing("Endpoint.id"))?.to_owned();
        Self::from_tree(id, &tree(resource, "Endpoint")?)
    }

    /// Reads the Endpoint contained in a resource under `id`.
    pub(super) fn contained(holder: &Value, id: &str) -> Option<Self> {
        list(holder, "contained")
            .iter()
            .find(|inner| text(inner, "resourceType") == Some("Endpoint") && text(inner, "id") == Some(id))
            .and_then(|endpoint| Self::from_tree(id.to_owned(), endpoint).ok())
    }

    fn from_tree(id: String, endpoint: &Value) -> Result<Self, Error> {
        Ok(Self {
            id,
            name: text(endpoint, "name").and_then(name),
            status: text(endpoint, "status").unwrap_or("unknown").to_owned(),
            connection_type: endpoint
                .get("connectionType")
                .and_then(|coding| text(coding, "code"))
                .map(str::to_owned),
            address: text(endpoint, "address")
                .filter(|address| is_url(address))
                .ok_or(Error::Missing("Endpoint.address"))?
                .to_owned(),
            transactions: extension_codes(endpoint, "Transaction"),
            purposes: extension_codes(endpoint, "PurposesOfUse"),
            managing_organization: endpoint
                .get("managingOrganization")
                .and_then(|reference| referenced_id(reference, "Organization"))
                .map(str::to_owned),
        })
    }

    /// The FHIR form, alone or to be contained.
    pub fn to_json(&self) -> Value {
        let transaction_codes = format!("{SPHD}/CodeSystem/TransactionCodes");
        let transactions =
            self.transactions.iter().map(|code| coded_extension("Transaction", &transaction_codes, code));
        let purposes =
            self.purposes.iter().map(|code| coded_extension("PurposesOfUse", PURPOSE_SYSTEM, code));
        let mut extensions: Vec<Value> = transactions.chain(purposes).collect();
        extensions.push(json!({"url": extension_url("Version"), "valueString": "4.0.1"}));
        let mut endpoint = json!({
            "resourceType": "Endpoint",
            "id": self.id,
            "extension": extensions,
            "status": self.status,
            "payloadType": [{"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/endpoint-payload-type",
                "code": "any",
            }]}],
            "address": self.address,
        });
        if let Some(name) = &self.name {
            endpoint["name"] = name.as_str().into();
        }
        if let Some(code) = &self.connection_type {
            let system = format!("{SPHD}/CodeSystem/EndpointConnectionTypeCodes");
            endpoint["connectionType"] = json!({"system": system, "code": code});
        }
        if let Some(id) = &self.managing_organization {
            endpoint["managingOrganization"] = json!({"reference": format!("Organization/{id}")});
        }
        endpoint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_reads_back() {
        let mut endpoint = Endpoint::fhir("e1", "https://r.example/fhir");
        endpoint.name = Some("FHIR".to_owned());
        endpoint.managing_organization = Some("o1".to_owned());
        let text = endpoint.to_json().to_string();
        assert_eq!(Endpoint::read(&Resource::scan(&text).expect("a resource")), Ok(endpoint.clone()));
        assert!(endpoint.is_active_fhir());
        endpoint.status = "suspended".to_owned();
        assert!(!endpoint.is_active_fhir());
    }

    #[test]
    fn odd_members_read_as_absent() {
        let text = r#"{"resourceType":"Endpoint","id":"e1","address":"https://x.example","status":3,
            "connectionType":[],"extension":[{"url":1},{"url":"https://sequoiaproject.org/fhir/sphd/StructureDefinition/Transaction"}],
            "managingOrganization":{"reference":"Patient/1"}}"#;
        let endpoint = Endpoint::read(&Resource::scan(text).expect("a resource")).expect("an endpoint");
        assert_eq!(endpoint.status, "unknown");
        assert!(endpoint.transactions.is_empty() && endpoint.managing_organization.is_none());
    }
}
