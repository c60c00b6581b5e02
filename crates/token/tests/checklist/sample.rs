//! P1: the sample token of the Persona guide, with the comma it lacks.

use jose::Compact;
use model::synthetic;
use model::{Demographics, Hcid, Ssn, Timestamp};
use openias_token::{Expectations, Grade, Rule, TokenProfile, Unverified, Verified};

use crate::forge::{FORGE, RS256, at, codes, judge_by, judge_for, judge_token};

/// As printed.
pub(crate) const SAMPLE: &str = include_str!("../fixtures/seed_sample.json");

/// The audience is the one value that cannot stand: `9.99.…` is illustrative, for no OID begins with 9.
pub(crate) const PRINTED: &str = "urn:oid:9.99.9.99.99.9.99.99.99.9.9.99.99999.9";
const VALID: &str = "urn:oid:2.99.9.99.99.9.99.99.99.9.9.99.99999.9";

/// When it is looked at: while it is valid.
const INSIDE: Timestamp = Timestamp::from_seconds(1_768_900_000);
const SANDBOX: &str = "https://authenticate.withpersona.com/authenticate/oidc-sandbox";
const ISSUER: &str = "https://authenticate.withpersona.com/authenticate/oidc";

fn sample() -> String {
    assert!(SAMPLE.contains(PRINTED));
    SAMPLE.replace(PRINTED, VALID)
}

fn verified(token: &str) -> Verified {
    judge_for(&Hcid::parse(VALID).unwrap(), token, &Expectations::new(ISSUER, RS256, INSIDE)).unwrap()
}

#[test]
fn the_sample_verifies_and_reads_as_printed() {
    let token = FORGE.token(sample());
    let compact = Compact::parse(&token).unwrap();
    let unverified = Unverified::read(&compact).unwrap();
    assert_eq!((unverified.issuer(), unverified.key_id()), (ISSUER, Some(FORGE.key.kid())));

    let verified = verified(&token);
    let camila = synthetic::by_email("knixontestemail@epic.com").unwrap().demographics();
    let camila = Demographics { ssn: Ssn::parse("123456789"), ..camila };
    assert!(*verified.demographics() == camila, "the synthetic patient of that name");
    assert_eq!(verified.issuer(), ISSUER);
    assert_eq!(verified.subject(), "act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv");
    assert_eq!(verified.token_id(), "0ef0850f-eef9-4cf7-b42d-dxd499523607");
    assert_eq!(verified.issued_at(), Timestamp::from_seconds(1_768_898_573));
    assert_eq!(verified.expires_at(), Timestamp::from_seconds(1_768_902_173));
    assert_eq!(verified.auth_time(), Some(Timestamp::from_seconds(1_768_898_571)));
    assert_eq!(verified.email(), Some("knixontestemail@epic.com"));
    assert_eq!(verified.raw(), token);
    assert_eq!((verified.profile(), codes(&verified)), (TokenProfile::Tefca2, vec!["token.ssn"]));
    assert_eq!(verified.findings().first().unwrap().grade, Grade::Note);
}

#[test]
fn the_social_security_number_goes_no_further_than_the_token() {
    let verified = verified(&FORGE.token(sample()));
    let kept = serde_json::to_string(verified.demographics()).unwrap();
    assert!(!kept.contains("6789"), "neither whole nor its last four digits");
}

#[test]
fn nothing_about_a_token_prints() {
    let token = FORGE.token(sample());
    let compact = Compact::parse(&token).unwrap();
    let unverified = Unverified::read(&compact).unwrap();
    let printed = format!("{unverified:?} {:?}", verified(&token));
    assert_eq!(printed, "Unverified(..) Verified(..)");
}

#[test]
fn the_sandbox_is_another_issuer() {
    let token = FORGE.token(sample().replace(ISSUER, SANDBOX));
    assert_eq!(
        judge_by(&token, &Expectations::new(ISSUER, RS256, INSIDE)).unwrap_err().code(),
        "token.issuer"
    );
}

#[test]
fn the_sample_as_published_is_no_json() {
    let broken = sample().replace("\"123-45-6789\",", "\"123-45-6789\"");
    assert_eq!(judge_token(&FORGE.token(broken)).unwrap_err(), at(Rule::JwsPayload, "it is not JSON"), "G13");
}
