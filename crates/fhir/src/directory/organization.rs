//! Organization: one logical entity of the network.

use model::Hcid;
use serde_json::{Value, json};

use super::{Endpoint, OrganizationKind, ResponseMode, SPHD, extension_url};
use crate::identifier::{NPI_SYSTEM, TYPE_SYSTEM, URI_SYSTEM};
use crate::legible::name;
use crate::view::{codes, extensions, list, referenced_id, text, tree};
use crate::{Error, Resource};

/// Our extension for the IAS response modes an organisation supports (IAS SOP 3.0 section 4.6), once for
/// each; the directory is to gain a field of its own.
pub const RESPONSE_MODE_URL: &str = "https://openias.dev/fhir/StructureDefinition/ias-response-mode";

/// An endpoint as an organisation names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointLink {
    /// It stands within the organisation, as the RCE directory has it today.
    Contained(Endpoint),
    /// It stands alone, under this id.
    Reference(String),
}

/// The seat of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostalAddress {
    /// Street and number.
    pub line: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Two-letter state.
    pub state: Option<String>,
    /// ZIP code.
    pub postal_code: Option<String>,
}

/// One organisation of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id in the directory.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it takes part at present.
    pub active: bool,
    /// Where it stands in the tree.
    pub kind: Option<OrganizationKind>,
    /// Its Home Community Id.
    pub hcid: Option<Hcid>,
    /// The id of its logical entity, as written: a `urn:oid:` or `urn:uuid:`.
    pub tefca_id: Option<String>,
    /// Its National Provider Identifier.
    pub npi: Option<String>,
    /// The id of the organisation above it.
    pub part_of: Option<String>,
    /// How it answers individuals. Empty: it does not say.
    pub response_modes: Vec<ResponseMode>,
    /// Its seat.
    pub address: PostalAddress,
    /// Where to reach it.
    pub endpoints: Vec<EndpointLink>,
}

impl Organization {
    /// An active organisation with nothing but a name.
    pub fn new(id: &str, name: &str, kind: OrganizationKind) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            active: true,
            kind: Some(kind),
            hcid: None,
            tefca_id: None,
            npi: None,
            part_of: None,
            response_modes: Vec::new(),
            address: PostalAddress::default(),
            endpoints: Vec::new(),
        }
    }

    /// Reads an Organization. Without an id or a name that can be read it is of no use; it counts as active
    /// unless it says otherwise, as FHIR has it. What people will read loses control characters and what turns
    /// the direction of text, and is cut at the length of a name.
    pub fn read(resource: &Resource<'_>) -> Result<Self, Error> {
        let organization = tree(resource, "Organization")?;
        let kinds = format!("{SPHD}/CodeSystem/OrganizationType");
        Ok(Self {
            id: resource.id().ok_or(Error::Missing("Organization.id"))?.to_owned(),
            name: text(&organization, "name").and_then(name).ok_or(Error::Missing("Organization.name"))?,
            active: organization.get("active").and_then(Value::as_bool).unwrap_or(true),
            kind: codes(&organization, "type", Some(&kinds)).find_map(OrganizationKind::parse),
            hcid: identifiers(&organization, "HCID").find_map(|value| Hcid::parse(value).ok()),
            tefca_id: identifiers(&organization, "TEFCAID").next().map(str::to_owned),
            npi: list(&organization, "identifier")
                .iter()
                .find(|identifier| text(identifier, "system") == Some(NPI_SYSTEM))
                .and_then(|identifier| text(identifier, "value"))
                .map(str::to_owned),
            part_of: organization
                .get("partOf")
                .and_then(|reference| referenced_id(reference, "Organization"))
                .map(str::to_owned),
            response_modes: extensions(&organization, RESPONSE_MODE_URL)
                .filter_map(|extension| ResponseMode::parse(text(extension, "valueCode")?))
                .collect(),
            address: list(&organization, "address").first().map(PostalAddress::read).unwrap_or_default(),
            endpoints: list(&organization, "endpoint")
                .iter()
                .filter_map(|reference| EndpointLink::read(&organization, reference))
                .collect(),
        })
    }

    /// The FHIR form, with contained endpoints contained.
    pub fn to_json(&self) -> Value {
        let mut organization = json!({
            "resourceType": "Organization",
            "id": self.id,
            "extension": self.extensions(),
            "active": self.active,
            "name": self.name,
        });
        let mut put = |key: &str, items: Vec<Value>| {
            // FHIR has no empty lists.
            if !items.is_empty() {
                organization[key] = items.into();
            }
        };
        put("identifier", self.identifiers());
        put("type", self.kind.map(|kind| typed(kind.as_str())).into_iter().collect());
        put("address", self.address.to_json().into_iter().collect());
        put("contained", self.endpoints.iter().filter_map(EndpointLink::contained).collect());
        put("endpoint", self.endpoints.iter().map(EndpointLink::reference).collect());
        if let Some(id) = &self.part_of {
            organization["partOf"] = json!({"reference": format!("Organization/{id}")});
        }
        organization
    }

    fn extensions(&self) -> Vec<Value> {
        let domain = json!({
            "url": extension_url("Domains"),
            "valueCoding": {"system": format!("{SPHD}/CodeSystem/Domains"), "code": "RCE"},
        });
        let modes = self
            .response_modes
            .iter()
            .map(|mode| json!({"url": RESPONSE_MODE_URL, "valueCode": mode.as_str()}));
        std::iter::once(domain).chain(modes).collect()
    }

    fn identifiers(&self) -> Vec<Value> {
        let of = |kind: &str, value: &str| {
            let coding = json!({"system": identifier_codes(), "code": kind});
            json!({"type": {"coding": [coding]}, "system": URI_SYSTEM, "value": value})
        };
        let npi = self.npi.as_deref().map(|npi| {
            let coding = json!({"system": TYPE_SYSTEM, "code": "NPI"});
            json!({"type": {"coding": [coding]}, "system": NPI_SYSTEM, "value": npi})
        });
        let hcid = self.hcid.as_ref().map(|hcid| of("HCID", hcid.urn()));
        let tefca_id = self.tefca_id.as_deref().map(|id| of("TEFCAID", id));
        hcid.into_iter().chain(tefca_id).chain(npi).collect()
    }
}

impl PostalAddress {
    fn read(address: &Value) -> Self {
        let part = |key| text(address, key).and_then(name);
        let line = list(address, "line").first().and_then(Value::as_str).and_then(name);
        Self { line, city: part("city"), state: part("state"), postal_code: part("postalCode") }
    }

    fn to_json(&self) -> Option<Value> {
        if *self == Self::default() {
            return None;
        }
        let mut address = json!({"use": "work", "country": "US"});
        if let Some(line) = &self.line {
            address["line"] = json!([line]);
        }
        let parts = [("city", &self.city), ("state", &self.state), ("postalCode", &self.postal_code)];
        for (key, part) in parts {
            if let Some(part) = part {
                address[key] = part.as_str().into();
            }
        }
        Some(address)
    }
}

impl EndpointLink {
    fn read(organization: &Value, reference: &Value) -> Option<Self> {
        match text(reference, "reference")?.strip_prefix('#') {
            Some(id) => Endpoint::contained(organization, id).map(Self::Contained),
            None => referenced_id(reference, "Endpoint").map(|id| Self::Reference(id.to_owned())),
        }
    }

    fn contained(&self) -> Option<Value> {
        match self {
            Self::Contained(endpoint) => Some(endpoint.to_json()),
            Self::Reference(_) => None,
        }
    }

    fn reference(&self) -> Value {
        match self {
            Self::Contained(endpoint) => json!({"reference": format!("#{}", endpoint.id)}),
            Self::Reference(id) => json!({"reference": format!("Endpoint/{id}")}),
        }
    }
}

fn identifier_codes() -> String {
    format!("{SPHD}/CodeSystem/SequoiaIdentifierCodes")
}

/// The values of the identifiers of one directory kind: `HCID`, `TEFCAID` or `AAID`.
fn identifiers<'v>(organization: &'v Value, kind: &str) -> impl Iterator<Item = &'v str> {
    list(organization, "identifier")
        .iter()
        .filter(move |identifier| codes(identifier, "type", None).any(|code| code == kind))
        .filter_map(|identifier| text(identifier, "value"))
}

fn typed(code: &str) -> Value {
    json!({"coding": [{"system": format!("{SPHD}/CodeSystem/OrganizationType"), "code": code}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Organization, Error> {
        Organization::read(&Resource::scan(text).expect("a resource"))
    }

    #[test]
    fn what_is_built_reads_back() {
        let mut organization = Organization::new("o1", "Fernwood Clinic", OrganizationKind::Subparticipant);
        organization.hcid = Hcid::parse("2.16.840.1.113883.3.7204.9").ok();
        organization.tefca_id = Some("urn:oid:2.16.840.1.113883.3.7204.9".to_owned());
        organization.npi = Some("1234567893".to_owned());
        organization.part_of = Some("q1".to_owned());
        organization.response_modes = vec![ResponseMode::LogIn, ResponseMode::Direct];
        organization.address.city = Some("Madison".to_owned());
        organization.address.state = Some("WI".to_owned());
        organization.endpoints = vec![
            EndpointLink::Contained(Endpoint::fhir("e1", "https://r.example/fhir")),
            EndpointLink::Reference("e2".to_owned()),
        ];
        assert_eq!(read(&organization.to_json().to_string()), Ok(organization));
        let bare = Organization { active: false, ..Organization::new("o2", "Bare", OrganizationKind::Qhin) };
        assert_eq!(read(&bare.to_json().to_string()), Ok(bare));
    }

    #[test]
    fn an_entry_in_the_form_of_the_directory_guide_is_read() {
        let organization = read(
            r##"{"resourceType":"Organization","id":"Participant-1","active":true,"name":"Example Participant",
            "contained":[{"resourceType":"Location","id":"loc"},{"resourceType":"Endpoint","id":"ep",
              "extension":[{"url":"https://sequoiaproject.org/fhir/sphd/StructureDefinition/Transaction",
                "valueCodeableConcept":{"coding":[{"system":"https://sequoiaproject.org/fhir/sphd/CodeSystem/TransactionCodes","code":"FHIR REST"}]}}],
              "status":"active","connectionType":{"code":"hl7-fhir-rest"},"address":"https://example.org/fhir"}],
            "identifier":[
              {"type":{"coding":[{"system":"https://sequoiaproject.org/fhir/sphd/CodeSystem/SequoiaIdentifierCodes","code":"HCID"}]},"system":"urn:ietf:rfc:3986","value":"urn:oid:5.5"},
              {"type":{"coding":[{"system":"https://sequoiaproject.org/fhir/sphd/CodeSystem/SequoiaIdentifierCodes","code":"HCID"}]},"system":"http://www.hl7.org/oid/","value":"2.5.5.5"}],
            "type":[{"coding":[{"system":"https://sequoiaproject.org/fhir/sphd/CodeSystem/OrganizationType","code":"Participant"}]}],
            "partOf":{"reference":"Organization/QHIN-1"},"endpoint":[{"reference":"#ep"},{"reference":"#gone"}]}"##,
        )
        .expect("an organisation");
        assert_eq!(organization.kind, Some(OrganizationKind::Participant));
        assert_eq!(
            organization.hcid.as_ref().map(Hcid::oid),
            Some("2.5.5.5"),
            "5.5 is no OID, the next one is"
        );
        assert_eq!(organization.part_of.as_deref(), Some("QHIN-1"));
        let [EndpointLink::Contained(endpoint)] = organization.endpoints.as_slice() else {
            panic!("one endpoint")
        };
        assert!(endpoint.is_active_fhir());
    }

    #[test]
    fn odd_members_read_as_absent() {
        for member in [
            r#""identifier":[{"type":{"coding":[{"code":"HCID"}]},"value":9}]"#,
            r#""type":[{"coding":[{"system":"other","code":"QHIN"}]}]"#,
            r#""active":"no""#,
            r#""extension":{"url":"https://openias.dev/fhir/StructureDefinition/ias-response-mode","valueCode":"mode-3"}"#,
            r##""endpoint":[7,{"reference":7},{"reference":"#"},{"reference":"Group/1"}]"##,
            r#""address":[7],"partOf":[]"#,
        ] {
            let text = format!(r#"{{"resourceType":"Organization","id":"o","name":"n",{member}}}"#);
            let plain = Organization { kind: None, ..Organization::new("o", "n", OrganizationKind::Qhin) };
            assert_eq!(read(&text), Ok(plain), "{member}");
        }
        assert_eq!(
            read(r#"{"resourceType":"Organization","id":"o"}"#),
            Err(Error::Missing("Organization.name"))
        );
    }
}
