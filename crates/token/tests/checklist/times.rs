//! V23, V24 and V35: times that are none, and both sides of every boundary.

use std::time::Duration;

use model::Timestamp;
use openias_token::{Expectations, Rule};
use serde_json::{Value, json};

use crate::forge::{
    FORGE, ISSUED, ISSUER, RS256, at, base, changed, codes, judge, judge_by, judge_token, of,
};

#[test]
fn a_time_that_is_no_number_of_seconds_is_refused_and_never_taken_for_absent() {
    let values = [
        json!("1768902173"),
        json!(true),
        json!([1_768_902_173]),
        json!({"seconds": 1_768_902_173}),
        json!(-1),
        json!(1e20),
        json!(1_768_902_173_000_i64),
        json!(253_402_300_800_i64),
    ];
    for name in ["exp", "iat", "nbf", "auth_time"] {
        for value in &values {
            let verdict = judge(&changed(&[(name, value.clone())]));
            assert_eq!(verdict.err(), Some(at(Rule::NumericDate, name)), "V23 {name} {value}");
        }
        let mut claims = base();
        claims[name] = Value::Null;
        assert_eq!(judge(&claims).err(), Some(at(Rule::NumericDate, name)), "V23 {name} null");
        let text =
            base().to_string().replacen(&format!("\"{name}\":"), &format!("\"{name}\":1e400,\"x\":"), 1);
        assert_eq!(judge_token(&FORGE.token(text)).unwrap_err().code(), "jws.payload", "V23 {name} 1e400");
    }
}

#[test]
fn exp_and_iat_are_required_and_the_others_are_not() {
    for name in ["exp", "iat"] {
        assert_eq!(
            judge(&changed(&[(name, Value::Null)])).err(),
            Some(at(Rule::Missing, name)),
            "V24 {name}"
        );
    }
    let verified = judge(&changed(&[("nbf", Value::Null), ("auth_time", Value::Null)])).unwrap();
    assert_eq!(verified.auth_time(), None);
    assert_eq!(codes(&verified), ["token.nbf_missing", "token.auth_time_missing"]);
}

#[test]
fn a_fraction_of_a_second_is_dropped() {
    #[expect(clippy::cast_precision_loss, reason = "a date of this century fits")]
    let verified = judge(&changed(&[("iat", json!(ISSUED as f64 + 0.9))])).unwrap();
    assert_eq!(verified.issued_at(), Timestamp::from_seconds(ISSUED));
}

#[test]
fn the_window_is_kept_to_the_second_on_both_sides() {
    let (exp, minute) = (ISSUED + 3600, 60);
    let table = [
        ("just before exp", exp - 1, None),
        ("at exp, within the leeway", exp, None),
        ("the last second of the leeway", exp + minute - 1, None),
        ("the end of the leeway", exp + minute, Some(of(Rule::Expired))),
        ("a year later", exp + 31_536_000, Some(of(Rule::Expired))),
        ("nbf a leeway ahead", ISSUED - minute, None),
        ("nbf further ahead", ISSUED - minute - 1, Some(of(Rule::NotYetValid))),
    ];
    let token = FORGE.token(base().to_string());
    for (case, now, reject) in table {
        let expected = Expectations::new(ISSUER, RS256, Timestamp::from_seconds(now));
        assert_eq!(judge_by(&token, &expected).err(), reject, "V24 {case}");
    }
}

#[test]
fn times_must_make_sense_together() {
    let now = ISSUED + 600;
    let table = [
        ("V24 iat a leeway ahead", vec![("iat", json!(now + 60))], None),
        ("V24 iat further ahead", vec![("iat", json!(now + 61))], Some(of(Rule::IssuedInFuture))),
        ("V24 nbf further ahead", vec![("nbf", json!(now + 61))], Some(of(Rule::NotYetValid))),
        (
            "V24 exp at iat",
            vec![("exp", json!(now)), ("iat", json!(now))],
            Some(of(Rule::ExpiresBeforeIssued)),
        ),
        (
            "V24 exp before iat",
            vec![("exp", json!(now)), ("iat", json!(now + 9))],
            Some(of(Rule::ExpiresBeforeIssued)),
        ),
        ("V24 a day", vec![("exp", json!(ISSUED + 86_400))], None),
        ("V24 a day and a second", vec![("exp", json!(ISSUED + 86_401))], Some(of(Rule::Lifetime))),
        ("V24 ten years", vec![("exp", json!(ISSUED + 315_360_000))], Some(of(Rule::Lifetime))),
        ("auth_time a leeway ahead", vec![("auth_time", json!(now + 60))], None),
        ("auth_time further ahead", vec![("auth_time", json!(now + 61))], Some(of(Rule::ProofedInFuture))),
    ];
    for (case, changes, reject) in table {
        assert_eq!(judge(&changed(&changes)).err(), reject, "{case}");
    }
}

#[test]
fn odd_but_harmless_times_are_remarked_on() {
    let long = judge(&changed(&[("exp", json!(ISSUED + 18_000))])).unwrap();
    assert_eq!(codes(&long), ["token.long_lived"]);
    let later = judge(&changed(&[("auth_time", json!(ISSUED + 61))])).unwrap();
    assert_eq!(codes(&later), ["token.auth_time_late"]);
}

#[test]
fn a_proofing_can_be_too_old() {
    let now = Timestamp::from_seconds(ISSUED + 600);
    let ninety_days = Duration::from_hours(24 * 90);
    let expected =
        Expectations { max_proofing_age: Some(ninety_days), ..Expectations::new(ISSUER, RS256, now) };
    let oldest = ISSUED + 600 - 90 * 86_400;
    let table = [
        (json!(oldest), None),
        (json!(oldest - 1), Some(of(Rule::ProofingAge))),
        (Value::Null, Some(at(Rule::Missing, "auth_time"))),
    ];
    for (auth_time, reject) in table {
        let token = FORGE.token(changed(&[("auth_time", auth_time.clone())]).to_string());
        assert_eq!(judge_by(&token, &expected).err(), reject, "V35 {auth_time}");
    }
}
