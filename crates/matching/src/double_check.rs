//! The Demographics Double-Check (SOP IAS 3.0 section 4.7): does what a responder returned describe the
//! person we asked about? If not, the answer is discarded and nothing of it is kept.

use fhir::PatientDemographics;
use model::Demographics;

use crate::compare::{Agreement, Comparison};
use crate::verdict::{Verdict, judge};

/// The returned demographics are not the person's. Says which fields differ, never how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the responder returned another person's demographics")]
pub struct Mismatch(pub Comparison);

/// Checks a responder's answer. Name and date of birth must agree; an address, phone or e-mail that the
/// responder holds must not all contradict the verified ones.
pub fn double_check(verified: &Demographics, returned: &PatientDemographics) -> Result<Comparison, Mismatch> {
    let (verdict, comparison) = judge(verified, returned);
    let contacts = [comparison.address, comparison.phone, comparison.email];
    let nothing_on_file = contacts.iter().all(|contact| *contact == Agreement::Unknown);
    match verdict {
        Verdict::Certain => Ok(comparison),
        Verdict::Possible if nothing_on_file => Ok(comparison),
        Verdict::Possible | Verdict::No => Err(Mismatch(comparison)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::synthetic::PATIENTS;
    use serde_json::{Value, json};

    fn camila() -> Demographics {
        PATIENTS[5].demographics()
    }

    fn on_file(patient: &Value) -> PatientDemographics {
        let text = patient.to_string();
        PatientDemographics::read(&fhir::Resource::scan(&text).expect("a resource")).expect("a patient")
    }

    fn patient(change: impl FnOnce(&mut Value)) -> PatientDemographics {
        let mut patient = json!({
            "resourceType": "Patient", "id": "1", "birthDate": "1987-09-12",
            "name": [{"use": "official", "given": ["CAMILA", "M"], "family": "López"}],
            "telecom": [{"system": "phone", "value": "(469) 469-4321"}],
            "address": [{"line": ["3268 W Johnson Street", "Apt 117"], "city": "Garland", "state": "TX", "postalCode": "75043-1234"}],
        });
        change(&mut patient);
        on_file(&patient)
    }

    #[test]
    fn the_same_person_in_another_spelling_passes() {
        assert!(double_check(&camila(), &patient(|_| {})).is_ok());
    }

    #[test]
    fn one_contact_that_agrees_is_enough_when_the_others_are_older() {
        let moved = patient(|p| p["address"] = json!([{"line": ["1 Elm St"], "postalCode": "10001"}]));
        let comparison = double_check(&camila(), &moved).expect("the phone agrees");
        assert_eq!(comparison.address, Agreement::Different);
        assert_eq!(comparison.phone, Agreement::Same);
    }

    #[test]
    fn another_person_is_refused_and_the_field_is_named() {
        type Change = fn(&mut Value);
        type Field = fn(&Comparison) -> Agreement;
        let cases: [(&str, Change, Field); 4] = [
            ("birth date", |p| p["birthDate"] = json!("1987-09-13"), |c| c.birth_date),
            ("family", |p| p["name"][0]["family"] = json!("Lopes"), |c| c.family),
            ("given", |p| p["name"][0]["given"] = json!(["Carmela"]), |c| c.given),
            (
                "contacts",
                |p| {
                    p["telecom"] = json!([{"system": "phone", "value": "2125550000"}]);
                    p["address"] = json!([{"line": ["1 Elm St"], "postalCode": "10001"}]);
                },
                |c| c.phone,
            ),
        ];
        for (what, change, field) in cases {
            let Err(Mismatch(comparison)) = double_check(&camila(), &patient(change)) else {
                panic!("{what}: accepted");
            };
            assert_eq!(field(&comparison), Agreement::Different, "{what}");
        }
    }

    #[test]
    fn father_and_son_are_told_apart_by_their_suffix() {
        let mut father = camila();
        father.suffix = Some("Sr".to_owned());
        let son = patient(|p| p["name"][0]["suffix"] = json!(["Jr."]));
        assert!(double_check(&father, &son).is_err());
    }

    #[test]
    fn a_former_address_of_the_verified_person_counts() {
        let mut moved = camila();
        let old = std::mem::replace(&mut moved.address, PATIENTS[0].demographics().address);
        moved.historical_addresses.push(old);
        moved.phone = None;
        assert!(double_check(&moved, &patient(|_| {})).is_ok());
    }
}
