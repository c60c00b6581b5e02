//! V36 to V38: people as attackers write them.

use openias_token::Rule;
use serde_json::{Value, json};

use crate::forge::{AUDIENCE, at, changed, codes, judge, of, refuses};

#[test]
fn names_are_short_plain_text() {
    for name in ["given_name", "family_name"] {
        refuses([
            ("V36", name, Value::Null, at(Rule::Missing, name)),
            ("V36", name, json!(""), at(Rule::Missing, name)),
            ("V36", name, json!("  "), at(Rule::Missing, name)),
            ("V36", name, json!("Unknown"), at(Rule::Missing, name)),
            ("V36", name, json!("uNKNOWN"), at(Rule::Missing, name)),
            ("V36", name, json!(["Camila"]), at(Rule::NotText, name)),
            ("V36", name, json!(7), at(Rule::NotText, name)),
            ("V36", name, json!("x".repeat(257)), at(Rule::TooLong, name)),
            ("V36", name, json!("a\u{202e}b"), at(Rule::Unprintable, name)),
            ("V36", name, json!("a\u{2066}b"), at(Rule::Unprintable, name)),
            ("V36", name, json!("a\u{200f}b"), at(Rule::Unprintable, name)),
            ("V36", name, json!("a\tb"), at(Rule::Unprintable, name)),
            ("V36", name, json!("a\nb"), at(Rule::Unprintable, name)),
            ("V36", name, json!("a\u{7f}b"), at(Rule::Unprintable, name)),
            ("V36", name, json!("a\u{85}b"), at(Rule::Unprintable, name)),
            ("V36", name, json!("a\u{2028}b"), at(Rule::Unprintable, name)),
        ]);
    }
    let huge = judge(&changed(&[("given_name", json!("x".repeat(1 << 20)))]));
    assert_eq!(huge.unwrap_err().code(), "jws.size", "V36 a megabyte");
}

/// Texts of which nothing can be seen.
const INVISIBLE: [&str; 8] = [
    "\u{200b}",
    "\u{3164}",
    "\u{2060}",
    "\u{feff}",
    "\u{2800}",
    "\u{ad}\u{ad}",
    "\u{e0041}",
    "\u{a0}\u{200b} ",
];

#[test]
fn what_cannot_be_seen_says_nothing() {
    for nothing in INVISIBLE {
        refuses([
            ("V36", "given_name", json!(nothing), at(Rule::Missing, "given_name")),
            ("V36", "family_name", json!(nothing), at(Rule::Missing, "family_name")),
            ("V37", "address.street_address", json!(nothing), at(Rule::Missing, "street_address")),
            ("V37", "address.locality", json!(nothing), at(Rule::Missing, "locality")),
            ("V36", "given_name", json!(format!("Cam{nothing}ila")), at(Rule::Unprintable, "given_name")),
            (
                "V36",
                "email",
                json!(format!("knixontestemail@epic.com{nothing}")),
                at(Rule::Unprintable, "email"),
            ),
            (
                "V36",
                "phone_number",
                json!(format!("{nothing}+14694694321")),
                at(Rule::Unprintable, "phone_number"),
            ),
            ("V25", "aud", json!([AUDIENCE, format!("{nothing}{AUDIENCE}")]), at(Rule::Unprintable, "aud")),
            ("V25", "azp", json!(format!("env_1{nothing}")), at(Rule::Unprintable, "azp")),
            ("V28", "jti", json!(format!("0ef0850f{nothing}")), at(Rule::Unprintable, "jti")),
        ]);
    }
    refuses([
        ("V36", "given_name", json!("Cam\u{200c}ila"), at(Rule::Unprintable, "given_name")),
        ("V36", "given_name", json!("علی\u{200c}"), at(Rule::Unprintable, "given_name")),
    ]);
}

#[test]
fn a_name_has_a_letter() {
    for name in ["-", "...", "7", "😀", "´", "\u{301}"] {
        refuses([("V36", "given_name", json!(name), at(Rule::Missing, "given_name"))]);
    }
}

#[test]
fn names_keep_their_letters_and_their_case() {
    let longest = "é".repeat(256);
    let table = [
        ("<script>alert(1)</script>", "<script>alert(1)</script>", None),
        ("D'Lopez-Šin", "D'Lopez-Šin", None),
        (&longest, &longest, None),
        ("ſ\u{17f}", "ſ\u{17f}", None),
        ("JR", "JR", None),
        ("CAMILA MARÍA", "CAMILA MARÍA", Some(Rule::NameCapitals)),
        ("  Dog   Ann ", "Dog Ann", Some(Rule::NameSpacing)),
        ("ƀ", "ƀ", Some(Rule::NameScript)),
        ("علی\u{200c}پور", "علی\u{200c}پور", Some(Rule::NameScript)),
        ("李", "李", Some(Rule::NameScript)),
    ];
    for (written, read, rule) in table {
        let verified = judge(&changed(&[("family_name", json!(written))])).unwrap();
        assert_eq!(verified.demographics().family_name, read, "V36");
        let remarks: Vec<_> = verified.findings().iter().map(|finding| finding.breach).collect();
        let expected: Vec<_> = rule.map(|rule| at(rule, "family_name")).into_iter().collect();
        assert_eq!(remarks, expected, "V36 and G15 {written}");
    }
    let both = changed(&[("given_name", json!("CAMILA")), ("family_name", json!("LOPEZ"))]);
    assert_eq!(codes(&judge(&both).unwrap()), ["token.name_capitals"; 2], "each name says so for itself");
}

#[test]
fn an_address_is_one_complete_us_address() {
    refuses([
        ("V37", "address", Value::Null, at(Rule::Missing, "address")),
        ("V37", "address", json!("Unknown"), at(Rule::Missing, "address")),
        ("V37", "address", json!("742 Evergreen Terrace"), of(Rule::Address)),
        ("V37", "address", json!([{"region": "TX"}]), of(Rule::Address)),
        ("V37", "address", json!({}), at(Rule::Missing, "street_address")),
        ("V37", "address.street_address", Value::Null, at(Rule::Missing, "street_address")),
        ("V37", "address.street_address", json!("Unknown"), at(Rule::Missing, "street_address")),
        ("V37", "address.locality", Value::Null, at(Rule::Missing, "locality")),
        ("V37", "address.region", Value::Null, at(Rule::Missing, "region")),
        ("V37", "address.postal_code", Value::Null, at(Rule::Missing, "postal_code")),
        ("V37", "address.country", Value::Null, at(Rule::Missing, "country")),
        ("V37", "address.regionality", json!("CA"), of(Rule::RegionConflict)),
        ("V37", "address.region", json!("Texas"), of(Rule::Region)),
        ("V37", "address.region", json!("T1"), of(Rule::Region)),
        ("V37", "address.region", json!("é"), of(Rule::Region)),
        ("V37", "address.postal_code", json!("7504"), of(Rule::PostalCode)),
        ("V37", "address.postal_code", json!("750431234"), of(Rule::PostalCode)),
        ("V37", "address.postal_code", json!("75043-123"), of(Rule::PostalCode)),
        ("V37", "address.postal_code", json!("75043-1234-1"), of(Rule::PostalCode)),
        ("V37", "address.postal_code", json!("７5043"), of(Rule::PostalCode)),
        ("V37", "address.postal_code", json!(75043), at(Rule::NotText, "postal_code")),
        ("V37", "address.country", json!("Utopia"), of(Rule::Country)),
        ("V37", "address.street_address", json!("a\u{202e}b"), at(Rule::Unprintable, "street_address")),
        ("V37", "address.street_address", json!("x".repeat(257)), at(Rule::TooLong, "street_address")),
        ("V37", "address.formatted", json!(["x"]), at(Rule::NotText, "formatted")),
        ("V37", "address.formatted", json!("a\u{202e}b"), at(Rule::Unprintable, "formatted")),
        ("V37", "address.formatted", json!("x".repeat(2049)), at(Rule::TooLong, "formatted")),
    ]);
}

#[test]
fn a_birthdate_is_a_full_date_of_somebody_alive() {
    // The judge looks on 20 January 2026.
    refuses([
        ("V38", "birthdate", Value::Null, at(Rule::Missing, "birthdate")),
        ("V38", "birthdate", json!("Unknown"), at(Rule::Missing, "birthdate")),
        ("V38", "birthdate", json!("2023-02-29"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("0000-01-01"), of(Rule::BirthdateRange)),
        ("V38", "birthdate", json!("1987"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("1987-09"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("1987-9-1"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("19870912"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("1987-09-12T00:00:00Z"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("13/01/1987"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("02/29/2023"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("1/15/1987"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("01/15/87"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!("01/15/1987/1"), of(Rule::Birthdate)),
        ("V38", "birthdate", json!(558_403_200), at(Rule::NotText, "birthdate")),
        ("V38", "birthdate", json!("01/15/1987"), of(Rule::BirthdateFormat)),
        ("V38", "birthdate", json!("1879-12-31"), of(Rule::BirthdateRange)),
        ("V38", "birthdate", json!("2026-01-21"), of(Rule::BirthdateRange)),
    ]);
    for born in ["1880-01-01", "2024-02-29", "2026-01-20"] {
        assert!(judge(&changed(&[("birthdate", json!(born))])).is_ok(), "V38 {born}");
    }
}

#[test]
fn somebody_who_cannot_be_reached_is_not_proofed() {
    let gone = |email: Value, phone: Value| judge(&changed(&[("email", email), ("phone_number", phone)]));
    assert_eq!(gone(Value::Null, Value::Null).err(), Some(of(Rule::Contact)));
    assert_eq!(gone(json!("Unknown"), json!("")).err(), Some(of(Rule::Contact)));
    assert_eq!(gone(json!("not-an-address"), json!("12345")).err(), Some(of(Rule::Contact)));
    assert!(gone(json!("ahackett@gmail.com"), Value::Null).is_ok());
    assert!(gone(Value::Null, json!("+16085551243")).is_ok());
    refuses([
        ("G3", "email", json!({"ciphertext": "x"}), at(Rule::NotText, "email")),
        ("V36", "phone_number", json!(6_085_551_243_u64), at(Rule::NotText, "phone_number")),
        ("V36", "middle_name", json!(["M"]), at(Rule::NotText, "middle_name")),
        ("V36", "suffix", json!("Jr\u{202e}"), at(Rule::Unprintable, "suffix")),
    ]);
}

#[test]
fn a_reject_says_nothing_about_the_person() {
    let claims = changed(&[("given_name", json!("Camila\u{202e}Lopez")), ("email", json!("x"))]);
    let reject = judge(&claims).unwrap_err();
    let said = format!("{reject} {reject:?} {}", reject.code());
    assert!(!said.contains("Camila") && !said.contains("Lopez") && said.contains("given_name"), "{said}");
}
