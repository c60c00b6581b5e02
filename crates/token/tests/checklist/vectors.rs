//! What other specifications and issuers write: the same person in the end. What the known CSPs are forgiven is
//! tested beside their entries, in `identity`.

mod cms;

use fuzzing::shapes::{CLEAR, SOP_3, Shape};
use model::{Ssn, synthetic};
use openias_token::{Expectations, Finding, Grade, Policy, Reject, Rule, TokenProfile, Verified};
use serde_json::{Value, json};

use crate::forge::{FORGE, NOW, RS256, judge_by};

/// What becomes of claims that an issuer of this shape signs.
fn judge(shape: &Shape, policy: Policy<'_>, claims: &Value) -> Result<Verified, Reject> {
    let expected = Expectations { policy, ..Expectations::new(shape.issuer, RS256, NOW) };
    judge_by(&FORGE.token(claims.to_string()), &expected)
}

fn camila() -> &'static synthetic::SyntheticPatient {
    synthetic::by_email("knixontestemail@epic.com").unwrap()
}

fn remarks(verified: &Verified) -> Vec<(Grade, Rule)> {
    verified.findings().iter().map(|Finding { grade, breach }| (*grade, breach.rule)).collect()
}

#[test]
fn p4_every_patient_is_the_same_person_in_the_form_of_the_sop() {
    for patient in &synthetic::PATIENTS {
        let verified = judge(&SOP_3, Policy::default(), &(SOP_3.write)(patient)).unwrap();
        assert_eq!(verified.profile(), TokenProfile::Tefca3);
        // The SOP does not ask for auth_time; how old the proofing is then nobody can say.
        assert_eq!(remarks(&verified), [(Grade::Note, Rule::AuthTimeMissing)]);
        assert!(*verified.demographics() == (SOP_3.read)(patient.demographics()), "{}", patient.email);
        let cms = Policy { profile: Some(TokenProfile::CmsAligned), quirks: &[] };
        let refused = judge(&SOP_3, cms, &(SOP_3.write)(patient)).err();
        assert_eq!(refused, Some(Rule::AuthTimeMissing.into()));
    }
}

#[test]
fn an_encrypted_number_is_remarked_on_and_not_used() {
    let mut claims = (CLEAR.write)(camila());
    claims["SSN"] = json!({"ciphertext": "x"});
    claims["SSN_Last_four_digits"] = json!("9999");
    let verified = judge(&CLEAR, Policy::default(), &claims).unwrap();
    assert!(remarks(&verified).contains(&(Grade::Warning, Rule::SsnFormat)), "G3");
    assert!(verified.demographics().ssn == Ssn::from_last_four("9999"));
}
