//! What each profile makes of each rule, and what an issuer is forgiven.

use std::time::Duration;

use openias_token::{Expectations, Grade, Policy, Profile, Reject, Rule, Verified};
use serde_json::{Value, json};

use Grade::{Error as E, Fine as F, Note as N, Warning as W};

use crate::forge::{AUDIENCE, FORGE, ISSUER, NOW, RS256, changed, judge_by, judge_under};

/// A token that breaks one rule: which, by what changes to the one that pleases everybody, and what that means
/// under `tefca-2`, `tefca-3.0` and `cms-aligned`.
struct Case(Rule, Vec<(&'static str, Value)>, [Grade; 3]);

/// Without `nbf`, `auth_time` and the like, a profile has something to say about any token; this one keeps
/// the rules of all three.
fn pleasing_everybody(changes: &[(&str, Value)]) -> Value {
    let now = NOW.seconds();
    let mut all = vec![
        ("iat", json!(now - 60)),
        ("nbf", json!(now - 60)),
        ("auth_time", json!(now - 62)),
        ("exp", json!(now + 3000)),
        ("tefca_ial2claims_version", json!("3.0")),
        ("identity_assurance_level", json!(2)),
        ("address.regionality", json!("TX")),
    ];
    all.extend_from_slice(changes);
    changed(&all)
}

#[rustfmt::skip]
fn graded() -> Vec<Case> {
    let now = NOW.seconds();
    let none = Value::Null;
    let client = "env_1.atoc_2";
    vec![
        // The forge leaves typ out.
        Case(Rule::TypeMissing, vec![], [W, E, E]),
        Case(Rule::AudienceParty, vec![("aud", json!([client, AUDIENCE])), ("azp", json!(client))], [F, W, F]),
        Case(Rule::AudienceOther, vec![("aud", json!([client, AUDIENCE]))], [W, W, W]),
        Case(Rule::AuthorizedParty, vec![("azp", json!(client))], [W, F, F]),
        Case(Rule::NotBeforeMissing, vec![("nbf", none.clone())], [W, F, F]),
        Case(Rule::LongLived, vec![("exp", json!(now - 60 + 7201))], [W, W, W]),
        Case(Rule::AuthTimeMissing, vec![("auth_time", none.clone())], [W, N, E]),
        Case(Rule::AuthTimeLate, vec![("auth_time", json!(now + 1))], [W, W, W]),
        Case(Rule::NotFresh, vec![("auth_time", json!(now - 301))], [F, F, E]),
        Case(Rule::NotFresh, vec![("iat", json!(now - 301)), ("auth_time", json!(now - 300))], [F, F, E]),
        Case(Rule::AssuranceLevel, vec![("identity_assurance_level", none.clone())], [F, F, E]),
        Case(Rule::AssuranceLevel, vec![("identity_assurance_level", json!("ial1"))], [F, F, E]),
        Case(Rule::Version, vec![("tefca_ial2claims_version", none.clone())], [F, W, F]),
        Case(Rule::Version, vec![("tefca_ial2claims_version", json!("2.1"))], [F, W, F]),
        Case(Rule::Filler, vec![("nickname", json!("Unknown"))], [F, W, W]),
        Case(Rule::Alias, vec![("given_name", none.clone()), ("name_first", json!("Camila"))], [W, W, F]),
        Case(Rule::Unlisted, vec![("identity_document_number", json!("1"))], [F, N, F]),
        Case(Rule::NameSpacing, vec![("given_name", json!("Camila "))], [W, W, W]),
        Case(Rule::NameCapitals, vec![("family_name", json!("LOPEZ"))], [N, N, N]),
        Case(Rule::NameScript, vec![("given_name", json!("\u{180}"))], [N, N, E]),
        Case(Rule::MiddleInitial, vec![("middle_initial", json!("Ma"))], [W, W, W]),
        Case(Rule::BirthdateFormat, vec![("birthdate", json!("09/12/1987"))], [E, E, E]),
        Case(Rule::Gender, vec![("gender", json!("9"))], [W, W, W]),
        Case(Rule::GenderSpelling, vec![("gender", json!("F"))], [N, N, N]),
        Case(Rule::RegionName, vec![("address.regionality", none.clone())], [F, N, F]),
        Case(Rule::RegionFormat, vec![("address.region", none.clone()), ("address.regionality", json!("tx"))], [W, W, W]),
        Case(Rule::CountryFormat, vec![("address.country", json!("USA"))], [W, W, W]),
        Case(Rule::History, vec![("historical_address", json!("12 Oak St"))], [W, W, W]),
        Case(Rule::HistoryEntry, vec![("historical_address", json!([{"region": "WI"}]))], [W, W, W]),
        Case(Rule::ContactUnverified, vec![("email_verified", json!(false))], [W, E, W]),
        Case(Rule::ContactFormat, vec![("phone_number", json!("555-1243"))], [W, W, W]),
        Case(Rule::PhoneSpelling, vec![("phone_number", json!("608-555-1243"))], [W, W, W]),
        Case(Rule::VerifiedFlag, vec![("email_verified", json!("true"))], [W, W, W]),
        Case(Rule::SsnPresent, vec![("SSN", json!("123-45-6789"))], [N, W, N]),
        Case(Rule::SsnFormat, vec![("SSN", json!("000-45-6789"))], [W, W, W]),
        Case(Rule::Zip4, vec![("ZIP+4", json!("75044-1234"))], [W, W, W]),
    ]
}

#[rustfmt::skip]
fn firm() -> Vec<(Rule, &'static str, Value)> {
    let now = NOW.seconds();
    vec![
        // The forge calls it an access token.
        (Rule::Type, "typ", Value::Null),
        (Rule::IssuerMissing, "iss", Value::Null),
        (Rule::Issuer, "iss", json!("https://other.example")),
        (Rule::AudienceMissing, "aud", Value::Null),
        (Rule::AudienceShape, "aud", json!([])),
        (Rule::Audience, "aud", json!("env_1.atoc_2")),
        (Rule::AudienceBare, "aud", json!("2.16.840.1.113883.3.7204.9")),
        (Rule::ForeignAudience, "aud", json!([AUDIENCE, "urn:oid:2.16.840.1"])),
        (Rule::Missing, "given_name", Value::Null),
        (Rule::NotText, "suffix", json!(3)),
        (Rule::TooLong, "suffix", json!("x".repeat(257))),
        (Rule::Unprintable, "suffix", json!("a\tb")),
        (Rule::Subject, "sub", json!("")),
        (Rule::TokenId, "jti", json!("")),
        (Rule::Events, "events", json!({})),
        (Rule::NumericDate, "nbf", json!("now")),
        (Rule::Expired, "exp", json!(now - 60)),
        (Rule::NotYetValid, "nbf", json!(now + 61)),
        (Rule::IssuedInFuture, "iat", json!(now + 61)),
        (Rule::ExpiresBeforeIssued, "exp", json!(now)),
        (Rule::Lifetime, "exp", json!(now + 100_000)),
        (Rule::ProofedInFuture, "auth_time", json!(now + 61)),
        (Rule::ProofingAge, "auth_time", json!(now - 90 * 86_400 - 1)),
        (Rule::Birthdate, "birthdate", json!("1987")),
        (Rule::BirthdateRange, "birthdate", json!("1879-12-31")),
        (Rule::Address, "address", json!("12 Oak St")),
        (Rule::Region, "address.regionality", json!("Texas")),
        (Rule::RegionConflict, "address.regionality", json!("CA")),
        (Rule::PostalCode, "address.postal_code", json!("7504")),
        (Rule::Country, "address.country", json!("Utopia")),
        (Rule::Contact, "email", Value::Null),
    ]
}

impl Case {
    fn judge(&self, policy: Policy<'_>) -> Result<Verified, Reject> {
        let Self(rule, changes, _) = self;
        let claims = pleasing_everybody(changes);
        if *rule != Rule::TypeMissing {
            return judge_under(policy, &claims);
        }
        let expected = Expectations { policy, ..Expectations::new(ISSUER, RS256, NOW) };
        judge_by(&FORGE.sign_typed(None, &claims.to_string()), &expected)
    }

    /// What a verdict says about the rule; it must say nothing about others.
    fn grade(&self, policy: Policy<'_>) -> Grade {
        let Self(rule, ..) = self;
        match self.judge(policy) {
            Err(reject) => {
                assert_eq!(reject.rule, *rule);
                E
            }
            Ok(verified) => {
                // A malformed number is a number that is there.
                let apart = |other: Rule| *rule == Rule::SsnFormat && other == Rule::SsnPresent;
                let findings = verified.findings().iter().filter(|finding| !apart(finding.breach.rule));
                let grades: Vec<Grade> = findings
                    .map(|finding| {
                        assert_eq!(finding.breach.rule, *rule);
                        finding.grade
                    })
                    .collect();
                assert!(grades.len() <= 1, "{rule:?}: {grades:?}");
                grades.first().copied().unwrap_or(F)
            }
        }
    }
}

#[test]
fn a_token_can_please_everybody() {
    for profile in Profile::ALL {
        let policy = Policy { profile: Some(profile), quirks: &[] };
        let verified = judge_under(policy, &pleasing_everybody(&[])).unwrap();
        assert_eq!((verified.profile(), verified.findings()), (profile, &[][..]));
    }
}

#[test]
fn every_graded_rule_means_what_its_profile_says() {
    let cases = graded();
    for rule in Rule::ALL {
        assert_eq!(cases.iter().any(|case| case.0 == rule), rule.is_graded(), "{rule:?} has a case");
    }
    for case in &cases {
        for (profile, grade) in Profile::ALL.into_iter().zip(case.2) {
            let policy = Policy { profile: Some(profile), quirks: &[] };
            assert_eq!(case.grade(policy), grade, "{:?} {profile:?}", case.0);
        }
    }
}

#[test]
fn a_quirk_takes_one_step_off_its_own_rule() {
    for case in graded() {
        for (profile, grade) in Profile::ALL.into_iter().zip(case.2) {
            let milder = match grade {
                E => W,
                W => N,
                N | F => F,
            };
            let quirks = [case.0];
            assert_eq!(
                case.grade(Policy { profile: Some(profile), quirks: &quirks }),
                milder,
                "{:?}",
                case.0
            );
            let others: Vec<Rule> = Rule::ALL.into_iter().filter(|rule| *rule != case.0).collect();
            assert_eq!(case.grade(Policy { profile: Some(profile), quirks: &others }), grade, "{:?}", case.0);
        }
    }
}

#[test]
fn no_quirk_forgives_what_is_firm() {
    let cases = firm();
    for rule in Rule::ALL.into_iter().filter(|rule| rule.code().starts_with("token.")) {
        assert_eq!(cases.iter().any(|case| case.0 == rule), !rule.is_graded(), "{rule:?} has a case");
    }
    for (rule, name, value) in cases {
        let mut changes = vec![(name, value)];
        match rule {
            Rule::Region => changes.push(("address.region", Value::Null)),
            Rule::Contact => changes.push(("phone_number", Value::Null)),
            Rule::ExpiresBeforeIssued => changes.push(("iat", json!(NOW.seconds() + 1))),
            Rule::Expired => changes.push(("iat", json!(NOW.seconds() - 3600))),
            _ => {}
        }
        let claims = pleasing_everybody(&changes);
        let token = match rule {
            Rule::Type => FORGE.sign_typed(Some(json!("at+jwt")), &claims.to_string()),
            _ => FORGE.sign(claims.to_string()),
        };
        for profile in Profile::ALL {
            let expected = Expectations {
                max_proofing_age: Some(Duration::from_hours(24 * 90)),
                policy: Policy { profile: Some(profile), quirks: &Rule::ALL },
                ..Expectations::new(ISSUER, RS256, NOW)
            };
            let refused = judge_by(&token, &expected).map(|_| ()).unwrap_err();
            assert_eq!(refused.rule, rule, "{profile:?} {name}");
        }
    }
}

#[test]
fn the_version_chooses_between_the_forms_of_the_sop() {
    let table = [
        (Value::Null, Profile::Tefca2),
        (json!("1.0"), Profile::Tefca2),
        (json!("2.1"), Profile::Tefca2),
        (json!("3.0"), Profile::Tefca3),
        (json!("3.1"), Profile::Tefca3),
        (json!("30"), Profile::Tefca2),
        (json!(3.0), Profile::Tefca2),
        (json!(["3.0"]), Profile::Tefca2),
    ];
    for (version, profile) in table {
        let says = ("tefca_ial2claims_version", version.clone());
        let verified = judge_under(Policy::default(), &pleasing_everybody(std::slice::from_ref(&says)));
        assert_eq!(verified.unwrap().profile(), profile, "{version}");

        let claims = pleasing_everybody(&[says, ("email_verified", json!(false))]);
        let accepted = judge_under(Policy::default(), &claims).is_ok();
        assert_eq!(accepted, profile == Profile::Tefca2, "{version}: 3.0 forbids what was not verified");
        let fixed = Policy { profile: Some(Profile::CmsAligned), quirks: &[] };
        assert_eq!(judge_under(fixed, &claims).unwrap().profile(), Profile::CmsAligned, "{version}");
    }
}
