//! P5: tokens for CMS-aligned networks, under the flat names of their payload specification and in the draft
//! envelope.

use fuzzing::shapes::SOP_3;
use model::synthetic::SyntheticPatient;
use model::{Demographics, Ssn, synthetic};
use openias_token::{Grade, Policy, Rule, TokenProfile};
use serde_json::{Value, json};

use super::{camila, judge, remarks};
use crate::forge::{AUDIENCE, NOW};

const CMS: Policy<'static> = Policy { profile: Some(TokenProfile::CmsAligned), quirks: &[] };

/// The claims about the token itself: just made.
fn fresh() -> Value {
    json!({
        "iss": SOP_3.issuer, "sub": "1", "aud": AUDIENCE, "jti": "1", "exp": NOW.seconds() + 290,
        "iat": NOW.seconds() - 10, "auth_time": NOW.seconds() - 300
    })
}

fn with(mut claims: Value, more: Value) -> Value {
    let (Value::Object(all), Value::Object(more)) = (&mut claims, more) else {
        unreachable!("both are objects")
    };
    all.extend(more);
    claims
}

fn flat(patient: &SyntheticPatient) -> Value {
    let (street, city, state, postal_code) = patient.address;
    with(
        fresh(),
        json!({
            "identity_assurance_level": 2, "uuid": "1", "name_first": patient.given_name,
            "name_middle": patient.middle_name, "name_last": patient.family_name,
            "birth_date": patient.birth_date, "sex_legal": patient.gender.as_str(),
            "address_line1": street, "city": city, "state": state, "code_postal": postal_code, "country": "US",
            "phone_number": format!("+1{}", patient.phone), "phone_number_verified": true,
            "email": patient.email, "email_verified": true, "ssn_itin_short": "6789",
            "legal_id": {"issuer": "WI", "type": "DL", "identifier": "1"}
        }),
    )
}

fn enveloped(patient: &SyntheticPatient) -> Value {
    let (street, city, state, postal_code) = patient.address;
    with(
        fresh(),
        json!({"verified_claims": {
            "verification": {"trust_framework": "nist_800_63a", "assurance_level": "ial2"},
            "claims": {
                "given_name": patient.given_name, "family_name": patient.family_name,
                "middle_name": patient.middle_name, "birthdate": patient.birth_date,
                "address": {
                    "street_address": street, "locality": city, "region": state,
                    "postal_code": postal_code, "country": "US"
                },
                "phone_number": format!("+1{}", patient.phone), "phone_number_verified": true,
                "email": patient.email, "email_verified": true, "id_number": "D1234567"
            }
        }}),
    )
}

#[test]
fn the_flat_names_of_cms_are_read() {
    for patient in &synthetic::PATIENTS {
        let verified = judge(&SOP_3, CMS, &flat(patient)).unwrap();
        let person = Demographics {
            gender: Some(patient.gender),
            ssn: Ssn::from_last_four("6789"),
            ..patient.demographics()
        };
        assert!(*verified.demographics() == person, "{}", patient.email);
        assert_eq!(remarks(&verified), [(Grade::Note, Rule::SsnPresent)]);
    }
    let tefca = judge(&SOP_3, Policy::default(), &flat(camila())).unwrap();
    assert!(remarks(&tefca).contains(&(Grade::Warning, Rule::Alias)), "elsewhere they are other names");
}

#[test]
fn the_other_names_of_cms_are_read_too() {
    let claims = with(
        flat(camila()),
        json!({
            "birth_date": null, "date_birth": "1987-09-12", "ssn_itin": "900-09-0009", "ssn_itin_short": null,
            "address_line2": "Second floor", "phone_number_historical": ["+16085551243"],
            "address_historical": [{
                "address_line1": "308 Oak St", "city": "Madison", "state": "WI", "code_postal": "53711",
                "country": "US"
            }]
        }),
    );
    let verified = judge(&SOP_3, CMS, &claims).unwrap();
    let Demographics { address, historical_addresses, ssn, .. } = verified.demographics();
    assert_eq!(address.street, "3268 West Johnson St. Apt 117, Second floor");
    let damon = synthetic::by_email("dmychart@gmail.com").unwrap().demographics();
    assert!(*historical_addresses == [damon.address]);
    assert!(*ssn == Ssn::parse("900090009"));
}

#[test]
fn the_draft_envelope_is_read() {
    for patient in &synthetic::PATIENTS {
        let verified = judge(&SOP_3, CMS, &enveloped(patient)).unwrap();
        assert!(*verified.demographics() == patient.demographics(), "{}", patient.email);
        assert_eq!(verified.claimed_email(), Some(patient.email), "or the rules that ask for it fail open");
        assert_eq!(remarks(&verified), []);
    }
    let mut unverified = enveloped(camila());
    unverified["verified_claims"]["claims"]["email_verified"] = json!(false);
    let verified = judge(&SOP_3, CMS, &unverified).unwrap();
    assert_eq!((verified.email(), verified.claimed_email()), (None, Some(camila().email)));
    let tefca = Policy { profile: Some(TokenProfile::Tefca3), quirks: &[] };
    let verified = judge(&SOP_3, tefca, &enveloped(camila())).unwrap();
    assert!(remarks(&verified).contains(&(Grade::Warning, Rule::Alias)));
    assert!(remarks(&verified).contains(&(Grade::Note, Rule::Unlisted)), "within the envelope too");
}

#[test]
fn what_is_beside_the_envelope_is_nobodys_identity() {
    let beside = |claims: Value| with(enveloped(camila()), claims);
    let conflict = judge(&SOP_3, CMS, &beside(json!({"given_name": "Dog"}))).err();
    assert_eq!(conflict.map(|reject| reject.rule), Some(Rule::ClaimConflict));
    let verified = judge(&SOP_3, CMS, &beside(json!({"suffix": "Jr", "given_name": "CAMILA"}))).unwrap();
    assert!(*verified.demographics() == camila().demographics());
    let mut silent = beside(json!({"email": "dogbeaker@aol.com"}));
    silent["verified_claims"]["claims"]["email"] = Value::Null;
    let verified = judge(&SOP_3, CMS, &silent).unwrap();
    assert_eq!((verified.email(), verified.claimed_email()), (None, Some("dogbeaker@aol.com")));
}

#[test]
fn cms_asks_for_more_about_the_token_and_less_about_its_names() {
    let stale = with(flat(camila()), json!({"iat": NOW.seconds() - 301, "auth_time": NOW.seconds() - 300}));
    let old = with(flat(camila()), json!({"auth_time": NOW.seconds() - 301}));
    let table = [
        (stale, Rule::NotFresh),
        (old, Rule::NotFresh),
        (with(flat(camila()), json!({"identity_assurance_level": 1})), Rule::AssuranceLevel),
        (with(flat(camila()), json!({"name_first": "Ŝ\u{180}"})), Rule::NameScript),
        // A token for an app of the Medicare library is not one for this organization.
        (with(flat(camila()), json!({"aud": "https://app.example"})), Rule::Audience),
    ];
    for (claims, rule) in table {
        assert_eq!(judge(&SOP_3, CMS, &claims).err().map(|reject| reject.rule), Some(rule));
    }
    for level in [json!("2"), json!("ial2"), json!("IAL2"), json!(3)] {
        let claims = with(flat(camila()), json!({"identity_assurance_level": level}));
        assert!(judge(&SOP_3, CMS, &claims).is_ok(), "{level}");
    }
}
