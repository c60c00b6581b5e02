//! What real issuers write, and what becomes of it.

use model::{Address, Gender};
use serde_json::{Value, json};

use crate::forge::{changed, codes, judge};

/// What it is, claims to change, streets read, number of findings.
type Shape<'t> = (&'t str, Vec<(&'t str, Value)>, &'t [&'t str], usize);

#[test]
fn an_issuer_with_american_dates_and_bare_numbers_is_understood() {
    let verified = judge(&changed(&[
        ("nbf", Value::Null),
        ("auth_time", Value::Null),
        ("birthdate", json!("01/15/1987")),
        ("gender", json!("Female")),
        ("phone_number", json!("608-555-1243")),
        ("phone_number_verified", Value::Null),
        ("email_verified", Value::Null),
        ("SSN", json!("678146132")),
    ]))
    .unwrap();
    let person = verified.demographics();
    assert_eq!(model::demographics::iso_date(person.birth_date), "1987-01-15");
    assert!(person.gender == Some(Gender::Female));
    assert_eq!(
        (verified.phone(), verified.email()),
        (Some("+16085551243"), Some("knixontestemail@epic.com"))
    );
    assert_eq!(codes(&verified), ["token.birthdate_format", "token.phone_format", "token.ssn"]);
}

#[test]
fn an_issuer_that_sends_unverified_contacts_is_not_believed_about_them() {
    let verified =
        judge(&changed(&[("email_verified", json!(false)), ("given_name", json!("DOG"))])).unwrap();
    assert_eq!((verified.email(), verified.phone()), (None, Some("+14694694321")), "G16");
    assert_eq!(verified.demographics().email, None);
    assert_eq!(codes(&verified), ["token.email_unverified"]);

    let neither = changed(&[("email_verified", json!(false)), ("phone_number_verified", json!(false))]);
    assert_eq!(judge(&neither).unwrap_err().code(), "token.contact");
}

#[test]
fn a_flag_that_is_no_boolean_counts_only_when_it_says_true() {
    for (flag, used) in
        [(json!("true"), true), (json!("false"), false), (json!(1), false), (json!("yes"), false)]
    {
        let verified = judge(&changed(&[("email_verified", flag.clone())])).unwrap();
        assert_eq!(verified.email().is_some(), used, "{flag}");
        assert_eq!(codes(&verified)[0], "token.verified_flag", "{flag}");
    }
}

#[test]
fn contacts_that_cannot_be_used_are_left_out() {
    let verified = judge(&changed(&[("phone_number", json!("555-1243"))])).unwrap();
    assert_eq!((verified.phone(), codes(&verified)), (None, vec!["token.phone_format"]));
    let verified = judge(&changed(&[("email", json!("a@b@c"))])).unwrap();
    assert_eq!((verified.email(), codes(&verified)), (None, vec!["token.email_format"]));
}

#[test]
fn the_state_may_stand_under_either_name() {
    let table = [
        (vec![("address.regionality", json!("TX"))], "TX", vec![]),
        (vec![("address.region", Value::Null), ("address.regionality", json!("TX"))], "TX", vec![]),
        (vec![("address.region", json!("Unknown")), ("address.regionality", json!("TX"))], "TX", vec![]),
        (vec![("address.region", json!("tx"))], "TX", vec!["token.region_format"]),
    ];
    for (changes, state, findings) in table {
        let verified = judge(&changed(&changes)).unwrap();
        assert_eq!(verified.demographics().address.state, state, "G1");
        assert_eq!(codes(&verified), findings);
    }
}

#[test]
fn countries_written_out_are_understood() {
    for (written, findings) in [("US", 0), ("USA", 1), ("usa", 1), ("United States", 1), ("us", 1)] {
        let verified = judge(&changed(&[("address.country", json!(written))])).unwrap();
        assert_eq!(verified.demographics().address.country, "US");
        assert_eq!(verified.findings().len(), findings, "{written}");
    }
    let islands =
        judge(&changed(&[("address.country", json!("PR")), ("address.region", json!("PR"))])).unwrap();
    assert_eq!(islands.demographics().address.country, "PR");
}

#[test]
fn former_addresses_come_in_several_shapes() {
    let former = |street: &str| {
        json!({"street_address": street, "locality": "Madison", "region": "WI", "postal_code": "53711-1234",
               "country": "USA", "formatted": "one\r\ntwo"})
    };
    let incomplete = json!({"street_address": "308 Oak St"});
    let table: [Shape<'_>; 7] = [
        ("one object", vec![("historical_address", former("1"))], &["1"], 0),
        ("an array", vec![("historical_address", json!([former("1"), former("2")]))], &["1", "2"], 0),
        ("the plural", vec![("historical_addresses", json!([former("3")]))], &["3"], 0),
        ("unknown", vec![("historical_address", json!("Unknown"))], &[], 0),
        ("none", vec![("historical_address", json!([]))], &[], 0),
        ("32", vec![("historical_address", json!(vec![former("x"); 32]))], &["x"; 32], 0),
        ("one incomplete", vec![("historical_address", json!([incomplete, former("1")]))], &["1"], 1),
    ];
    for (case, changes, streets, findings) in table {
        let verified = judge(&changed(&changes)).unwrap();
        let history = &verified.demographics().historical_addresses;
        assert_eq!(
            history.iter().map(|Address { street, .. }| street).collect::<Vec<_>>(),
            streets,
            "{case}"
        );
        assert!(history.iter().all(|address| address.country == "US"), "{case}");
        assert_eq!(verified.findings().len(), findings, "{case}");
    }
    let both = changed(&[
        ("historical_address", json!(vec![former("x"); 17])),
        ("historical_addresses", json!(vec![former("x"); 16])),
    ]);
    assert_eq!(judge(&both).unwrap_err().code(), "token.history", "33 together");
}

#[test]
fn the_lesser_names_are_read_when_they_say_something() {
    let middle = |name: Value, initial: Value| {
        let verified = judge(&changed(&[("middle_name", name), ("middle_initial", initial)])).unwrap();
        (verified.demographics().middle_name.clone(), verified.findings().len())
    };
    assert_eq!(middle(json!("Maria"), json!("M")), (Some("Maria".into()), 0));
    assert_eq!(middle(json!("Unknown"), json!("M.")), (Some("M".into()), 0));
    assert_eq!(middle(Value::Null, json!("Ma")), (None, 1));
    assert_eq!(middle(Value::Null, Value::Null), (None, 0));

    let verified = judge(&changed(&[("suffix", json!("Jr")), ("nickname", json!("Unknown"))])).unwrap();
    assert_eq!(verified.demographics().suffix.as_deref(), Some("Jr"));

    for (written, gender, findings) in [
        ("M", Some(Gender::Male), 0),
        ("male", Some(Gender::Male), 0),
        ("F", Some(Gender::Female), 0),
        ("other", Some(Gender::Other), 0),
        ("U", Some(Gender::Unknown), 0),
        ("Unknown", None, 0),
        ("9", None, 1),
    ] {
        let verified = judge(&changed(&[("gender", json!(written))])).unwrap();
        assert!(verified.demographics().gender == gender, "{written}");
        assert_eq!(verified.findings().len(), findings, "{written}");
    }
}
