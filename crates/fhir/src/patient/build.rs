//! A US Core Patient from verified demographics.

use model::demographics::iso_date;
use model::{Address, Demographics};
use serde_json::{Map, Value, json};

use crate::Identifier;

const US_CORE_PATIENT: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";

/// Builds a Patient: one official name, all addresses (`home`, former ones `old`), phone and e-mail.
/// `id` is left out for a patient that is asked about rather than stored. Gender is there only when it is
/// known: a responder would take `unknown` for a fact.
pub fn build(id: Option<&str>, demographics: &Demographics, identifiers: &[Identifier]) -> Value {
    let mut patient = Map::new();
    patient.insert("resourceType".to_owned(), "Patient".into());
    if let Some(id) = id {
        patient.insert("id".to_owned(), id.into());
    }
    patient.insert("meta".to_owned(), json!({"profile": [US_CORE_PATIENT]}));
    if !identifiers.is_empty() {
        let identifiers = identifiers.iter().map(Identifier::to_json).collect();
        patient.insert("identifier".to_owned(), Value::Array(identifiers));
    }
    patient.insert("name".to_owned(), json!([name(demographics)]));
    let telecom = telecom(demographics);
    if !telecom.is_empty() {
        patient.insert("telecom".to_owned(), Value::Array(telecom));
    }
    if let Some(gender) = demographics.gender {
        patient.insert("gender".to_owned(), gender.as_str().into());
    }
    patient.insert("birthDate".to_owned(), iso_date(demographics.birth_date).into());
    let old = demographics.historical_addresses.iter().filter_map(|former| address(former, "old"));
    let addresses: Vec<Value> = address(&demographics.address, "home").into_iter().chain(old).collect();
    if !addresses.is_empty() {
        patient.insert("address".to_owned(), Value::Array(addresses));
    }
    Value::Object(patient)
}

/// A FHIR address; none when all its parts are empty.
fn address(address: &Address, usage: &str) -> Option<Value> {
    let Address { street, city, state, postal_code, country } = address;
    let mut members = Map::new();
    if !street.is_empty() {
        members.insert("line".to_owned(), json!([street]));
    }
    for (key, part) in [("city", city), ("state", state), ("postalCode", postal_code), ("country", country)] {
        if !part.is_empty() {
            members.insert(key.to_owned(), part.as_str().into());
        }
    }
    if members.is_empty() {
        return None;
    }
    members.insert("use".to_owned(), usage.into());
    Some(Value::Object(members))
}

fn name(demographics: &Demographics) -> Value {
    let given: Vec<&str> = std::iter::once(demographics.given_name.as_str())
        .chain(demographics.middle_name.as_deref())
        .collect();
    let mut name = json!({"use": "official", "family": demographics.family_name, "given": given});
    if let (Some(members), Some(suffix)) = (name.as_object_mut(), &demographics.suffix) {
        members.insert("suffix".to_owned(), json!([suffix]));
    }
    name
}

fn telecom(demographics: &Demographics) -> Vec<Value> {
    let phone = demographics.phone.as_deref().map(|phone| json!({"system": "phone", "value": phone}));
    let email = demographics.email.as_deref().map(|email| json!({"system": "email", "value": email}));
    phone.into_iter().chain(email).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::synthetic::PATIENTS;

    #[test]
    fn all_known_demographics_go_in() {
        let mut demographics = PATIENTS[5].demographics();
        demographics.suffix = Some("Jr".to_owned());
        demographics.historical_addresses = vec![PATIENTS[6].demographics().address];
        let patient = build(Some("p1"), &demographics, &[Identifier::new("urn:x", "9")]);
        assert_eq!(
            patient["name"],
            json!([{"use": "official", "family": "Lopez", "given": ["Camila", "Maria"], "suffix": ["Jr"]}])
        );
        assert_eq!(patient["birthDate"], "1987-09-12");
        assert_eq!(patient["address"][0]["use"], "home");
        assert_eq!(patient["address"][1]["use"], "old");
        assert_eq!(patient["address"][1]["city"], "Indianapolis");
        assert_eq!(patient["telecom"][0]["value"], "+14694694321");
        assert_eq!(patient["identifier"][0]["value"], "9");
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let mut demographics = PATIENTS[0].demographics();
        demographics.phone = None;
        demographics.email = None;
        demographics.address = Address {
            street: String::new(),
            city: String::new(),
            state: String::new(),
            postal_code: String::new(),
            country: String::new(),
        };
        let patient = build(None, &demographics, &[]);
        for absent in ["id", "gender", "telecom", "identifier", "address"] {
            assert!(patient.get(absent).is_none(), "{absent}");
        }
    }
}
