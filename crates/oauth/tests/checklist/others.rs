//! An independent implementation, the `jsonwebtoken` crate: it verifies what we sign, and what it signs is judged
//! here.

use fuzzing::Mint;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use model::ClientProfile as Profile;
use serde_json::{Value, json};

use crate::access_token::{AUDIENCE, full};
use crate::forge::{CLIENT, EDDSA, ES256, ISSUER, NOW, PS256, RS256, SECONDS, all};
use crate::{assertion, dpop};

fn their_algorithm(forge: &Mint) -> Algorithm {
    forge.key.algorithm().name().parse().unwrap()
}

fn their_key(forge: &Mint) -> EncodingKey {
    match their_algorithm(forge) {
        Algorithm::ES256 => EncodingKey::from_ec_der(&forge.pkcs8),
        Algorithm::EdDSA => EncodingKey::from_ed_der(&forge.pkcs8),
        _ => EncodingKey::from_rsa_der(&forge.pkcs8),
    }
}

fn their_jwk(forge: &Mint) -> Jwk {
    serde_json::from_value(forge.bare_jwk()).unwrap()
}

#[test]
fn t10_another_implementation_verifies_our_access_tokens() {
    for forge in all() {
        let text = full(forge, |_| {});
        let mut validation = Validation::new(their_algorithm(forge));
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(&their_jwk(forge)).unwrap();
        let token = decode::<Value>(&text, &key, &validation).unwrap();
        assert_eq!(token.header.typ.as_deref(), Some("at+jwt"), "{}", forge.key.algorithm().name());
        assert_eq!((&token.claims["client_id"], &token.claims["iat"]), (&json!(CLIENT), &json!(SECONDS)));
        let wrong = text.replace('.', ".e");
        assert!(decode::<Value>(&wrong, &key, &validation).is_err());
    }
}

#[test]
fn t9_another_implementation_makes_proofs_that_are_taken_and_names_keys_alike() {
    for forge in [&ES256, &EDDSA] {
        let mut header = Header::new(their_algorithm(forge));
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(their_jwk(forge));
        let proof = dpop::judge(&encode(&header, &dpop::claims(), &their_key(forge)).unwrap()).unwrap();
        assert_eq!(proof.jkt().as_str(), their_jwk(forge).thumbprint(ThumbprintHash::SHA256).unwrap());
        assert!(proof.expires_at() > NOW);
    }
    for forge in [&RS256, &PS256] {
        assert_eq!(their_jwk(forge).thumbprint(ThumbprintHash::SHA256).unwrap(), forge.key.kid());
    }
}

#[test]
fn t8_another_implementation_makes_assertions_that_are_taken() {
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(ES256.key.kid().to_owned());
    let text = encode(&header, &assertion::claims(), &their_key(&ES256)).unwrap();
    for profile in Profile::ALL {
        assert_eq!(assertion::judge(&text, profile).unwrap().client_id(), CLIENT);
    }
}
