//! Whatever bit of a token changes, nobody is verified; and whatever a claim holds, nobody panics.

use openias_token::lint::{Signature, Verdict};
use openias_token::{Expectations, Policy, Rule, TokenProfile, lint};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value};

use crate::forge::{FORGE, ISSUER, NOW, RS256, base, hcid, judge_by, judge_token};

/// The claims that are read, by all of their names.
const CLAIMS: [&str; 83] = [
    "SSN",
    "SSN_Last_four_digits",
    "ZIP+4",
    "address",
    "address.address_line1",
    "address.address_line2",
    "address.city",
    "address.code_postal",
    "address.country",
    "address.formatted",
    "address.locality",
    "address.postal_code",
    "address.region",
    "address.regionality",
    "address.state",
    "address.street_address",
    "address_historical",
    "address_line1",
    "address_line2",
    "aud",
    "auth_time",
    "azp",
    "birth_date",
    "birthdate",
    "city",
    "code_postal",
    "country",
    "date_birth",
    "document",
    "email",
    "email_verified",
    "events",
    "exp",
    "family_name",
    "formatted",
    "full_address",
    "gender",
    "given_name",
    "historical_address",
    "historical_addresses",
    "historical_names",
    "iat",
    "id_number",
    "identity_assurance_level",
    "identity_document_number",
    "iss",
    "jti",
    "last_name",
    "legal_id",
    "locality",
    "middle_initial",
    "middle_name",
    "name_first",
    "name_full",
    "name_historical",
    "name_last",
    "name_middle",
    "nbf",
    "nickname",
    "phone_number",
    "phone_number_historical",
    "phone_number_verified",
    "postal_code",
    "region",
    "regionality",
    "sex_legal",
    "social",
    "social_security_number",
    "ssn",
    "ssn4",
    "ssn9",
    "ssn_itin",
    "ssn_itin_short",
    "ssn_last_four_digits",
    "state",
    "street_address",
    "sub",
    "suffix",
    "tefca_ial2claims_version",
    "verified_claims",
    "verified_claims.claims",
    "verified_claims.verification",
    "verified_claims.verification.assurance_level",
];

/// Any JSON, often of the kind that nearly makes sense.
fn anything() -> impl Strategy<Value = Value> {
    let text = "\\PC{0,40}|.{0,8}|[0-9/+-]{0,14}|[A-Za-z]{1,3}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[Uu]nknown| ?";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 8, |inner| {
        let name =
            prop::sample::select(&CLAIMS[..]).prop_map(|name| name.rsplit('.').next().unwrap().to_owned());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((prop_oneof![name, ".{0,6}".boxed()], inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Puts a value where a dotted name says, through whatever stands in the way.
fn put(claims: &mut Value, name: &str, value: Value) {
    if !claims.is_object() {
        *claims = Value::Object(Map::new());
    }
    match name.split_once('.') {
        Some((outer, inner)) => put(&mut claims[outer], inner, value),
        None => claims[name] = value,
    }
}

fn steady(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0),
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(steady(256))]

    #[test]
    fn one_flipped_bit_anywhere_refuses_the_token(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut token = FORGE.token(base().to_string()).into_bytes();
        let at = at.index(token.len());
        token[at] ^= 1 << bit;
        if let Ok(token) = String::from_utf8(token) {
            prop_assert!(judge_token(&token).is_err(), "byte {at}, bit {bit}");
            let report = lint(&token, Some(&FORGE.keys), None, &Expectations::new(ISSUER, RS256, NOW));
            prop_assert!(report.judgements.iter().all(|it| matches!(it.verdict, Verdict::Refused(_))));
        }
    }
}

proptest! {
    #![proptest_config(steady(768))]

    #[test]
    fn whatever_claims_hold_verify_and_lint_agree(
        changes in prop::collection::vec((prop::sample::select(&CLAIMS[..]), anything()), 1..4),
        profile in prop::option::of(prop::sample::select(&TokenProfile::ALL[..])),
        forgiving in any::<bool>(),
    ) {
        let mut claims = base();
        for (name, value) in changes {
            put(&mut claims, name, value);
        }
        let quirks = if forgiving { &Rule::ALL[..] } else { &[] };
        let policy = Policy { profile, quirks };
        let expected = Expectations { policy, ..Expectations::new(ISSUER, RS256, NOW) };
        let token = FORGE.token(claims.to_string());

        let verdict = judge_by(&token, &expected);
        let report = lint(&token, Some(&FORGE.keys), Some(&hcid()), &expected);
        match verdict {
            Ok(verified) => {
                prop_assert_eq!(report.verdict(), Verdict::Accepted);
                prop_assert_eq!(verified.profile(), report.profile);
                let chosen = report.judgements.iter().find(|it| it.profile == report.profile).unwrap();
                prop_assert_eq!(verified.findings().len(), chosen.findings.len());
            }
            Err(reject) => {
                prop_assert_eq!(report.verdict(), Verdict::Refused(reject));
                prop_assert!(reject != Rule::Missing.into(), "what is missing has a name");
            }
        }
        for (_, shown) in report.header.iter().chain(&report.claims) {
            prop_assert_eq!(format!("{shown:?}"), shown.text(false));
        }
        let unchecked = lint(&token, None, None, &expected);
        prop_assert!(unchecked.signature != Signature::Good && unchecked.verdict() != Verdict::Accepted);
    }
}
