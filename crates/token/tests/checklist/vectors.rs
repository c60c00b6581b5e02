//! What real issuers send, in their own shapes and with their known quirks: the same person in the end.

mod cms;
mod shapes;

use std::time::Duration;

use model::{Demographics, synthetic};
use openias_token::{Expectations, Finding, Grade, Policy, Profile, Reject, Rule, Verified};
use serde_json::{Value, json};

use crate::forge::{FORGE, NOW, RS256, judge_by};
use shapes::{CLEAR, IDME, PERSONA, SOP_3};

pub(crate) use shapes::{SHAPES, Shape};

/// What becomes of claims that an issuer of this shape signs.
fn judge(shape: &Shape, policy: Policy<'_>, claims: &Value) -> Result<Verified, Reject> {
    let expected =
        Expectations { max_life: shape.max_life, policy, ..Expectations::new(shape.issuer, RS256, NOW) };
    judge_by(&FORGE.sign(claims.to_string()), &expected)
}

fn camila() -> &'static synthetic::SyntheticPatient {
    synthetic::by_email("knixontestemail@epic.com").unwrap()
}

fn remarks(verified: &Verified) -> Vec<(Grade, Rule)> {
    verified.findings().iter().map(|Finding { grade, breach }| (*grade, breach.rule)).collect()
}

#[test]
fn every_patient_is_the_same_person_in_every_shape() {
    for shape in &SHAPES {
        for patient in &synthetic::PATIENTS {
            let policy = Policy { profile: None, quirks: shape.quirks };
            let verified = judge(shape, policy, &(shape.write)(patient)).unwrap();
            let case = (shape.name, patient.email);
            assert_eq!(
                (verified.profile(), remarks(&verified)),
                (shape.profile, shape.remarks.to_vec()),
                "{case:?}"
            );
            assert_eq!(verified.claimed_email(), Some(patient.email), "{case:?}");
            assert!(*verified.demographics() == (shape.read)(patient.demographics()), "{case:?}");

            // What no shape may change.
            let Demographics { given_name, family_name, birth_date, address, phone, .. } =
                verified.demographics();
            let plain = patient.demographics();
            assert!(given_name.eq_ignore_ascii_case(&plain.given_name), "{case:?}");
            assert!(family_name.eq_ignore_ascii_case(&plain.family_name), "{case:?}");
            assert!(
                (birth_date, address, phone) == (&plain.birth_date, &plain.address, &plain.phone),
                "{case:?}"
            );
        }
    }
}

#[test]
fn quirks_are_what_lets_real_tokens_through_a_stricter_profile() {
    // What refuses them under 3.0 without their quirks, and for CMS in spite of them.
    let table = [
        (&PERSONA, None, Rule::NotFresh),
        (&CLEAR, Some(Rule::ContactUnverified), Rule::NotFresh),
        (&IDME, Some(Rule::BirthdateFormat), Rule::NotFresh),
        (&SOP_3, None, Rule::AuthTimeMissing),
    ];
    for (shape, bare, cms) in table {
        let claims = (shape.write)(camila());
        let refused = |profile, quirks| {
            let policy = Policy { profile: Some(profile), quirks };
            judge(shape, policy, &claims).err().map(|reject| reject.rule)
        };
        assert_eq!(refused(Profile::Tefca3, &[]), bare, "{}", shape.name);
        assert_eq!(refused(Profile::Tefca3, shape.quirks), None, "{}", shape.name);
        assert_eq!(refused(Profile::CmsAligned, shape.quirks), Some(cms), "{}", shape.name);
    }
}

#[test]
fn what_an_issuer_is_not_known_for_is_held_against_it() {
    let mut claims = (CLEAR.write)(camila());
    claims["birthdate"] = json!("09/12/1987");
    let policy = Policy { profile: None, quirks: CLEAR.quirks };
    assert_eq!(judge(&CLEAR, policy, &claims).err(), Some(Rule::BirthdateFormat.into()));

    let foreign = judge(&CLEAR, policy, &(IDME.write)(camila())).err();
    assert_eq!(foreign, Some(Rule::Issuer.into()), "V27");
    let long = Shape { max_life: Duration::from_hours(2), ..IDME };
    let policy = Policy { profile: None, quirks: IDME.quirks };
    assert_eq!(judge(&long, policy, &(IDME.write)(camila())).err(), Some(Rule::Lifetime.into()), "G10");
}

#[test]
fn an_encrypted_number_is_remarked_on_and_not_used() {
    let mut claims = (CLEAR.write)(camila());
    claims["SSN"] = json!({"ciphertext": "x"});
    claims["SSN_Last_four_digits"] = json!("9999");
    let verified = judge(&CLEAR, Policy::default(), &claims).unwrap();
    assert!(remarks(&verified).contains(&(Grade::Warning, Rule::SsnFormat)), "G3");
    assert_eq!(verified.demographics().ssn.as_ref().unwrap().whole(), None);
}

#[test]
fn a_refreshed_token_keeps_the_time_of_the_proofing() {
    // P6: minted by a refresh 60 days after the proofing, so it echoes no nonce.
    let day = 86_400;
    let mut claims = (PERSONA.write)(camila());
    claims.as_object_mut().unwrap().remove("nonce");
    claims["auth_time"] = json!(NOW.seconds() - 60 * day);
    let token = FORGE.sign(claims.to_string());
    let policy = Policy { profile: None, quirks: PERSONA.quirks };
    let most = |days: u64| Expectations {
        max_proofing_age: Some(Duration::from_hours(24 * days)),
        policy,
        ..Expectations::new(PERSONA.issuer, RS256, NOW)
    };
    let verified = judge_by(&token, &most(90)).unwrap();
    assert_eq!(verified.auth_time().unwrap().seconds(), NOW.seconds() - 60 * day);
    assert_eq!(remarks(&verified), []);
    assert_eq!(judge_by(&token, &most(59)).err(), Some(Rule::ProofingAge.into()));
    let cms = Policy { profile: Some(Profile::CmsAligned), quirks: PERSONA.quirks };
    assert_eq!(judge(&PERSONA, cms, &claims).err().map(|reject| reject.rule), Some(Rule::NotFresh));
}
