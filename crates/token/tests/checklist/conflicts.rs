//! A token that says two things about its person is nobody's.

use openias_token::{Policy, Rule};
use serde_json::{Value, json};

use crate::forge::{at, base, changed, judge, judge_under};

/// What stands beside the impeccable claims, and what they then disagree about.
type Case = (&'static str, Value, &'static str);

/// Another name of a claim, what it says there, and the claim.
fn contradictions() -> Vec<Case> {
    vec![
        ("name_first", json!("Mallory"), "given_name"),
        ("name_last", json!("Other"), "family_name"),
        ("last_name", json!("Other"), "family_name"),
        ("birth_date", json!("1950-01-01"), "birthdate"),
        ("date_birth", json!("01/01/1950"), "birthdate"),
        ("address.city", json!("Dallas"), "locality"),
        ("address.state", json!("CA"), "region"),
        ("address.code_postal", json!("75044"), "postal_code"),
        ("address.address_line1", json!("1 Evergreen Terrace"), "street_address"),
        ("address_line1", json!("1 Evergreen Terrace"), "street_address"),
    ]
}

/// The claims about the person once more in the draft envelope, with one of them changed.
fn enveloped(name: &str, value: &Value) -> Value {
    let mut claims = base();
    claims["verified_claims"] = json!({"claims": changed(&[(name, value.clone())])});
    claims
}

#[test]
fn one_claim_under_two_names_says_one_thing() {
    for (name, value, claim) in contradictions() {
        let reject = judge(&changed(&[(name, value.clone())])).err();
        assert_eq!(reject, Some(at(Rule::ClaimConflict, claim)), "{name} {value}");
    }
    let table = [
        [("gender", json!("female")), ("sex_legal", json!("M"))],
        [("middle_name", json!("Maria")), ("name_middle", json!("Ann"))],
        [("middle_name", json!("Maria")), ("middle_initial", json!("A"))],
        // The flat form of an address, whose other parts agree.
        [("address_line1", json!("3268 West Johnson St. Apt 117")), ("city", json!("Dallas"))],
    ];
    for changes in table {
        assert_eq!(judge(&changed(&changes)).unwrap_err().code(), "token.claim_conflict", "{changes:?}");
    }
}

#[test]
fn one_claim_in_two_places_says_one_thing() {
    let more = [
        ("given_name", json!("Mallory"), "given_name"),
        ("suffix", json!("Jr"), ""),
        ("birthdate", json!("1950-01-01"), "birthdate"),
        ("email", json!("real.person@example.org"), "email"),
        ("phone_number", json!("+14694694322"), "phone_number"),
        ("address.region", json!("CA"), "region"),
        ("address.country", json!("CA"), "country"),
        ("address.address_line2", json!("Apt 118"), ""),
    ];
    for (name, value, claim) in contradictions().into_iter().chain(more) {
        let expected = Some(at(Rule::ClaimConflict, claim)).filter(|_| !claim.is_empty());
        let claims = enveloped(name, &value);
        assert_eq!(judge(&claims).err(), expected, "{name} {value}");
        // Identity assurance allows several envelopes.
        let mut several = claims;
        several["verified_claims"] = json!([{"claims": {}}, several["verified_claims"]]);
        assert_eq!(judge(&several).err(), expected, "{name} {value}");
    }
    for policy in openias_token::Profile::ALL.map(|profile| Policy { profile: Some(profile), quirks: &[] }) {
        let claims = enveloped("given_name", &json!("Mallory"));
        let refused = judge_under(policy, &claims).err().map(|reject| reject.code());
        assert!(refused == Some("token.claim_conflict") || refused == Some("token.not_fresh"), "{refused:?}");
    }
}

#[test]
fn what_is_only_spelt_otherwise_agrees() {
    for (name, value) in [
        ("name_first", json!("CAMILA")),
        ("name_first", json!("Unknown")),
        ("name_first", Value::Null),
        ("name_last", json!("López")),
        ("birth_date", json!("09/12/1987")),
        ("address.city", json!("GARLAND")),
        ("address.state", json!("Texas")),
        ("address.code_postal", json!("75043-1234")),
        ("address.address_line1", json!("3268 W Johnson Street, Apartment 117")),
    ] {
        assert!(judge(&changed(&[(name, value.clone())])).is_ok(), "{name} {value}");
        assert!(judge(&enveloped(name, &value)).is_ok(), "{name} {value}");
    }
    for (name, value) in [
        ("phone_number", json!("469-469-4321")),
        ("email", json!("KnixOnTestEmail@epic.com")),
        ("address.country", json!("United States")),
    ] {
        assert!(judge(&enveloped(name, &value)).is_ok(), "{name} {value}");
    }
    let mut two_lines = base();
    two_lines["address"]["address_line1"] = json!("3268 West Johnson St.");
    two_lines["address"]["street_address"] = json!("3268 West Johnson St.");
    two_lines["address"]["address_line2"] = json!("Apt 117");
    two_lines["verified_claims"] = json!({"claims": base()});
    assert!(judge(&two_lines).is_ok());
}

#[test]
fn another_name_is_read_as_strictly() {
    for (value, rule) in [(json!(["Mallory"]), Rule::NotText), (json!("Cam\u{200b}ila"), Rule::Unprintable)] {
        assert_eq!(judge(&changed(&[("name_first", value)])).err(), Some(at(rule, "given_name")));
    }
}

#[test]
fn not_verified_is_not_verified_wherever_it_stands() {
    let silent = |outside: bool, inside: Value| {
        let mut claims = enveloped("email_verified", &inside);
        claims["email_verified"] = json!(outside);
        judge(&claims).unwrap().email().map(str::to_owned)
    };
    assert_eq!(silent(false, Value::Null), None);
    assert_eq!(silent(false, json!(true)), None);
    assert_eq!(silent(true, json!(false)), None);
    assert!(silent(true, json!(true)).is_some());
    let mut claims = enveloped("phone_number_verified", &Value::Null);
    claims["phone_number_verified"] = json!(false);
    claims["email_verified"] = json!(false);
    assert_eq!(judge(&claims).unwrap_err().code(), "token.contact");
}

#[test]
fn an_invisible_tail_makes_no_other_address() {
    // Live mode refuses the synthetic patients by the address that is claimed, wherever it stands.
    let mut claims = enveloped("email", &Value::Null);
    claims["email"] = json!("knixontestemail@epic.com\u{200b}");
    let verified = judge(&claims).unwrap();
    assert_eq!((verified.email(), verified.claimed_email()), (None, Some("knixontestemail@epic.com")));
}
