//! J14, T9, PAR-13: proofs of possession.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::digest;
use fuzzing::mint::segment;
use jose::json::JsonFault;
use jose::{Fault, KeyFault, SelfSignedFault};
use model::ClientProfile as Profile;
use openias_oauth::ClaimFault;
use openias_oauth::dpop::{Endpoint, Expectations, Nonces, Proof, Reject, binding, verify};
use serde_json::{Value, json};

use crate::forge::{ES256, NOW, PS256, RS256, SECONDS, STRANGER, TOKEN_URL, all, changed};

pub(crate) fn claims() -> Value {
    json!({"jti": "-BwC3ESc6acc2lTc", "htm": "POST", "htu": TOKEN_URL, "iat": SECONDS})
}

/// What becomes of a proof at the token endpoint.
pub(crate) fn judge(proof: &str) -> Result<Proof, Reject> {
    judge_as(proof, |_| {})
}

fn judge_as<'a>(proof: &str, change: impl FnOnce(&mut Expectations<'a>)) -> Result<Proof, Reject> {
    static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(|| Endpoint::parse(TOKEN_URL).unwrap());
    let mut expected = Expectations::new("POST", &ENDPOINT, Profile::Byoi, NOW);
    change(&mut expected);
    verify(proof, &expected)
}

fn outcome(changes: Value) -> Result<Proof, Reject> {
    judge(&ES256.proof(&changed(claims(), changes)))
}

#[test]
fn t9_a_proof_names_its_key_and_lasts_as_long_as_it_is_taken() {
    for forge in all() {
        let proof = judge(&forge.proof(&claims())).unwrap();
        assert_eq!(proof.jkt().as_str(), forge.key.kid(), "{}", forge.key.algorithm().name());
        assert_eq!(proof.jti(), "-BwC3ESc6acc2lTc");
        let just_before = proof.expires_at().minus(Duration::from_millis(1));
        let again = |now| judge_as(&forge.proof(&claims()), |expected| expected.now = now);
        assert!(again(just_before).is_ok());
        assert_eq!(again(proof.expires_at()).err(), Some(Reject::Old));
    }
}

#[test]
fn j1_fapi_2_leaves_out_rs256() {
    let judge = |proof: &str| judge_as(proof, |expected| expected.profile = Profile::Fapi2);
    assert_eq!(judge(&RS256.proof(&claims())), Err(Fault::Algorithm.into()));
    for forge in [&ES256, &PS256] {
        assert!(judge(&forge.proof(&claims())).is_ok());
    }
}

#[test]
fn j14_every_claim_is_checked() {
    let long = |bytes: usize| "j".repeat(bytes);
    let table = [
        (json!({"htm": null}), Reject::Claim(ClaimFault::Missing("htm"))),
        (json!({"htm": "post"}), Reject::Method),
        (json!({"htm": "GET"}), Reject::Method),
        (json!({"htm": ["POST"]}), Reject::Method),
        (json!({"htu": null}), Reject::Claim(ClaimFault::Missing("htu"))),
        (json!({"htu": [TOKEN_URL]}), Reject::Url),
        (json!({"htu": "https://as.example/oauth2/par"}), Reject::Url),
        (json!({"htu": "http://as.example/oauth2/token"}), Reject::Url),
        (json!({"htu": "https://attacker.example/oauth2/token"}), Reject::Url),
        (json!({"htu": "https://as.example@attacker.example/oauth2/token"}), Reject::Url),
        (json!({"htu": "/oauth2/token"}), Reject::Url),
        (json!({"iat": null}), Reject::Claim(ClaimFault::Missing("iat"))),
        (json!({"iat": SECONDS.to_string()}), Reject::Claim(ClaimFault::Form("iat"))),
        (json!({"iat": SECONDS * 1000}), Reject::Claim(ClaimFault::Form("iat"))),
        (json!({"jti": null}), Reject::Claim(ClaimFault::Missing("jti"))),
        (json!({"jti": ""}), Reject::Claim(ClaimFault::Form("jti"))),
        (json!({"jti": 7}), Reject::Claim(ClaimFault::Form("jti"))),
        (json!({"jti": long(257)}), Reject::Claim(ClaimFault::Form("jti"))),
    ];
    for (changes, reject) in table {
        assert_eq!(outcome(changes.clone()), Err(reject), "{changes}");
    }
    for fine in [
        json!({"jti": long(256)}),
        json!({"htu": "HTTPS://AS.EXAMPLE:443/oauth2/token?code=a#b"}),
        json!({"iat": 1_768_899_173.5}),
        json!({"exp": 1, "nbf": SECONDS * 2, "nonce": 7, "ath": 7, "extra": {"a": [1]}}),
    ] {
        assert!(outcome(fine.clone()).is_ok(), "{fine}");
    }
}

#[test]
fn j10_clocks_may_be_ten_seconds_ahead_and_not_more_than_sixty() {
    for (offset, expected) in [
        (-60, Err(Reject::Old)),
        (-59, Ok(())),
        (0, Ok(())),
        (10, Ok(())),
        (30, Ok(())),
        (31, Err(Reject::Ahead)),
        (61, Err(Reject::Ahead)),
        (3600, Err(Reject::Ahead)),
        (-3600, Err(Reject::Old)),
    ] {
        assert_eq!(outcome(json!({"iat": SECONDS + offset})).map(|_| ()), expected, "{offset}");
    }
}

#[test]
fn j14_with_an_access_token_the_proof_names_it() {
    let hash = |token: &str| segment(digest::digest(&digest::SHA256, token.as_bytes()));
    // RFC 9449 section 7.1.
    let published = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    assert_eq!(hash(published), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    let token_judged = |ath: Value| {
        let proof = ES256.proof(&changed(claims(), json!({ "ath": ath })));
        judge_as(&proof, |expected| expected.access_token = Some(published)).map(|_| ())
    };
    assert_eq!(token_judged(json!(hash(published))), Ok(()));
    for (ath, reject) in [
        (Value::Null, Reject::Claim(ClaimFault::Missing("ath"))),
        (json!(7), Reject::AccessToken),
        (json!(""), Reject::AccessToken),
        (json!(published), Reject::AccessToken),
        (json!(hash("another")), Reject::AccessToken),
        (json!(format!("{}=", hash(published))), Reject::AccessToken),
        (json!(hash(published).to_lowercase()), Reject::AccessToken),
    ] {
        assert_eq!(token_judged(ath.clone()), Err(reject), "{ath}");
    }
}

#[test]
fn j14_a_nonce_is_demanded_by_name() {
    let nonces = Nonces::new(&[7; 32]);
    let judged = |nonce: Value| {
        let proof = ES256.proof(&changed(claims(), json!({ "nonce": nonce })));
        judge_as(&proof, |expected| expected.nonces = Some(&nonces)).map(|_| ())
    };
    assert_eq!(judged(json!(nonces.at(NOW))), Ok(()));
    assert_eq!(judged(json!(nonces.at(NOW.minus(Duration::from_mins(5))))), Ok(()));
    for (nonce, reject) in [
        (Value::Null, Reject::NonceMissing),
        (json!(""), Reject::Nonce),
        (json!([nonces.at(NOW)]), Reject::Nonce),
        (json!(nonces.at(NOW.minus(Duration::from_mins(10)))), Reject::Nonce),
        (json!(nonces.at(NOW.plus(Duration::from_mins(5)))), Reject::Nonce),
        (json!(Nonces::new(&[8; 32]).at(NOW)), Reject::Nonce),
    ] {
        assert_eq!(judged(nonce.clone()), Err(reject), "{nonce}");
        assert!(reject.wants_nonce());
    }
    assert!(!Reject::Old.wants_nonce() && !Reject::Method.wants_nonce());
}

#[test]
fn j7_j14_nothing_but_a_proof_is_one() {
    let payload = claims().to_string();
    let jwk = ES256.bare_jwk();
    let sign = |header: Value| ES256.sign(header.to_string(), &payload);
    let mut private = jwk.clone();
    private["d"] = json!(segment([7; 32]));
    let mut off = jwk.clone();
    off["x"] = json!(segment([7; 32]));
    let table: [(_, _, Reject); 15] = [
        (
            "an access token",
            sign(json!({"typ": "at+jwt", "alg": "ES256", "jwk": jwk})),
            SelfSignedFault::Type.into(),
        ),
        ("no type", sign(json!({"alg": "ES256", "jwk": jwk})), SelfSignedFault::Type.into()),
        (
            "another case",
            sign(json!({"typ": "DPOP+JWT", "alg": "ES256", "jwk": jwk})),
            SelfSignedFault::Type.into(),
        ),
        ("no key", sign(json!({"typ": "dpop+jwt", "alg": "ES256"})), SelfSignedFault::NoKey.into()),
        (
            "a private key",
            sign(json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": private})),
            SelfSignedFault::Key(KeyFault::PrivateMembers).into(),
        ),
        (
            "J12 off the curve",
            sign(json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": off})),
            SelfSignedFault::Key(KeyFault::Invalid).into(),
        ),
        ("J1 none", sign(json!({"typ": "dpop+jwt", "alg": "none", "jwk": jwk})), Fault::Algorithm.into()),
        ("J1 HS256", sign(json!({"typ": "dpop+jwt", "alg": "HS256", "jwk": jwk})), Fault::Algorithm.into()),
        ("J1 ES384", sign(json!({"typ": "dpop+jwt", "alg": "ES384", "jwk": jwk})), Fault::Algorithm.into()),
        (
            "J2 another key",
            sign(json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": STRANGER.bare_jwk()})),
            Fault::Signature.into(),
        ),
        (
            "J3 crit",
            sign(json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk, "crit": ["a"]})),
            Fault::Critical.into(),
        ),
        ("J9 padding", format!("{}=", ES256.proof(&claims())), Fault::Base64url.into()),
        ("J9 whitespace", format!(" {}", ES256.proof(&claims())), Fault::Base64url.into()),
        ("two in one header", format!("{0},{0}", ES256.proof(&claims())), Fault::Encrypted.into()),
        ("nothing", String::new(), Fault::Segments.into()),
    ];
    for (case, proof, reject) in table {
        assert_eq!(judge(&proof), Err(reject), "{case}");
    }
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}).to_string();
    let twice = payload.replace('{', r#"{"htm":"GET","#);
    assert_eq!(
        judge(&ES256.sign(&header, &twice)),
        Err(Fault::Payload(JsonFault::DuplicateMember).into()),
        "J8"
    );
    let mut long = claims();
    long["filler"] = json!("x".repeat(16 * 1024));
    assert_eq!(judge(&ES256.proof(&long)), Err(Fault::TooLong.into()), "J13");
}

#[test]
fn par_13_a_code_is_bound_to_the_key_of_proof_and_parameter() {
    let proof = judge(&ES256.proof(&claims())).unwrap();
    let (own, other) = (ES256.key.kid(), STRANGER.key.kid());
    let bound = |proof, parameter| {
        let bound = binding(proof, parameter);
        bound.map(|key| key.map(|key| key.as_str().to_owned()))
    };
    assert_eq!(bound(None, None), Ok(None));
    assert_eq!(bound(Some(&proof), None), Ok(Some(own.to_owned())));
    assert_eq!(bound(None, Some(other)), Ok(Some(other.to_owned())));
    assert_eq!(bound(Some(&proof), Some(own)), Ok(Some(own.to_owned())));
    assert_eq!(bound(Some(&proof), Some(other)), Err(Reject::OtherKey));
    for text in ["", "a", &format!("{own}="), &own[1..]] {
        assert_eq!(bound(None, Some(text)), Err(Reject::Parameter), "{text}");
        assert_eq!(bound(Some(&proof), Some(text)), Err(Reject::Parameter), "{text}");
    }
}
