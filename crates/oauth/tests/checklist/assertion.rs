//! T8, PAR-14: client assertions.

use jose::json::JsonFault;
use jose::{Algorithm, Compact, Fault, KeySet};
use model::ClientProfile as Profile;
use openias_oauth::ClaimFault;
use openias_oauth::assertion::{Expectations, Reject, Unverified, Verified, verify};
use serde_json::{Value, json};

use crate::forge::{
    CLIENT, EDDSA, ES256, ISSUER, NOW, PAR_URL, PS256, RS256, SECONDS, STRANGER, TOKEN_URL, all, changed,
    token,
};

pub(crate) fn claims() -> Value {
    json!({"iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": SECONDS + 60, "iat": SECONDS, "jti": "a1b2"})
}

fn judge_by(text: &str, keys: &KeySet, profile: Profile) -> Result<Verified, Reject> {
    let compact = Compact::parse(text)?;
    let unverified = Unverified::read(&compact)?;
    let expected = Expectations::new(CLIENT, profile, ISSUER, &[TOKEN_URL, PAR_URL], NOW);
    verify(&unverified, keys, &expected)
}

/// What becomes of an assertion of the ES256 key.
pub(crate) fn judge(text: &str, profile: Profile) -> Result<Verified, Reject> {
    judge_by(text, &ES256.keys, profile)
}

fn outcome(changes: Value, profile: Profile) -> Result<Verified, Reject> {
    judge(&token(&ES256, "JWT", &changed(claims(), changes)), profile)
}

fn of_client(jwks: &[Value]) -> KeySet {
    KeySet::of_client(json!({ "keys": jwks }).to_string().as_bytes()).unwrap()
}

#[test]
fn t8_an_assertion_proves_its_client() {
    for profile in Profile::ALL {
        let verified = outcome(json!({}), profile).unwrap();
        assert_eq!((verified.client_id(), verified.jti()), (CLIENT, "a1b2"));
        assert_eq!(verified.expires_at().seconds(), SECONDS + 60);
    }
}

#[test]
fn t8_before_the_signature_only_what_selects_the_key_can_be_read() {
    let text = token(&STRANGER, "JWT", &claims());
    let compact = Compact::parse(&text).unwrap();
    let unverified = Unverified::read(&compact).unwrap();
    assert_eq!(unverified.client_id(), CLIENT);
    assert_eq!(format!("{unverified:?}"), "Unverified(..)");
    for sub in [json!(null), json!(""), json!(7), json!([CLIENT]), json!("c".repeat(257))] {
        let text = token(&ES256, "JWT", &changed(claims(), json!({ "sub": sub })));
        let compact = Compact::parse(&text).unwrap();
        let reject = Unverified::read(&compact).map(|_| ()).unwrap_err();
        assert!(matches!(reject, Reject::Claim(_)), "{sub}");
    }
}

#[test]
fn t8_issuer_and_subject_are_the_client() {
    for changes in [
        json!({"iss": null}),
        json!({"iss": ISSUER}),
        json!({"iss": [CLIENT]}),
        json!({"iss": CLIENT.to_uppercase()}),
        json!({"sub": "another"}),
        json!({"iss": "another", "sub": "another"}),
        json!({"sub": format!("{CLIENT} ")}),
    ] {
        let reject = outcome(changes.clone(), Profile::Byoi).unwrap_err();
        assert!(matches!(reject, Reject::Client(_)), "{changes}");
    }
}

#[test]
fn par_14_under_fapi_2_the_audience_is_the_issuer_as_a_string() {
    for (audience, byoi, fapi2) in [
        (json!(ISSUER), true, true),
        (json!([ISSUER]), true, false),
        (json!(TOKEN_URL), true, false),
        (json!(PAR_URL), true, false),
        (json!([PAR_URL]), true, false),
        (json!([ISSUER, TOKEN_URL]), false, false),
        (json!([ISSUER, ISSUER]), false, false),
        (json!([ISSUER, "https://attacker.example"]), false, false),
        (json!([]), false, false),
        (json!([[ISSUER]]), false, false),
        (json!({"0": ISSUER}), false, false),
        (json!(format!("{ISSUER}/")), false, false),
        (json!(format!("{TOKEN_URL}/")), false, false),
        (json!(ISSUER.to_uppercase()), false, false),
        (json!("https://as.example/oauth2/authorize"), false, false),
        (json!(""), false, false),
        (json!(7), false, false),
    ] {
        for (profile, fine) in [(Profile::Byoi, byoi), (Profile::Fapi2, fapi2)] {
            let outcome = outcome(json!({ "aud": audience }), profile).map(|_| ());
            assert_eq!(outcome, if fine { Ok(()) } else { Err(Reject::Audience) }, "{profile:?} {audience}");
        }
    }
    let missing = outcome(json!({"aud": null}), Profile::Fapi2).err();
    assert_eq!(missing, Some(Reject::Claim(ClaimFault::Missing("aud"))));
}

#[test]
fn j10_times_are_numbers_within_bounds() {
    let form = |name| Err(Reject::Claim(ClaimFault::Form(name)));
    let hour = 3600;
    for (changes, expected) in [
        (json!({"exp": null}), Err(Reject::Claim(ClaimFault::Missing("exp")))),
        (json!({"exp": (SECONDS + 60).to_string()}), form("exp")),
        (json!({"exp": (SECONDS + 60) * 1000}), form("exp")),
        (json!({"exp": SECONDS}), Err(Reject::Expired)),
        (json!({"exp": SECONDS - hour}), Err(Reject::Expired)),
        (json!({"exp": SECONDS + 1}), Ok(())),
        (json!({"exp": SECONDS + hour + 30}), Ok(())),
        (json!({"exp": SECONDS + hour + 31}), Err(Reject::Life)),
        (json!({"exp": SECONDS + 24 * hour}), Err(Reject::Life)),
        (json!({"iat": null}), Ok(())),
        (json!({"iat": SECONDS - hour}), Ok(())),
        (json!({"iat": "now"}), form("iat")),
        (json!({"iat": SECONDS + 10}), Ok(())),
        (json!({"iat": SECONDS + 31}), Err(Reject::Ahead("iat"))),
        (json!({"iat": SECONDS + 61}), Err(Reject::Ahead("iat"))),
        (json!({"nbf": SECONDS + 10}), Ok(())),
        (json!({"nbf": SECONDS + 61}), Err(Reject::Ahead("nbf"))),
        (json!({"nbf": [SECONDS]}), form("nbf")),
    ] {
        assert_eq!(outcome(changes.clone(), Profile::Fapi2).map(|_| ()), expected, "{changes}");
    }
}

#[test]
fn j11_a_name_for_the_replay_table_is_required() {
    for (jti, fine) in [
        (Value::Null, false),
        (json!(""), false),
        (json!(7), false),
        (json!(["a"]), false),
        (json!("j".repeat(257)), false),
        (json!("j".repeat(256)), true),
        (json!("\u{e9}"), true),
    ] {
        let outcome = outcome(json!({ "jti": jti }), Profile::Byoi);
        assert_eq!(outcome.is_ok(), fine, "{jti}");
    }
}

#[test]
fn j1_j2_algorithms_are_those_of_the_profile_and_of_the_key() {
    for forge in all() {
        let text = token(forge, "JWT", &claims());
        let judged = |profile| judge_by(&text, &forge.keys, profile).map(|_| ());
        assert_eq!(judged(Profile::Byoi), Ok(()), "{}", forge.key.algorithm().name());
        let fapi2 = judged(Profile::Fapi2);
        assert_eq!(
            fapi2.is_ok(),
            forge.key.algorithm() != Algorithm::Rs256,
            "{}",
            forge.key.algorithm().name()
        );
    }
    let header = |alg: &str| json!({"alg": alg, "kid": RS256.key.kid()}).to_string();
    for (alg, fault) in [
        ("none", Fault::Algorithm),
        ("HS256", Fault::Algorithm),
        ("RS384", Fault::Algorithm),
        ("ES384", Fault::Algorithm),
        ("PS256", Fault::KeyType),
        ("ES256", Fault::KeyType),
        ("EdDSA", Fault::KeyType),
    ] {
        let text = RS256.sign(header(alg), claims().to_string());
        let reject = judge_by(&text, &RS256.keys, Profile::Byoi).unwrap_err();
        assert_eq!(reject, fault.into(), "{alg}");
    }
    // One RSA key that nothing binds: the algorithm that signed it is the one that verifies.
    let unbound = of_client(&[changed(RS256.bare_jwk(), json!({"kid": RS256.key.kid()}))]);
    let text = RS256.sign(header("PS256"), claims().to_string());
    let reject = judge_by(&text, &unbound, Profile::Fapi2).unwrap_err();
    assert_eq!(reject, Fault::Signature.into());
}

#[test]
fn j2_the_key_is_the_one_that_is_named_or_the_only_one() {
    let named = token(&ES256, "JWT", &claims());
    let unnamed = ES256.sign(r#"{"alg":"ES256"}"#, claims().to_string());
    let [own, other, ps256, eddsa] = [&ES256, &STRANGER, &PS256, &EDDSA].map(|forge| forge.key.public_jwk());
    let bare = ES256.bare_jwk();
    let borrowed = changed(other.clone(), json!({"kid": ES256.key.kid()}));
    for (case, text, keys, fault) in [
        ("named", &named, vec![other.clone(), own.clone()], None),
        ("unknown", &named, vec![other.clone()], Some(Fault::UnknownKey)),
        ("another key under its name", &named, vec![borrowed], Some(Fault::Signature)),
        ("a key without a name is not named", &named, vec![bare.clone()], Some(Fault::UnknownKey)),
        ("the only one", &unnamed, vec![own.clone()], None),
        ("the only one, nameless", &unnamed, vec![bare], None),
        ("the only one that fits", &unnamed, vec![ps256, own.clone(), eddsa], None),
        ("the only one, and the wrong one", &unnamed, vec![other.clone()], Some(Fault::Signature)),
        ("one of two", &unnamed, vec![own, other], Some(Fault::NoKeyId)),
        ("none", &unnamed, vec![], Some(Fault::NoKeyId)),
    ] {
        let outcome = judge_by(text, &of_client(&keys), Profile::Byoi).map(|_| ());
        assert_eq!(outcome.err(), fault.map(Reject::from), "{case}");
    }
}

#[test]
fn j7_no_other_token_is_an_assertion() {
    for (typ, fine) in [
        ("JWT", true),
        ("jwt", true),
        ("client-authentication+jwt", true),
        ("at+jwt", false),
        ("dpop+jwt", false),
        ("oauth-authz-req+jwt", false),
        ("logout+jwt", false),
        ("JOSE", false),
        ("", false),
    ] {
        let outcome = judge(&token(&ES256, typ, &claims()), Profile::Fapi2).map(|_| ());
        assert_eq!(outcome, if fine { Ok(()) } else { Err(Reject::Type) }, "{typ}");
    }
    let proof = ES256.proof(&claims());
    assert_eq!(judge(&proof, Profile::Byoi), Err(Fault::EmbeddedKey.into()), "J4");
}

#[test]
fn j8_j13_it_is_read_as_strictly_as_any_token() {
    let header = json!({"alg": "ES256", "kid": ES256.key.kid()}).to_string();
    let twice = claims().to_string().replace('{', r#"{"aud":"https://attacker.example","#);
    let mut long = claims();
    long["filler"] = json!("x".repeat(16 * 1024));
    for (case, text, fault) in [
        ("J8", ES256.sign(&header, &twice), Fault::Payload(JsonFault::DuplicateMember)),
        ("J9", format!("{}=", token(&ES256, "JWT", &claims())), Fault::Base64url),
        ("J13", token(&ES256, "JWT", &long), Fault::TooLong),
        ("J3", ES256.sign(header.replace('{', r#"{"crit":["a"],"#), claims().to_string()), Fault::Critical),
        (
            "J4",
            ES256.sign(header.replace('{', r#"{"jku":"https://a.example","#), claims().to_string()),
            Fault::RemoteKeySet,
        ),
    ] {
        assert_eq!(judge(&text, Profile::Byoi), Err(fault.into()), "{case}");
    }
}
