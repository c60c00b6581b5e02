//! The sample token of the Persona guide, with the comma it lacks.

use model::synthetic;
use model::{Hcid, Timestamp};
use openias_token::{Expectations, Unverified, Verified};

use crate::forge::{FORGE, RS256, codes, judge_by};

/// As printed.
pub(crate) const SAMPLE: &str = include_str!("../fixtures/seed_sample.json");

/// The audience is the one value that cannot stand: `9.99.…` is illustrative, for no OID begins with 9.
pub(crate) const PRINTED: &str = "urn:oid:9.99.9.99.99.9.99.99.99.9.9.99.99999.9";
const VALID: &str = "urn:oid:2.99.9.99.99.9.99.99.99.9.9.99.99999.9";

const SANDBOX: &str = "https://authenticate.withpersona.com/authenticate/oidc-sandbox";
const ISSUER: &str = "https://authenticate.withpersona.com/authenticate/oidc";

fn sample() -> String {
    assert!(SAMPLE.contains(PRINTED));
    SAMPLE.replace(PRINTED, VALID)
}

fn verified(token: &str) -> Verified {
    let audience = Hcid::parse(VALID).unwrap();
    let inside = Timestamp::from_seconds(1_768_900_000);
    judge_by(token, &Expectations::new(ISSUER, &audience, RS256, inside)).unwrap()
}

#[test]
fn the_sample_verifies_and_reads_as_printed() {
    let token = FORGE.sign(sample());
    let unverified = Unverified::parse(&token).unwrap();
    assert_eq!((unverified.issuer(), unverified.key_id()), (ISSUER, Some(FORGE.key.kid())));

    let verified = verified(&token);
    let camila = synthetic::by_email("knixontestemail@epic.com").unwrap().demographics();
    assert!(*verified.demographics() == camila, "the synthetic patient of that name");
    assert_eq!(verified.issuer(), ISSUER);
    assert_eq!(verified.subject(), "act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv");
    assert_eq!(verified.token_id(), "0ef0850f-eef9-4cf7-b42d-dxd499523607");
    assert_eq!(verified.issued_at(), Timestamp::from_seconds(1_768_898_573));
    assert_eq!(verified.expires_at(), Timestamp::from_seconds(1_768_902_173));
    assert_eq!(verified.auth_time(), Some(Timestamp::from_seconds(1_768_898_571)));
    assert_eq!(verified.email(), Some("knixontestemail@epic.com"));
    assert_eq!(verified.phone(), Some("+14694694321"));
    assert_eq!(verified.raw(), token);
    assert_eq!(codes(&verified), ["token.ssn"]);
}

#[test]
fn the_social_security_number_goes_no_further_than_the_token() {
    let verified = verified(&FORGE.sign(sample()));
    let kept = serde_json::to_string(verified.demographics()).unwrap();
    assert!(!kept.contains("6789"), "neither whole nor its last four digits");
}

#[test]
fn nothing_about_a_token_prints() {
    let token = FORGE.sign(sample());
    let unverified = Unverified::parse(&token).unwrap();
    let printed = format!("{unverified:?} {:?}", verified(&token));
    assert_eq!(printed, "Unverified(..) Verified(..)");
}

#[test]
fn the_sandbox_is_another_issuer() {
    let token = FORGE.sign(sample().replace(ISSUER, SANDBOX));
    let audience = Hcid::parse(VALID).unwrap();
    let expected = Expectations::new(ISSUER, &audience, RS256, Timestamp::from_seconds(1_768_900_000));
    assert_eq!(judge_by(&token, &expected).unwrap_err().code(), "token.issuer");
}

#[test]
fn the_sample_as_published_is_no_json() {
    let broken = sample().replace("\"123-45-6789\",", "\"123-45-6789\"");
    assert_eq!(Unverified::parse(&FORGE.sign(broken)).unwrap_err().code(), "jws.payload");
}
