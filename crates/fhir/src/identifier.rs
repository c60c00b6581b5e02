//! Business identifiers: a value and the system that gave it out.

use serde_json::{Map, Value, json};

use crate::view::{list, text};

/// The system of identifiers that are URIs themselves, such as `urn:oid:1.2.3`.
pub const URI_SYSTEM: &str = "urn:ietf:rfc:3986";
/// The system of National Provider Identifiers.
pub const NPI_SYSTEM: &str = "http://hl7.org/fhir/sid/us-npi";
/// The HL7 table 0203 of identifier types, such as `MR`.
pub const TYPE_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// One entry of an `identifier` list. No printing `Debug`: a patient's identifiers are demographics.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The namespace, a URI; absent where a source left it out.
    pub system: Option<String>,
    /// The value within the namespace.
    pub value: String,
    /// What kind it is: system and code, for example the table 0203 and `MR`.
    pub kind: Option<(String, String)>,
}

impl Identifier {
    /// An identifier of no particular kind.
    pub fn new(system: &str, value: &str) -> Self {
        Self { system: Some(system.to_owned()), value: value.to_owned(), kind: None }
    }

    /// A medical record number in the namespace of one facility.
    pub fn medical_record(system: &str, value: &str) -> Self {
        Self { kind: Some((TYPE_SYSTEM.to_owned(), "MR".to_owned())), ..Self::new(system, value) }
    }

    /// The FHIR form.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        if let Some((system, code)) = &self.kind {
            members.insert("type".to_owned(), json!({"coding": [{"system": system, "code": code}]}));
        }
        if let Some(system) = &self.system {
            members.insert("system".to_owned(), system.as_str().into());
        }
        members.insert("value".to_owned(), self.value.as_str().into());
        Value::Object(members)
    }

    /// The identifiers of a resource, those with a value.
    pub(crate) fn read_all(resource: &Value) -> impl Iterator<Item = Self> {
        list(resource, "identifier").iter().filter_map(|identifier| {
            let kind = list(identifier, "type").iter().flat_map(|concept| list(concept, "coding")).find_map(
                |coding| Some((text(coding, "system")?.to_owned(), text(coding, "code")?.to_owned())),
            );
            Some(Self {
                system: text(identifier, "system").map(str::to_owned),
                value: text(identifier, "value")?.to_owned(),
                kind,
            })
        })
    }
}

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identifier(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let both =
            [Identifier::medical_record("urn:oid:1.2.3", "77"), Identifier::new(NPI_SYSTEM, "1234567893")];
        let resource = json!({"identifier": [both[0].to_json(), 5, {"system": "x"}, both[1].to_json()]});
        assert!(Identifier::read_all(&resource).eq(both));
    }
}
