//! V25: exactly our HCID, and nobody else's.

use openias_token::Rule;
use serde_json::{Value, json};

use crate::forge::{AUDIENCE, changed, codes, judge, of, refuses};

/// What it is, claims to change, findings.
type Shape<'t> = (&'t str, &'t [(&'t str, Value)], &'t [&'t str]);

#[test]
fn an_audience_is_a_string_or_a_short_list_of_strings() {
    refuses([
        ("V25 missing", "aud", json!(null), of(Rule::AudienceMissing)),
        ("V25 empty", "aud", json!(""), of(Rule::AudienceShape)),
        ("V25 no members", "aud", json!([]), of(Rule::AudienceShape)),
        ("V25 a number inside", "aud", json!([AUDIENCE, 1]), of(Rule::AudienceShape)),
        ("V25 nested", "aud", json!([[AUDIENCE]]), of(Rule::AudienceShape)),
        ("V25 an object", "aud", json!({"urn": AUDIENCE}), of(Rule::AudienceShape)),
        (
            "V25 nine members",
            "aud",
            json!([AUDIENCE, "1", "2", "3", "4", "5", "6", "7", "8"]),
            of(Rule::AudienceShape),
        ),
        ("V25 a member twice", "aud", json!([AUDIENCE, "a", "a"]), of(Rule::AudienceShape)),
        ("V25 an empty member", "aud", json!([AUDIENCE, ""]), of(Rule::AudienceShape)),
    ]);
}

#[test]
fn nobody_elses_hcid_will_do() {
    refuses([
        ("V25 the client alone", "aud", json!(["env_1.atoc_2"]), of(Rule::Audience)),
        ("V25 a trailing space", "aud", json!(format!("{AUDIENCE} ")), of(Rule::Audience)),
        ("V25 capitals", "aud", json!(AUDIENCE.to_uppercase()), of(Rule::Audience)),
        ("V25 without the scheme", "aud", json!("2.16.840.1.113883.3.7204.9"), of(Rule::AudienceBare)),
        ("V25 another's without the scheme", "aud", json!("2.16.840.1"), of(Rule::Audience)),
        ("V25 a leading zero", "aud", json!("urn:oid:2.16.840.1.113883.3.7204.09"), of(Rule::Audience)),
        ("V25 a longer arc", "aud", json!(format!("{AUDIENCE}0")), of(Rule::Audience)),
        ("V25 a child", "aud", json!(format!("{AUDIENCE}.1")), of(Rule::Audience)),
        ("V25 a parent", "aud", json!("urn:oid:2.16.840.1.113883.3.7204"), of(Rule::Audience)),
        ("V25 a second HCID", "aud", json!([AUDIENCE, "urn:oid:2.16.840.1"]), of(Rule::ForeignAudience)),
        (
            "V25 a second HCID in capitals",
            "aud",
            json!([AUDIENCE, "URN:OID:2.16.840.1"]),
            of(Rule::ForeignAudience),
        ),
        (
            "V25 a second HCID without scheme",
            "aud",
            json!([AUDIENCE, "2.16.840.1"]),
            of(Rule::ForeignAudience),
        ),
        (
            "V25 ours with a space, too",
            "aud",
            json!([AUDIENCE, format!(" {AUDIENCE}")]),
            of(Rule::ForeignAudience),
        ),
    ]);
}

#[test]
fn the_three_real_shapes_are_accepted() {
    let client = "env_1.atoc_2";
    let table: [Shape<'_>; 5] = [
        ("a string", &[("aud", json!(AUDIENCE))], &[]),
        ("an array of one", &[("aud", json!([AUDIENCE]))], &[]),
        ("client and HCID", &[("aud", json!([client, AUDIENCE])), ("azp", json!(client))], &[]),
        ("client without azp", &[("aud", json!([client, AUDIENCE]))], &["token.audience_other"]),
        (
            "another azp",
            &[("aud", json!([client, AUDIENCE])), ("azp", json!("other"))],
            &["token.audience_other", "token.azp"],
        ),
    ];
    for (case, changes, findings) in table {
        assert_eq!(codes(&judge(&changed(changes)).unwrap()), findings, "G11 {case}");
    }
}
