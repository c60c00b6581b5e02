//! The DPoP proof: the one message that brings its key, and what becomes of it elsewhere (RFC 9449 section 4.3).
#![expect(clippy::disallowed_methods, reason = "this is where the reader of proofs is tested")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use openias_jose::{
    Algorithm, Compact, Fault, KeyFault, SelfSigned, SelfSignedFault, json::JsonFault, thumbprint,
};
use serde_json::{Value, json};

use fuzzing::mint::segment;

use crate::forge::{ISSUER, STRANGER, judge_with};

const PAYLOAD: &str = r#"{"jti":"a","htm":"POST"}"#;

fn judge(text: &str) -> Result<SelfSigned, SelfSignedFault> {
    SelfSigned::verify(text, &Algorithm::ALL)
}

/// The bare public key.
fn public(changes: &[(&str, Value)]) -> Value {
    let jwk = ISSUER.key.public_jwk();
    let mut bare = json!({"kty": "RSA", "n": jwk["n"], "e": jwk["e"]});
    for (name, value) in changes {
        bare[*name] = value.clone();
    }
    bare
}

fn proof(header: &Value) -> String {
    ISSUER.sign(header.to_string(), PAYLOAD)
}

fn with_key(jwk: &Value) -> String {
    proof(&json!({"typ": "dpop+jwt", "alg": "RS256", "jwk": jwk}))
}

#[test]
fn j14_a_proof_is_signed_with_the_key_it_brings() {
    let read = judge(&with_key(&public(&[]))).unwrap();
    assert_eq!(read.thumbprint(), ISSUER.key.kid());
    assert_eq!(read.claims().unwrap().get("htm").and_then(|htm| htm.as_str()), Some("POST"));
    let stranger = public(&[("n", STRANGER.key.public_jwk()["n"].clone())]);
    assert_eq!(judge(&with_key(&stranger)).err(), Some(Fault::Signature.into()));
    for fine in [("use", json!("sig")), ("alg", json!("RS256")), ("key_ops", json!(["verify"]))] {
        assert!(judge(&with_key(&public(&[fine]))).is_ok());
    }
}

#[test]
fn j4_j7_no_other_token_may_bring_a_key_and_no_other_type_is_read_as_a_proof() {
    let proper = with_key(&public(&[]));
    assert_eq!(Compact::parse(&proper).err(), Some(Fault::EmbeddedKey));
    assert_eq!(judge_with(&proper, &ISSUER.keys, &Algorithm::ALL), Err(Fault::EmbeddedKey));
    for typ in [json!("JWT"), json!("at+jwt"), json!("DPoP+JWT"), json!("application/dpop+jwt"), json!("")] {
        let text = proof(&json!({"typ": typ, "alg": "RS256", "jwk": public(&[])}));
        assert_eq!(judge(&text).err(), Some(SelfSignedFault::Type), "{typ}");
    }
    assert_eq!(judge(&ISSUER.token(PAYLOAD)).err(), Some(SelfSignedFault::Type));
    let text = proof(&json!({"typ": "dpop+jwt", "alg": "RS256", "kid": ISSUER.key.kid()}));
    assert_eq!(judge(&text).err(), Some(SelfSignedFault::NoKey));
}

#[test]
fn j1_j3_the_header_is_as_strict_as_any() {
    for (name, value, fault) in [
        ("alg", json!("none"), Fault::Algorithm),
        ("alg", json!("HS256"), Fault::Algorithm),
        ("alg", json!("RS512"), Fault::Algorithm),
        ("alg", Value::Null, Fault::NoAlgorithm),
        ("crit", json!(["exp"]), Fault::Critical),
        ("b64", json!(false), Fault::Unencoded),
        ("zip", json!("DEF"), Fault::Compressed),
        ("jku", json!("https://attacker.example/jwks"), Fault::RemoteKeySet),
        ("x5u", json!("https://attacker.example/x"), Fault::RemoteCertificate),
        ("cty", json!("JWT"), Fault::Nested),
        ("kid", json!(""), Fault::KeyId),
    ] {
        let mut header = json!({"typ": "dpop+jwt", "alg": "RS256", "jwk": public(&[])});
        header[name] = value;
        assert_eq!(judge(&proof(&header)).err(), Some(fault.into()), "{name}");
    }
    let twice = format!(r#"{{"typ":"dpop+jwt","alg":"RS256","jwk":{0},"jwk":{0}}}"#, public(&[]));
    let fault = judge(&ISSUER.sign(twice, PAYLOAD)).err();
    assert_eq!(fault, Some(Fault::Header(JsonFault::DuplicateMember).into()), "J8");
    assert_eq!(
        SelfSigned::verify(&with_key(&public(&[])), &[Algorithm::Es256]).err(),
        Some(Fault::Algorithm.into()),
        "what is not allowed is not verified"
    );
}

#[test]
fn j12_j14_a_key_that_is_private_weak_or_of_two_spellings_is_refused() {
    let n = public(&[])["n"].as_str().unwrap().to_owned();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &n).unwrap();
    let small = |first: u8| segment([&[first], &[0xff_u8; 127][..]].concat());
    let table = [
        ("not an object", json!("key"), KeyFault::NotAnObject),
        ("a shared secret", json!({"kty": "oct", "k": "AAAA"}), KeyFault::KeyType),
        ("a private exponent", public(&[("d", json!("AQAB"))]), KeyFault::PrivateMembers),
        ("a private prime", public(&[("p", json!("AQAB"))]), KeyFault::PrivateMembers),
        ("a null private member", public(&[("d", Value::Null)]), KeyFault::PrivateMembers),
        ("for encryption", public(&[("use", json!("enc"))]), KeyFault::Use),
        ("bound to another algorithm", public(&[("alg", json!("PS256"))]), KeyFault::Algorithm),
        ("1024 bits", public(&[("n", json!(small(0xff)))]), KeyFault::TooSmall),
        ("padded", public(&[("n", json!(format!("{n}=")))]), KeyFault::Member),
        ("standard base64", public(&[("e", json!("AQ+B"))]), KeyFault::Member),
        ("in lines", public(&[("n", json!(format!("{n}\n")))]), KeyFault::Member),
        ("a zero in front", public(&[("n", json!(segment([&[0], &bytes[..]].concat())))]), KeyFault::Member),
        ("no exponent", public(&[("e", Value::Null)]), KeyFault::Member),
    ];
    for (case, jwk, fault) in table {
        assert_eq!(judge(&with_key(&jwk)).err(), Some(SelfSignedFault::Key(fault)), "{case}");
    }
}

#[test]
fn j2_j12_the_algorithm_fits_the_key_and_the_point_its_curve() {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let sign = |alg: &str, jwk: Value| {
        let header = json!({"typ": "dpop+jwt", "alg": alg, "jwk": jwk}).to_string();
        let input = format!("{}.{}", segment(header), segment(PAYLOAD));
        let signature = pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", segment(signature))
    };
    let jwk = |x: &[u8], y: &[u8]| json!({"kty": "EC", "crv": "P-256", "x": segment(x), "y": segment(y)});
    let read = judge(&sign("ES256", jwk(x, y))).unwrap();
    assert_eq!(read.thumbprint(), thumbprint::ec("P-256", &segment(x), &segment(y)));
    let mut off = x.to_vec();
    off[31] ^= 1;
    let zero_in_front = [&[0], x].concat();
    let mut other_curve = jwk(x, y);
    other_curve["crv"] = json!("secp256k1");
    for (case, alg, jwk, fault) in [
        ("a point off the curve", "ES256", jwk(&off, y), KeyFault::Invalid),
        ("no point", "ES256", jwk(&[0; 32], &[0; 32]), KeyFault::Invalid),
        ("a coordinate too long", "ES256", jwk(&zero_in_front, y), KeyFault::Invalid),
        ("another curve", "ES256", other_curve, KeyFault::Curve),
        ("an algorithm of another curve", "ES384", jwk(x, y), KeyFault::Algorithm),
        ("an algorithm of another type", "RS256", jwk(x, y), KeyFault::Algorithm),
        ("an algorithm of another type", "EdDSA", jwk(x, y), KeyFault::Algorithm),
    ] {
        assert_eq!(judge(&sign(alg, jwk)).err(), Some(SelfSignedFault::Key(fault)), "{case}");
    }
    let rsa = with_key(&public(&[])).replace(&segment(r#"{"alg":"RS256""#), &segment(r#"{"alg":"PS256""#));
    assert_eq!(judge(&rsa).err(), Some(Fault::Signature.into()), "PKCS#1 is not PSS");
}

#[test]
fn every_single_bit_of_a_proof_counts() {
    let token = with_key(&public(&[]));
    for (at, bit) in (0..token.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
        let mut changed = token.as_bytes().to_vec();
        changed[at] ^= 1 << bit;
        assert!(judge(&String::from_utf8(changed).unwrap()).is_err(), "byte {at}, bit {bit}");
    }
}
