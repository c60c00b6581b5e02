//! Whatever bit of a proof, an assertion or an access token changes, it is refused; and whatever a claim holds,
//! nobody panics.

use model::{ClientProfile as Profile, Scope};
use openias_oauth::Thumbprint;
use openias_oauth::dpop::Endpoint;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

use crate::forge::{ES256, changed, token};
use crate::{access_token, assertion, dpop};

fn is_accepted(text: &str) -> [bool; 3] {
    let assertion = Profile::ALL.iter().any(|profile| assertion::judge(text, *profile).is_ok());
    [dpop::judge(text).is_ok(), assertion, access_token::judge(text).is_ok()]
}

/// One of each kind.
fn tokens() -> [String; 3] {
    [
        ES256.proof(&dpop::claims()),
        token(&ES256, "JWT", &assertion::claims()),
        access_token::full(&ES256, |_| {}),
    ]
}

#[test]
fn each_token_is_of_one_kind() {
    for (kind, token) in tokens().iter().enumerate() {
        let mut only = [false; 3];
        only[kind] = true;
        assert_eq!(is_accepted(token), only, "J7");
    }
}

#[test]
fn every_single_bit_of_a_token_counts() {
    for token in tokens() {
        for (at, bit) in (0..token.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
            let mut changed = token.as_bytes().to_vec();
            changed[at] ^= 1 << bit;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(is_accepted(&changed), [false; 3], "byte {at}, bit {bit}");
        }
    }
}

fn steady(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0),
        ..ProptestConfig::with_cases(cases)
    }
}

/// Any JSON, often of the kind that nearly makes sense.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}|https://as\\.example/[%a-z/.]{0,9}|[A-Za-z0-9_-]{43}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("jkt|a", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

const CLAIMS: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "htm",
    "htu",
    "ath",
    "nonce",
    "client_id",
    "scope",
    "cnf",
    "auth_time",
    "acr",
];

proptest! {
    #![proptest_config(steady(512))]

    #[test]
    fn whatever_a_claim_holds_nobody_panics(name in prop::sample::select(&CLAIMS[..]), value in anything()) {
        let change = |claims: Value| changed(claims, serde_json::json!({ name: value.clone() }));
        let _ = dpop::judge(&ES256.proof(&change(dpop::claims())));
        for profile in Profile::ALL {
            let _ = assertion::judge(&token(&ES256, "JWT", &change(assertion::claims())), profile);
        }
        let _ = access_token::judge(&token(&ES256, "at+jwt", &change(access_token::claims())));
    }

    #[test]
    fn parameters_read_back_as_themselves(text in "\\PC{0,60}|[a-zA-Z]{0,5}://[A-Za-z0-9.:@%/?#\\[\\]-]{0,40}|[a-z !]{0,40}|[A-Za-z0-9_-]{42,44}") {
        if let Some(endpoint) = Endpoint::parse(&text) {
            prop_assert_eq!(Endpoint::parse(endpoint.as_str()), Some(endpoint));
        }
        if let Ok(scope) = Scope::parse(&text) {
            prop_assert_eq!(Scope::parse(scope.as_str()), Ok(scope));
        }
        if let Some(thumbprint) = Thumbprint::parse(&text) {
            prop_assert_eq!(thumbprint.as_str(), text);
        }
    }
}
