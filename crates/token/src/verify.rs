//! The list of checks between a token that arrived and a person who is known.

use jose::KeySet;
use jose::json::{Object, Value};
use model::{Demographics, Hcid, Secret, is_unprintable};

use crate::breach::{Breach, Breaches};
use crate::person::Person;
use crate::window::Window;
use crate::{Expectations, Finding, Grade, Policy, Reject, Rule, TokenProfile, Unverified, Verified};
use crate::{audience, demographics, text};

/// Longest `jti`, in characters.
const MAX_TOKEN_ID: usize = 256;
/// Longest `sub`, in characters (OIDC Core section 2).
const MAX_SUBJECT: usize = 255;

/// Verifies a token with the keys of the expected issuer, for the organisation whose HCID is `audience`.
///
/// But for `iss`, nothing in the payload is looked at before the signature is right. Rules: OIDC Core section
/// 3.1.3.7, IAS SOP 3.0 section 4.9 and, by the policy's profile, the 2.x form or that of CMS-aligned networks.
/// Refused is what breaks a firm rule, or a graded one that the policy does not forgive.
pub fn verify(
    unverified: &Unverified<'_>,
    keys: &KeySet,
    audience: &Hcid,
    expected: &Expectations<'_>,
) -> Result<Verified, Reject> {
    let compact = unverified.compact;
    compact.verify(keys, expected.algorithms)?;
    let claims = &unverified.claims;
    let Examined { breaches, identity } = examine(claims, compact.typ(), Some(audience), expected);
    let profile = expected.policy.profile_for(version(claims));
    let findings = weigh(&breaches, expected.policy, profile)?;
    let identity = identity.ok_or(Reject::from(Rule::Missing))?;
    Ok(Verified {
        raw: Secret::new(compact.as_str().to_owned()),
        issuer: unverified.issuer().to_owned(),
        subject: identity.subject,
        meant_for: audience.clone(),
        token_id: identity.token_id,
        window: identity.window,
        profile,
        claimed_email: claimed_email(claims),
        vouches_for_email: profile == TokenProfile::Tefca3 || says_verified(claims),
        demographics: identity.demographics,
        findings,
    })
}

/// All that the rules say about a payload.
pub(crate) struct Examined {
    pub(crate) breaches: Vec<Breach>,
    /// What it says, when nothing of it is missing or unreadable.
    pub(crate) identity: Option<Identity>,
}

pub(crate) struct Identity {
    subject: String,
    token_id: String,
    window: Window,
    demographics: Demographics,
}

/// Goes through every rule about the content, in order, and stops at none.
pub(crate) fn examine(
    claims: &Object<'_>,
    typ: Option<&str>,
    audience: Option<&Hcid>,
    expected: &Expectations<'_>,
) -> Examined {
    let mut breaches = Breaches::with_room();
    check_issuer(claims, expected.issuer, &mut breaches);
    audience::check(claims, audience, &mut breaches);
    let window = Window::read(claims, expected, &mut breaches);
    let token_id = token_id(claims, &mut breaches);
    for name in ["jti", "azp"] {
        if let Some(id) = claims.get(name) {
            breaches.take(text::check_identifier(id, name));
        }
    }
    check_type(typ, claims, &mut breaches);
    check_versions(claims, &mut breaches);
    let subject = subject(claims, &mut breaches);
    let demographics = demographics::read(claims, expected.now.date(), &mut breaches);
    let identity = (|| {
        Some(Identity {
            subject: subject?.to_owned(),
            token_id: token_id?.to_owned(),
            window: window?,
            demographics: demographics?,
        })
    })();
    Examined { breaches: breaches.into_all(), identity }
}

/// What breaches mean under a policy: the first that it does not forgive, or what is left to remark on.
pub(crate) fn weigh(
    breaches: &[Breach],
    policy: Policy<'_>,
    profile: TokenProfile,
) -> Result<Vec<Finding>, Reject> {
    let mut findings = Vec::new();
    for breach in breaches {
        match policy.grade(breach.rule, profile) {
            Grade::Error => return Err(*breach),
            Grade::Fine => {}
            grade => findings.push(Finding { grade, breach: *breach }),
        }
    }
    Ok(findings)
}

/// Who a token says it comes from.
pub(crate) fn issuer<'c>(claims: &'c Object<'_>) -> Option<&'c str> {
    claims.get("iss").and_then(Value::as_str).filter(|issuer| !issuer.is_empty())
}

/// The version of the SOP that a token says it follows.
pub(crate) fn version<'c>(claims: &'c Object<'_>) -> Option<&'c str> {
    claims.get("tefca_ial2claims_version").and_then(Value::as_str)
}

/// Wherever the person's claims stand: the rules that ask for it must not fail open.
fn claimed_email(claims: &Object<'_>) -> Option<String> {
    let person = Person::of(claims, &mut Breaches::default());
    let email = person.get(&["email"]).map(|(_, email)| email).or_else(|| claims.get("email"));
    let email = email.filter(|email| !text::is_filler(email))?.as_str()?;
    Some(email.replace(is_unprintable, "").trim().to_owned())
}

/// Whether a token says of its e-mail address that it was verified, wherever it says so.
fn says_verified(claims: &Object<'_>) -> bool {
    let said = Person::everywhere(claims).into_iter().filter_map(|place| place.get(&["email_verified"]));
    said.map(|(_, value)| value).any(|value| *value == Value::Bool(true) || value.as_str() == Some("true"))
}

/// Exactly, byte for byte: no trailing slash, other case or port makes it another name for the same.
fn check_issuer(claims: &Object<'_>, expected: &str, breaches: &mut Breaches) {
    match issuer(claims) {
        None => breaches.add(Rule::IssuerMissing),
        Some(issuer) if issuer != expected => breaches.add(Rule::Issuer),
        Some(_) => {}
    }
}

/// Opaque: the published sample's is not even the UUID it looks like.
fn token_id<'c>(claims: &'c Object<'_>, breaches: &mut Breaches) -> Option<&'c str> {
    short(claims, "jti", Rule::TokenId, breaches, |id| (1..=MAX_TOKEN_ID).contains(&id.chars().count()))
}

fn subject<'c>(claims: &'c Object<'_>, breaches: &mut Breaches) -> Option<&'c str> {
    short(claims, "sub", Rule::Subject, breaches, |subject| {
        let printable = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        printable && (1..=MAX_SUBJECT).contains(&subject.len())
    })
}

fn short<'c>(
    claims: &'c Object<'_>,
    name: &'static str,
    rule: Rule,
    breaches: &mut Breaches,
    fits: fn(&str) -> bool,
) -> Option<&'c str> {
    let value = claims.get(name).ok_or(Breach::at(Rule::Missing, name));
    let text = value.and_then(|value| value.as_str().filter(|text| fits(text)).ok_or(rule.into()));
    breaches.take(text)
}

fn check_type(typ: Option<&str>, claims: &Object<'_>, breaches: &mut Breaches) {
    match typ {
        Some("JWT") => {}
        None => breaches.add(Rule::TypeMissing),
        Some(_) => breaches.add(Rule::Type),
    }
    if claims.get("events").is_some() {
        breaches.add(Rule::Events);
    }
}

fn check_versions(claims: &Object<'_>, breaches: &mut Breaches) {
    if !version(claims).is_some_and(|version| version.starts_with("3.")) {
        breaches.add(Rule::Version);
    }
    if assurance_level(claims).is_none_or(|level| level < 2) {
        breaches.add(Rule::AssuranceLevel);
    }
}

/// `2`, `"2"` or `"ial2"`; beside the claims, or in the draft envelope.
fn assurance_level(claims: &Object<'_>) -> Option<i64> {
    let envelope = || {
        let verification = claims.get("verified_claims")?.as_object()?.get("verification")?;
        verification.as_object()?.get("assurance_level")
    };
    let level = claims.get("identity_assurance_level").or_else(envelope)?;
    match level.as_str() {
        Some(text) => text.to_ascii_lowercase().trim_start_matches("ial").parse().ok(),
        None => level.integer(),
    }
}
