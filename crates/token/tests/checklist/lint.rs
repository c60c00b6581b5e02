//! What is said of any text: for every profile at once, and nothing of the person unless it is asked for.

use std::collections::BTreeSet;

use fuzzing::Mint;
use fuzzing::shapes::SHAPES;
use jose::Algorithm;
use model::synthetic;
use openias_token::lint::{Signature, Verdict, claimed_issuer};
use openias_token::{Expectations, Finding, Grade, Policy, Report, Rule, TokenProfile, lint};
use serde_json::{Value, json};

use crate::forge::{FORGE, ISSUER, NOW, RS256, STRANGER, at, base, changed, hcid, of};

/// Under the default policy, for the expected organisation.
fn look(text: &str, forge: Option<&Mint>) -> Report {
    lint(text, forge.map(|forge| &forge.keys), Some(&hcid()), &Expectations::new(ISSUER, RS256, NOW))
}

fn verdicts(report: &Report) -> Vec<Verdict> {
    report.judgements.iter().map(|judgement| judgement.verdict).collect()
}

/// What each profile remarks on.
fn remarks(report: &Report) -> Vec<Vec<(Grade, Rule)>> {
    let grades = |findings: &[Finding]| findings.iter().map(|it| (it.grade, it.breach.rule)).collect();
    report.judgements.iter().map(|judgement| grades(&judgement.findings)).collect()
}

#[test]
fn the_profiles_stand_side_by_side() {
    let report = look(&FORGE.token(base().to_string()), Some(&FORGE));
    assert_eq!((report.signature, report.profile), (Signature::Good, TokenProfile::Tefca2));
    let profiles: Vec<_> = report.judgements.iter().map(|judgement| judgement.profile).collect();
    assert_eq!(profiles, TokenProfile::ALL);
    let stale = Verdict::Refused(at(Rule::NotFresh, "auth_time"));
    assert_eq!(verdicts(&report), [Verdict::Accepted, Verdict::Accepted, stale]);
    assert_eq!(report.verdict(), Verdict::Accepted);
    assert_eq!(
        remarks(&report),
        [
            vec![],
            vec![(Grade::Warning, Rule::Version), (Grade::Note, Rule::RegionName)],
            vec![
                (Grade::Error, Rule::NotFresh),
                (Grade::Error, Rule::NotFresh),
                (Grade::Error, Rule::AssuranceLevel)
            ],
        ]
    );
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_the_gravest_first() {
    let claims = changed(&[
        ("nbf", Value::Null),
        ("exp", json!(1)),
        ("given_name", json!("CAMILA")),
        ("birthdate", json!("1987")),
        ("address.postal_code", json!("7504")),
        ("address.country", json!("Utopia")),
    ]);
    let report = look(&FORGE.token(claims.to_string()), Some(&FORGE));
    assert_eq!(
        remarks(&report)[0],
        [
            (Grade::Error, Rule::Expired),
            (Grade::Error, Rule::ExpiresBeforeIssued),
            (Grade::Error, Rule::Birthdate),
            (Grade::Error, Rule::PostalCode),
            (Grade::Error, Rule::Country),
            (Grade::Warning, Rule::NotBeforeMissing),
            (Grade::Note, Rule::NameCapitals),
        ]
    );
    assert_eq!(report.verdict(), Verdict::Refused(of(Rule::Expired)), "the one that verify() names");
}

#[test]
fn without_the_right_keys_nobody_is_accepted() {
    let token = FORGE.token(base().to_string());
    let (input, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{input}.{}", "A".repeat(342));
    let nameless = FORGE.token(changed(&[("given_name", Value::Null)]).to_string());
    let missing = at(Rule::Missing, "given_name");
    let table = [
        (&token, None, Signature::NotChecked, Verdict::NotJudged),
        (&nameless, None, Signature::NotChecked, Verdict::Refused(missing)),
        (&nameless, Some(&*FORGE), Signature::Good, Verdict::Refused(missing)),
        (&token, Some(&*STRANGER), bad(Rule::JwsUnknownKey), refused(Rule::JwsUnknownKey)),
        (&forged, Some(&*FORGE), bad(Rule::JwsSignature), refused(Rule::JwsSignature)),
        (&nameless, Some(&*STRANGER), bad(Rule::JwsUnknownKey), refused(Rule::JwsUnknownKey)),
    ];
    for (token, keys, signature, verdict) in table {
        let report = look(token, keys);
        assert_eq!((report.signature, report.verdict()), (signature, verdict));
        assert!(!report.claims.is_empty(), "what it says is shown all the same");
    }
    let both = &remarks(&look(&nameless, Some(&STRANGER)))[0];
    assert_eq!(*both, [(Grade::Error, Rule::JwsUnknownKey), (Grade::Error, Rule::Missing)]);
}

fn bad(rule: Rule) -> Signature {
    Signature::Bad(rule.into())
}

fn refused(rule: Rule) -> Verdict {
    Verdict::Refused(rule.into())
}

#[test]
fn what_the_header_may_not_say_needs_no_keys() {
    let payload = base().to_string();
    let elliptic = Expectations { algorithms: &[Algorithm::Es256], ..Expectations::new(ISSUER, RS256, NOW) };
    let report = lint(&FORGE.token(&payload), None, Some(&hcid()), &elliptic);
    assert_eq!(report.verdict(), refused(Rule::JwsAlgorithm));
    for (header, rule) in [
        (json!({"alg": "RS256", "typ": "JWT"}), Rule::JwsNoKeyId),
        (json!({"alg": "none", "typ": "JWT", "kid": "1"}), Rule::JwsAlgorithm),
        (json!({"alg": "RS256", "typ": "JWT", "kid": "1", "jku": "https://other.example"}), Rule::JwsJku),
        (json!({"typ": "JWT", "kid": "1"}), Rule::JwsNoAlgorithm),
    ] {
        let report = look(&written(&header.to_string(), &payload), None);
        assert_eq!(report.verdict(), refused(rule));
        assert_eq!(remarks(&report)[0], [(Grade::Error, rule)], "its type is there");
    }
    let unreadable = look(&written("[]", &payload), None);
    assert_eq!(remarks(&unreadable)[0], [(Grade::Error, Rule::JwsHeader)], "nobody knows its type");
    let untyped = look(&FORGE.with_header("", &payload), Some(&FORGE));
    assert_eq!(remarks(&untyped)[0], [(Grade::Warning, Rule::TypeMissing)]);
}

#[test]
fn what_has_no_signature_by_its_algorithm_is_told_so() {
    let payload = base().to_string();
    let unsigned = |header: Value| {
        let token = written(&header.to_string(), &payload);
        format!("{}.", token.rsplit_once('.').unwrap().0)
    };
    let none = unsigned(json!({"alg": "none", "typ": "JWT", "kid": "1"}));
    let cut = unsigned(json!({"alg": "RS256", "typ": "JWT", "kid": "1"}));
    assert_eq!(look(&none, Some(&FORGE)).verdict(), refused(Rule::JwsAlgorithm));
    assert_eq!(look(&cut, Some(&FORGE)).verdict(), refused(Rule::JwsSegments));
    assert_eq!(look(none.trim_end_matches('.'), None).verdict(), refused(Rule::JwsSegments));
    // What is wrong with the outer form hides nobody's name, and makes nobody's name wrong.
    let symmetric = written(&json!({"alg": "HS256", "kid": "1"}).to_string(), &payload);
    for text in [&none, &cut, &symmetric] {
        assert_eq!(claimed_issuer(text).as_deref(), Some(ISSUER));
        assert!(!remarks(&look(text, Some(&FORGE)))[0].contains(&(Grade::Error, Rule::Issuer)));
    }
}

#[test]
fn times_are_told_in_words_where_they_are_times() {
    let claims = changed(&[
        ("exp", json!(1_718_237_311)),
        ("iat", json!("1718237311")),
        ("nbf", json!(1_718_237_311_000_i64)),
        ("auth_time", json!(-1)),
    ]);
    let report = look(&FORGE.token(claims.to_string()), None);
    let times: Vec<_> = report
        .claims
        .iter()
        .filter_map(|(name, shown)| Some((name.as_str(), shown.moment()?.rfc3339())))
        .collect();
    assert_eq!(times, [("exp", "2024-06-13T00:08:31Z".to_owned())]);
}

/// Three segments, the last of them no signature.
fn written(header: &str, payload: &str) -> String {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", encode(header), encode(payload), encode("signature"))
}

#[test]
fn an_absent_audience_is_not_held_against_a_token() {
    let expected = Expectations::new(ISSUER, RS256, NOW);
    let anybodys = |aud: Value| {
        let token = FORGE.token(changed(&[("aud", aud)]).to_string());
        lint(&token, Some(&FORGE.keys), None, &expected).verdict()
    };
    assert_eq!(anybodys(json!("urn:oid:2.16.840.1")), Verdict::Accepted);
    assert_eq!(anybodys(json!("https://app.example")), Verdict::Accepted);
    assert_eq!(anybodys(json!(["2.16.840.1", "https://app.example"])), refused(Rule::AudienceBare));
    assert_eq!(anybodys(json!(["urn:oid:2.16.840.1", "urn:oid:2.16.840.2"])), refused(Rule::ForeignAudience));
    assert_eq!(anybodys(json!([])), refused(Rule::AudienceShape));
    assert_eq!(anybodys(Value::Null), refused(Rule::AudienceMissing));
}

#[test]
fn the_policy_counts_here_as_it_counts_there() {
    let token = FORGE.token(changed(&[("birthdate", json!("09/12/1987"))]).to_string());
    let expected = |policy| Expectations { policy, ..Expectations::new(ISSUER, RS256, NOW) };
    let look = |policy| lint(&token, Some(&FORGE.keys), Some(&hcid()), &expected(policy));
    assert_eq!(look(Policy::default()).verdict(), refused(Rule::BirthdateFormat));
    let quirks = [Rule::BirthdateFormat, Rule::Version];
    let forgiven = look(Policy { profile: Some(TokenProfile::Tefca3), quirks: &quirks });
    assert_eq!((forgiven.profile, forgiven.verdict()), (TokenProfile::Tefca3, Verdict::Accepted));
    assert_eq!(remarks(&forgiven)[0], [(Grade::Warning, Rule::BirthdateFormat)]);
    assert!(remarks(&forgiven)[1].contains(&(Grade::Note, Rule::Version)));
}

/// Every text in a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(elements) => elements.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Whether `said` gives `text` away. One letter, such as a gender, is in any sentence; there it must be a word.
fn says(said: &str, text: &str) -> bool {
    match text.len() {
        1 => said.split(|sign: char| !sign.is_alphanumeric()).any(|word| word == text),
        _ => said.contains(text),
    }
}

#[test]
fn a_person_shows_only_to_who_asks() {
    const ABOUT_THE_TOKEN: [&str; 5] = ["iss", "aud", "azp", "amr", "tefca_ial2claims_version"];
    for shape in &SHAPES {
        for patient in &synthetic::PATIENTS {
            let mut claims = (shape.write)(patient);
            claims["ZIP+4"] = json!("75043-1234");
            let report = look(&FORGE.token(claims.to_string()), Some(&FORGE));
            assert_eq!(report.claims.len(), claims.as_object().unwrap().len());
            let printed = format!("{:?}", report.judgements);
            for (name, shown) in &report.claims {
                let debug = format!("{shown:?}");
                assert_eq!(debug, shown.text(false));
                for text in texts(&claims[name]) {
                    let whole = text.replace('\n', "\\n");
                    assert!(shown.text(true).contains(&whole), "{name} is shown whole");
                    if !ABOUT_THE_TOKEN.contains(&&**name) && text != "Unknown" {
                        assert!(!says(shown.text(false), text), "{} {name}", shape.name);
                        assert!(!says(&printed, text), "{} {name}", shape.name);
                    }
                }
            }
        }
    }
}

#[test]
fn masked_values_tell_their_kind_and_their_length() {
    let claims = changed(&[
        ("given_name", json!("Zoë")),
        ("nickname", json!("Unknown")),
        ("suffix", json!(["Jr", 3, null])),
        ("address", json!({"locality": "a\"b", "region": true})),
        ("email_verified", json!(false)),
        ("amr", json!([{"face": "Zoë"}])),
        ("azp", json!({"person": "Zoë"})),
    ]);
    let report = look(&FORGE.token(claims.to_string()), None);
    let shown = |name: &str| {
        let (_, shown) = report.claims.iter().find(|(member, _)| member == name).unwrap();
        (shown.text(false), shown.text(true))
    };
    assert_eq!(shown("given_name"), ("(3 characters)", "\"Zoë\""));
    assert_eq!(shown("nickname"), ("\"Unknown\"", "\"Unknown\""));
    assert_eq!(shown("suffix"), ("[(2 characters), (number), null]", "[\"Jr\", 3, null]"));
    assert_eq!(
        shown("address"),
        (
            "{\"locality\": (3 characters), \"region\": (true or false)}",
            "{\"locality\": \"a\\\"b\", \"region\": true}"
        )
    );
    assert_eq!(shown("email_verified"), ("false", "false"));
    for (name, masked) in [("amr", "[{\"face\": (3 characters)}]"), ("azp", "{\"person\": (3 characters)}")] {
        assert_eq!(shown(name).0, masked, "only what belongs there says nothing about a person");
    }
    let header: BTreeSet<_> = report.header.iter().map(|(name, _)| &**name).collect();
    assert_eq!(header, BTreeSet::from(["alg", "kid", "typ"]));
}

#[test]
fn any_text_gets_an_answer() {
    let token = FORGE.token(base().to_string());
    let (input, _) = token.rsplit_once('.').unwrap();
    let encrypted = {
        let rest = "AAAA.AAAA.AAAA.AAAA";
        let header = written(r#"{"alg":"RSA-OAEP","enc":"A256CBC-HS512","kid":"1"}"#, "");
        format!("{}.{rest}", header.split('.').next().unwrap())
    };
    let mega = 1 << 20;
    let table = [
        (String::new(), Rule::JwsSegments),
        (".".to_owned(), Rule::JwsSegments),
        ("..".to_owned(), Rule::JwsSegments),
        ("....".to_owned(), Rule::JwsEncrypted),
        ("no token".to_owned(), Rule::JwsSegments),
        ("\0.\0.\0".to_owned(), Rule::JwsBase64url),
        ("\u{feff}a.b.c".to_owned(), Rule::JwsBase64url),
        ("é.é.é".to_owned(), Rule::JwsBase64url),
        (format!(" {token}"), Rule::JwsBase64url),
        (format!("{token}\n"), Rule::JwsBase64url),
        (input.to_owned(), Rule::JwsSegments),
        (encrypted, Rule::JwsEncrypted),
        (json!({"payload": "e30", "signatures": []}).to_string(), Rule::JwsJsonSerialization),
        ("x".repeat(mega), Rule::JwsSize),
        (".".repeat(mega), Rule::JwsSize),
        (format!("{token}{}", "A".repeat(mega)), Rule::JwsSize),
        // The cut falls between the bytes of a character, wherever it may fall.
        ("é".repeat(mega), Rule::JwsSize),
        (format!("a{}", "é".repeat(mega)), Rule::JwsSize),
        (format!("a{}", "€".repeat(mega)), Rule::JwsSize),
        (format!("ab{}", "😀".repeat(mega)), Rule::JwsSize),
        (written("{}", "{}"), Rule::JwsNoAlgorithm),
        (FORGE.token("no JSON"), Rule::JwsPayload),
        (FORGE.token([0xff]), Rule::JwsPayload),
        (FORGE.token("[".repeat(4000)), Rule::JwsPayload),
        (FORGE.token(r#"{"iss":"a","iss":"b"}"#), Rule::JwsPayload),
        (FORGE.token("{}"), Rule::IssuerMissing),
    ];
    for (text, rule) in &table {
        for keys in [None, Some(&*FORGE)] {
            let report = look(text, keys);
            for verdict in verdicts(&report) {
                let Verdict::Refused(breach) = verdict else { panic!("{rule:?}: {verdict:?}") };
                assert_eq!(breach.rule, *rule);
            }
        }
    }
    for rule in [Rule::JwsEncrypted, Rule::JwsSize, Rule::JwsSegments, Rule::JwsJsonSerialization] {
        let (text, _) = table.iter().rfind(|(_, refused)| *refused == rule).unwrap();
        let findings = &remarks(&look(text, None))[0];
        assert_eq!(findings.first(), Some(&(Grade::Error, rule)));
        assert!(!findings.iter().any(|(_, rule)| *rule == Rule::JwsPayload), "{rule:?} has no payload");
    }
    let (encrypted, _) = table.iter().rfind(|(_, rule)| *rule == Rule::JwsEncrypted).unwrap();
    let report = look(encrypted, None);
    assert_eq!((report.header.len(), report.claims.len()), (3, 0), "its header says whose it is");
    // What was cut off still says what it can.
    assert_eq!(look(input, None).claims.len(), base().as_object().unwrap().len());
}

#[test]
fn who_a_text_claims_to_come_from_is_read_without_belief() {
    assert_eq!(claimed_issuer(&STRANGER.token(base().to_string())).as_deref(), Some(ISSUER));
    for text in [String::new(), "a.b.c".to_owned(), FORGE.token("{}"), FORGE.token(r#"{"iss":["a"]}"#)] {
        assert_eq!(claimed_issuer(&text), None);
    }
}
