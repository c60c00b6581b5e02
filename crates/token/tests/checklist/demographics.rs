//! V36 to V38: people as attackers write them.

use openias_token::Reject;
use serde_json::{Value, json};

use crate::forge::{changed, codes, judge, refuses};

#[test]
fn names_are_short_plain_text() {
    for name in ["given_name", "family_name"] {
        refuses([
            ("V36", name, Value::Null, Reject::Missing(name)),
            ("V36", name, json!(""), Reject::Missing(name)),
            ("V36", name, json!("  "), Reject::Missing(name)),
            ("V36", name, json!("Unknown"), Reject::Missing(name)),
            ("V36", name, json!("uNKNOWN"), Reject::Missing(name)),
            ("V36", name, json!(["Camila"]), Reject::NotText(name)),
            ("V36", name, json!(7), Reject::NotText(name)),
            ("V36", name, json!("x".repeat(257)), Reject::TooLong(name)),
            ("V36", name, json!("a\u{202e}b"), Reject::Unprintable(name)),
            ("V36", name, json!("a\u{2066}b"), Reject::Unprintable(name)),
            ("V36", name, json!("a\u{200f}b"), Reject::Unprintable(name)),
            ("V36", name, json!("a\tb"), Reject::Unprintable(name)),
            ("V36", name, json!("a\nb"), Reject::Unprintable(name)),
            ("V36", name, json!("a\u{7f}b"), Reject::Unprintable(name)),
            ("V36", name, json!("a\u{85}b"), Reject::Unprintable(name)),
            ("V36", name, json!("a\u{2028}b"), Reject::Unprintable(name)),
        ]);
    }
    let huge = judge(&changed(&[("given_name", json!("x".repeat(1 << 20)))]));
    assert_eq!(huge.unwrap_err().code(), "jws.size", "V36 a megabyte");
}

#[test]
fn names_are_kept_as_written() {
    for name in ["<script>alert(1)</script>", "D'Lopez-Šin", "CAMILA MARÍA", "  Dog ", &"é".repeat(256)] {
        let verified = judge(&changed(&[("given_name", json!(name))])).unwrap();
        assert_eq!(verified.demographics().given_name, name, "V36");
        assert!(verified.findings().is_empty());
    }
    let verified = judge(&changed(&[("family_name", json!("😀"))])).unwrap();
    assert_eq!(codes(&verified), ["token.name_script"], "V36 and G15");
}

#[test]
fn an_address_is_one_complete_us_address() {
    let many = json!(vec![json!({}); 500]);
    refuses([
        ("V37", "address", Value::Null, Reject::Missing("address")),
        ("V37", "address", json!("Unknown"), Reject::Missing("address")),
        ("V37", "address", json!("742 Evergreen Terrace"), Reject::Address),
        ("V37", "address", json!([{"region": "TX"}]), Reject::Address),
        ("V37", "address", json!({}), Reject::Missing("street_address")),
        ("V37", "address.street_address", Value::Null, Reject::Missing("street_address")),
        ("V37", "address.street_address", json!("Unknown"), Reject::Missing("street_address")),
        ("V37", "address.locality", Value::Null, Reject::Missing("locality")),
        ("V37", "address.region", Value::Null, Reject::Missing("region")),
        ("V37", "address.postal_code", Value::Null, Reject::Missing("postal_code")),
        ("V37", "address.country", Value::Null, Reject::Missing("country")),
        ("V37", "address.regionality", json!("CA"), Reject::RegionConflict),
        ("V37", "address.region", json!("Texas"), Reject::Region),
        ("V37", "address.region", json!("T1"), Reject::Region),
        ("V37", "address.region", json!("é"), Reject::Region),
        ("V37", "address.postal_code", json!("7504"), Reject::PostalCode),
        ("V37", "address.postal_code", json!("750431234"), Reject::PostalCode),
        ("V37", "address.postal_code", json!("75043-123"), Reject::PostalCode),
        ("V37", "address.postal_code", json!("75043-1234-1"), Reject::PostalCode),
        ("V37", "address.postal_code", json!("７5043"), Reject::PostalCode),
        ("V37", "address.postal_code", json!(75043), Reject::NotText("postal_code")),
        ("V37", "address.country", json!("Utopia"), Reject::Country),
        ("V37", "address.street_address", json!("a\u{202e}b"), Reject::Unprintable("street_address")),
        ("V37", "address.street_address", json!("x".repeat(257)), Reject::TooLong("street_address")),
        ("V37", "address.formatted", json!(["x"]), Reject::NotText("formatted")),
        ("V37", "address.formatted", json!("a\u{202e}b"), Reject::Unprintable("formatted")),
        ("V37", "address.formatted", json!("x".repeat(2049)), Reject::TooLong("formatted")),
        ("V37", "historical_address", many, Reject::History),
        ("V37", "historical_address", json!("12 Oak St"), Reject::History),
        ("V37", "historical_address", json!(7), Reject::History),
    ]);
}

#[test]
fn a_birthdate_is_a_full_date_of_somebody_alive() {
    // The judge looks on 20 January 2026.
    refuses([
        ("V38", "birthdate", Value::Null, Reject::Missing("birthdate")),
        ("V38", "birthdate", json!("Unknown"), Reject::Missing("birthdate")),
        ("V38", "birthdate", json!("2023-02-29"), Reject::Birthdate),
        ("V38", "birthdate", json!("0000-01-01"), Reject::BirthdateRange),
        ("V38", "birthdate", json!("1987"), Reject::Birthdate),
        ("V38", "birthdate", json!("1987-09"), Reject::Birthdate),
        ("V38", "birthdate", json!("1987-9-1"), Reject::Birthdate),
        ("V38", "birthdate", json!("19870912"), Reject::Birthdate),
        ("V38", "birthdate", json!("1987-09-12T00:00:00Z"), Reject::Birthdate),
        ("V38", "birthdate", json!("13/01/1987"), Reject::Birthdate),
        ("V38", "birthdate", json!("02/29/2023"), Reject::Birthdate),
        ("V38", "birthdate", json!("1/15/1987"), Reject::Birthdate),
        ("V38", "birthdate", json!("01/15/87"), Reject::Birthdate),
        ("V38", "birthdate", json!("01/15/1987/1"), Reject::Birthdate),
        ("V38", "birthdate", json!(558_403_200), Reject::NotText("birthdate")),
        ("V38", "birthdate", json!("1879-12-31"), Reject::BirthdateRange),
        ("V38", "birthdate", json!("2026-01-21"), Reject::BirthdateRange),
    ]);
    for born in ["1880-01-01", "2024-02-29", "2026-01-20"] {
        assert!(judge(&changed(&[("birthdate", json!(born))])).is_ok(), "V38 {born}");
    }
}

#[test]
fn somebody_who_cannot_be_reached_is_not_proofed() {
    let gone = |email: Value, phone: Value| judge(&changed(&[("email", email), ("phone_number", phone)]));
    assert_eq!(gone(Value::Null, Value::Null).err(), Some(Reject::Contact));
    assert_eq!(gone(json!("Unknown"), json!("")).err(), Some(Reject::Contact));
    assert_eq!(gone(json!("not-an-address"), json!("12345")).err(), Some(Reject::Contact));
    assert!(gone(json!("ahackett@gmail.com"), Value::Null).is_ok());
    assert!(gone(Value::Null, json!("+16085551243")).is_ok());
    refuses([
        ("G3", "email", json!({"ciphertext": "x"}), Reject::NotText("email")),
        ("V36", "phone_number", json!(6_085_551_243_u64), Reject::NotText("phone_number")),
        ("V36", "middle_name", json!(["M"]), Reject::NotText("middle_name")),
        ("V36", "suffix", json!("Jr\u{202e}"), Reject::Unprintable("suffix")),
    ]);
}

#[test]
fn a_reject_says_nothing_about_the_person() {
    let claims = changed(&[("given_name", json!("Camila\u{202e}Lopez")), ("email", json!("x"))]);
    let reject = judge(&claims).unwrap_err();
    let said = format!("{reject} {reject:?} {}", reject.code());
    assert!(!said.contains("Camila") && !said.contains("Lopez") && said.contains("given_name"), "{said}");
}
