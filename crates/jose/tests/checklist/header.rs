//! V02 and V08 to V21: headers that try to choose how, or with what, they are verified.

use aws_lc_rs::hmac;
use base64::Engine as _;
use fuzzing::mint::{key_set, segment};
use openias_jose::{Algorithm, Compact, Fault};
use serde_json::json;

use crate::forge::{ISSUER, PAYLOAD, STRANGER, judge, judge_with};

#[test]
fn no_algorithm_but_the_allowed_one_is_accepted() {
    let kid = ISSUER.key.kid();
    for (case, alg) in [
        ("V08", "none"),
        ("V08", "None"),
        ("V08", "nOnE"),
        ("V08", ""),
        ("V09", "HS256"),
        ("V09", "HS512"),
        ("V10", "RS384"),
        ("V10", "RS512"),
        ("V10", "PS256"),
        ("V10", "ES256"),
        ("V10", "EdDSA"),
        ("V10", "ES256K"),
        ("V10", "rs256"),
        ("V10", "RS256 "),
        ("V10", "SHA256withRSA"),
    ] {
        let token = ISSUER.sign(format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#), PAYLOAD);
        assert_eq!(judge(&token, &ISSUER.keys), Err(Fault::Algorithm), "{case} {alg}");
    }
    for header in
        [r#"{"kid":"k"}"#, r#"{"alg":null}"#, r#"{"alg":["RS256"]}"#, r#"{"alg":256}"#, r#"{"Alg":"RS256"}"#]
    {
        assert_eq!(
            judge(&ISSUER.sign(header, PAYLOAD), &ISSUER.keys),
            Err(Fault::NoAlgorithm),
            "V08 {header}"
        );
    }
}

#[test]
fn a_key_is_never_used_with_an_algorithm_of_another_type() {
    let token = ISSUER.sign(format!(r#"{{"alg":"ES256","kid":"{}"}}"#, ISSUER.key.kid()), PAYLOAD);
    assert_eq!(judge_with(&token, &ISSUER.keys, &Algorithm::ALL), Err(Fault::KeyType), "V10");
    // The published key says RS256, so it is not good for RS384 either.
    let token = ISSUER.sign(format!(r#"{{"alg":"RS384","kid":"{}"}}"#, ISSUER.key.kid()), PAYLOAD);
    assert_eq!(judge_with(&token, &ISSUER.keys, &Algorithm::ALL), Err(Fault::KeyType), "V10");
    assert_eq!(
        judge_with(&ISSUER.with_header("", PAYLOAD), &ISSUER.keys, &[]),
        Err(Fault::Algorithm),
        "nothing allowed, nothing passes"
    );
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let jwk = ISSUER.key.public_jwk();
    let modulus =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", segment(&modulus));
    let secrets: [(&str, Vec<u8>); 5] = [
        ("the JWK", jwk.to_string().into_bytes()),
        ("the modulus", modulus.clone()),
        ("the modulus as text", jwk["n"].as_str().unwrap().into()),
        ("PEM", pem.clone().into_bytes()),
        ("PEM with a line break", format!("{pem}\n").into_bytes()),
    ];
    for (case, secret) in secrets {
        let input = format!(
            "{}.{}",
            segment(format!(r#"{{"alg":"HS256","kid":"{}"}}"#, ISSUER.key.kid())),
            segment(PAYLOAD)
        );
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), input.as_bytes());
        let token = format!("{input}.{}", segment(mac.as_ref()));
        assert_eq!(judge_with(&token, &ISSUER.keys, &Algorithm::ALL), Err(Fault::Algorithm), "V09 {case}");
    }
}

#[test]
fn parameters_that_bring_or_fetch_keys_or_change_the_rules_are_refused() {
    let table = [
        ("V02", r#","cty":"JWT""#, Fault::Nested),
        ("V02", r#","cty":"jwt""#, Fault::Nested),
        ("V02", r#","cty":"application/JWT""#, Fault::Nested),
        ("V02", r#","cty":["JWT"]"#, Fault::Nested),
        ("V13", r#","jku":"https://attacker.example/jwks""#, Fault::RemoteKeySet),
        ("V13", r#","jku":"http://169.254.169.254/latest/meta-data""#, Fault::RemoteKeySet),
        ("V13", r#","jku":null"#, Fault::RemoteKeySet),
        ("V13", r#","x5u":"file:///etc/passwd""#, Fault::RemoteCertificate),
        ("V18", r#","crit":["x"],"x":1"#, Fault::Critical),
        ("V18", r#","crit":[]"#, Fault::Critical),
        ("V18", r#","crit":["exp","exp"]"#, Fault::Critical),
        ("V18", r#","crit":["absent"]"#, Fault::Critical),
        ("V18", r#","crit":["alg"]"#, Fault::Critical),
        ("V18", r#","crit":null"#, Fault::Critical),
        ("V19", r#","b64":false"#, Fault::Unencoded),
        ("V19", r#","b64":true"#, Fault::Unencoded),
        ("V19", r#","b64":false,"crit":["b64"]"#, Fault::Critical),
        ("V20", r#","zip":"DEF""#, Fault::Compressed),
        ("V20", r#","enc":"A256GCM","p2c":1000000000"#, Fault::ContentEncryption),
        ("V21", r#","typ":["JWT"]"#, Fault::Type),
        ("V21", r#","typ":null"#, Fault::Type),
    ];
    for (case, members, fault) in table {
        assert_eq!(
            judge(&ISSUER.with_header(members, PAYLOAD), &ISSUER.keys),
            Err(fault),
            "{case} {members}"
        );
    }
}

#[test]
fn a_key_in_the_header_is_not_used_even_when_it_fits() {
    let jwk = STRANGER.key.public_jwk();
    let token =
        STRANGER.sign(json!({"alg": "RS256", "kid": ISSUER.key.kid(), "jwk": jwk}).to_string(), PAYLOAD);
    assert_eq!(judge(&token, &ISSUER.keys), Err(Fault::EmbeddedKey), "V12");
}

#[test]
fn certificates_in_the_header_prove_nothing() {
    let members =
        r#","x5c":["MIIB"],"x5t":"AAAA","x5t#S256":"AAAA","cty":"application/json","unknown":{"a":1}"#;
    assert_eq!(
        judge(&ISSUER.with_header(members, PAYLOAD), &ISSUER.keys),
        Ok(()),
        "V14 ignored, the issuer's own key decides"
    );
    let stranger =
        STRANGER.sign(format!(r#"{{"alg":"RS256","kid":"{}"{members}}}"#, ISSUER.key.kid()), PAYLOAD);
    assert_eq!(judge(&stranger, &ISSUER.keys), Err(Fault::Signature), "V14");
}

#[test]
fn a_kid_is_only_ever_looked_up() {
    let table = [
        (r#""../../dev/null""#.to_owned(), Fault::UnknownKey),
        (r#""' OR '1'='1""#.to_owned(), Fault::UnknownKey),
        (r#""|/usr/bin/id""#.to_owned(), Fault::UnknownKey),
        (format!("\"{} \"", ISSUER.key.kid()), Fault::UnknownKey),
        (r#""kіd""#.to_owned(), Fault::UnknownKey),
        (format!("\"{}\"", "é".repeat(256)), Fault::UnknownKey),
        (format!("\"{}\"", "é".repeat(257)), Fault::KeyId),
        (format!("\"{}\"", "k".repeat(10 * 1024)), Fault::KeyId),
        (r#""""#.to_owned(), Fault::KeyId),
        ("7".to_owned(), Fault::KeyId),
        ("null".to_owned(), Fault::KeyId),
        (format!("[\"{}\"]", ISSUER.key.kid()), Fault::KeyId),
    ];
    for (kid, fault) in table {
        let token = ISSUER.sign(format!(r#"{{"alg":"RS256","kid":{kid}}}"#), PAYLOAD);
        assert_eq!(judge(&token, &ISSUER.keys), Err(fault), "V15 {kid:.40}");
    }
    assert_eq!(
        judge(&ISSUER.sign(r#"{"alg":"RS256"}"#, PAYLOAD), &ISSUER.keys),
        Err(Fault::NoKeyId),
        "V15 missing"
    );
}

#[test]
fn keys_of_one_issuer_do_not_vouch_for_another() {
    assert_eq!(
        judge(&STRANGER.with_header("", PAYLOAD), &ISSUER.keys),
        Err(Fault::UnknownKey),
        "V17 foreign kid"
    );
    let borrowed = STRANGER.sign(format!(r#"{{"alg":"RS256","kid":"{}"}}"#, ISSUER.key.kid()), PAYLOAD);
    assert_eq!(judge(&borrowed, &ISSUER.keys), Err(Fault::Signature), "V17 borrowed kid");
    let both = key_set(&[ISSUER.key.public_jwk(), STRANGER.key.public_jwk()]);
    assert_eq!(judge(&borrowed, &both), Err(Fault::Signature), "V17 only the named key is tried");
}

#[test]
fn the_type_is_for_the_profile_to_judge() {
    let token = ISSUER.with_header(r#","typ":"at+jwt""#, PAYLOAD);
    let parsed = Compact::parse(&token).unwrap();
    let payload = parsed.verify(&ISSUER.keys, &[Algorithm::Rs256]).unwrap();
    assert_eq!((parsed.typ(), payload.typ()), (Some("at+jwt"), Some("at+jwt")));
}
