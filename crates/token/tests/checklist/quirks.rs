//! What real issuers write, and what becomes of it.

use model::{Address, Gender, Ssn};
use openias_token::{Grade, Policy, Rule, Verified};
use serde_json::{Value, json};

use crate::forge::{at, changed, codes, judge, judge_under, of};

/// What it is, claims to change, streets read, findings.
type Shape<'t> = (&'t str, Vec<(&'t str, Value)>, &'t [&'t str], &'t [&'t str]);

fn phone(verified: &Verified) -> Option<&str> {
    verified.demographics().phone.as_deref()
}

#[test]
fn an_issuer_with_american_dates_and_bare_numbers_is_understood() {
    let claims = changed(&[
        ("nbf", Value::Null),
        ("auth_time", Value::Null),
        ("birthdate", json!("01/15/1987")),
        ("gender", json!("Female")),
        ("phone_number", json!("608-555-1243")),
        ("phone_number_verified", Value::Null),
        ("email_verified", Value::Null),
        ("SSN", json!("678146132")),
    ]);
    assert_eq!(judge(&claims).err(), Some(of(Rule::BirthdateFormat)), "unless it is known for its dates");
    let quirks = [Rule::BirthdateFormat, Rule::NotBeforeMissing, Rule::GenderSpelling, Rule::SsnPresent];
    let verified = judge_under(Policy { quirks: &quirks, ..Policy::default() }, &claims).unwrap();
    let person = verified.demographics();
    assert_eq!(model::demographics::iso_date(person.birth_date), "1987-01-15");
    assert!(person.gender == Some(Gender::Female));
    assert_eq!(
        (phone(&verified), verified.email()),
        (Some("+16085551243"), Some("knixontestemail@epic.com"))
    );
    assert!(person.ssn == Ssn::parse("678-14-6132"));
    let graded: Vec<_> =
        verified.findings().iter().map(|finding| (finding.grade, finding.breach.rule)).collect();
    assert_eq!(
        graded,
        [
            (Grade::Note, Rule::NotBeforeMissing),
            (Grade::Warning, Rule::AuthTimeMissing),
            (Grade::Warning, Rule::BirthdateFormat),
            (Grade::Warning, Rule::PhoneSpelling),
        ]
    );
}

#[test]
fn an_issuer_that_sends_unverified_contacts_is_not_believed_about_them() {
    let verified =
        judge(&changed(&[("email_verified", json!(false)), ("given_name", json!("DOG"))])).unwrap();
    assert_eq!((verified.email(), phone(&verified)), (None, Some("+14694694321")), "G16");
    assert_eq!(verified.demographics().email, None);
    assert_eq!(
        verified.claimed_email(),
        Some("knixontestemail@epic.com"),
        "for rules that must not fail open"
    );
    let remarks: Vec<_> = verified.findings().iter().map(|finding| finding.breach).collect();
    assert_eq!(remarks, [at(Rule::NameCapitals, "given_name"), at(Rule::ContactUnverified, "email")]);

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
    for (name, written) in [("phone_number", "555-1243"), ("email", "a@b@c")] {
        let verified = judge(&changed(&[(name, json!(written))])).unwrap();
        assert_eq!(
            (verified.email().is_some(), phone(&verified).is_some()),
            (name != "email", name == "email")
        );
        let remarks: Vec<_> = verified.findings().iter().map(|finding| finding.breach).collect();
        assert_eq!(remarks, [at(Rule::ContactFormat, name)]);
    }
}

#[test]
fn the_state_may_stand_under_either_name() {
    let table = [
        (vec![("address.regionality", json!("TX"))], "TX", vec![]),
        (vec![("address.region", Value::Null), ("address.regionality", json!("TX"))], "TX", vec![]),
        (vec![("address.region", json!("Unknown")), ("address.regionality", json!("TX"))], "TX", vec![]),
        (vec![("address.region", json!("tx")), ("address.regionality", json!("TX"))], "TX", vec![]),
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
    let (one, many) = ("historical_address", "historical_addresses");
    let seventeen = (one, json!(vec![former("x"); 17]));
    let table: [Shape<'_>; 14] = [
        ("one object", vec![(one, former("1"))], &["1"], &[]),
        ("an array", vec![(one, json!([former("1"), former("2")]))], &["1", "2"], &[]),
        ("the plural", vec![(many, json!([former("3")]))], &["3"], &["token.alias"]),
        ("CMS", vec![("address_historical", former("4"))], &["4"], &["token.alias"]),
        ("both", vec![(one, former("1")), (many, former("3"))], &["1", "3"], &["token.alias"]),
        ("unknown", vec![(one, json!("Unknown"))], &[], &[]),
        ("unknown, yet known", vec![(one, json!("Unknown")), (many, former("3"))], &["3"], &["token.alias"]),
        ("none", vec![(one, json!([]))], &[], &[]),
        ("32", vec![(one, json!(vec![former("x"); 32]))], &["x"; 32], &[]),
        ("one incomplete", vec![(one, json!([incomplete, former("1")]))], &["1"], &["token.history_entry"]),
        ("V37 33", vec![(one, json!(vec![former("x"); 33]))], &[], &["token.history"]),
        (
            "V37 33 together",
            vec![seventeen, (many, json!(vec![former("x"); 16]))],
            &[],
            &["token.alias", "token.history"],
        ),
        ("V37 text", vec![(one, json!("12 Oak St"))], &[], &["token.history"]),
        ("V37 a number", vec![(one, json!(7))], &[], &["token.history"]),
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
        assert_eq!(codes(&verified), findings, "{case}");
    }
}

#[test]
fn a_social_security_number_is_one_number_however_it_is_written() {
    let (whole, short) = ("SSN", "SSN_Last_four_digits");
    let (nine, four) = (Ssn::parse("123456789"), Ssn::from_last_four("6789"));
    let (plain, aliased) = (vec!["token.ssn"], vec!["token.ssn", "token.alias"]);
    let wrong = vec!["token.ssn", "token.ssn_format"];
    let table = [
        (vec![(whole, json!("123-45-6789"))], &nine, &plain),
        (vec![(whole, json!("123456789")), (short, json!("6789"))], &nine, &plain),
        (vec![("ssn", json!("123456789"))], &nine, &aliased),
        (vec![("ssn9", json!("123456789"))], &nine, &aliased),
        (vec![("ssn_itin", json!("123456789"))], &nine, &aliased),
        (vec![("social_security_number", json!("123456789"))], &nine, &aliased),
        (vec![("social", json!("123-45-6789"))], &nine, &aliased),
        (vec![(short, json!("6789"))], &four, &plain),
        (vec![("ssn4", json!("6789"))], &four, &aliased),
        (vec![("ssn_itin_short", json!("6789"))], &four, &aliased),
        (vec![("ssn_last_four_digits", json!("6789"))], &four, &aliased),
        (vec![(whole, json!("123-45-678")), (short, json!("6789"))], &four, &wrong),
        (vec![(whole, json!("123-45-6789")), (short, json!("6780"))], &None, &wrong),
        (vec![(whole, json!("000-00-0000")), (short, json!("0000"))], &None, &wrong),
        (vec![(whole, json!(123_456_789))], &None, &wrong),
        (vec![(whole, json!("Unknown")), (short, json!(""))], &None, &vec![]),
    ];
    for (changes, number, findings) in table {
        let verified = judge(&changed(&changes)).unwrap();
        assert!(verified.demographics().ssn == *number, "G2 {changes:?}");
        assert_eq!(codes(&verified), *findings, "G2 {changes:?}");
    }
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
        ("M", Some(Gender::Male), vec!["token.gender_spelling"]),
        ("male", Some(Gender::Male), vec![]),
        ("F", Some(Gender::Female), vec!["token.gender_spelling"]),
        ("Female", Some(Gender::Female), vec!["token.gender_spelling"]),
        ("other", Some(Gender::Other), vec![]),
        ("U", Some(Gender::Unknown), vec!["token.gender_spelling"]),
        ("Unknown", None, vec![]),
        ("9", None, vec!["token.gender"]),
    ] {
        let verified = judge(&changed(&[("gender", json!(written))])).unwrap();
        assert!(verified.demographics().gender == gender, "{written}");
        assert_eq!(codes(&verified), findings, "{written}");
    }
}
