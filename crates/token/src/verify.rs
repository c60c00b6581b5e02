//! The list of checks between a token that arrived and a person who is known.

use jose::KeySet;
use jose::json::{Object, Value};
use model::Secret;

use crate::finding::Findings;
use crate::window::Window;
use crate::{Expectations, Reject, Unverified, Verified, audience, demographics};

/// Longest `jti`, in characters.
const MAX_TOKEN_ID: usize = 256;
/// Longest `sub`, in characters (OIDC Core section 2).
const MAX_SUBJECT: usize = 255;

/// Verifies a token with the keys of the expected issuer. The first broken rule ends it.
///
/// But for `iss`, nothing in the payload is looked at before the signature is right. Rules: OIDC Core section 3.1.3.7,
/// IAS SOP 3.0 section 4.9 and, where issuers still follow it, the 2.x form.
pub fn verify(
    unverified: Unverified<'_>,
    expected: &Expectations<'_>,
    keys: &KeySet,
) -> Result<Verified, Reject> {
    let Unverified { compact, .. } = unverified;
    let signed = compact.verify(keys, expected.algorithms)?;
    let claims = signed.claims()?;
    let mut findings = Findings::default();

    let issuer = issuer(&claims, expected.issuer)?;
    audience::check(&claims, expected.audience, &mut findings)?;
    let window = Window::read(&claims, expected, &mut findings)?;
    let token_id = token_id(&claims)?;
    id_token_type(signed.typ(), &mut findings)?;
    no_events(&claims)?;
    let subject = subject(&claims)?;
    let demographics = demographics::read(&claims, expected.now.date(), &mut findings)?;

    Ok(Verified {
        raw: Secret::new(compact.as_str().to_owned()),
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        token_id: token_id.to_owned(),
        window,
        demographics,
        findings: findings.0,
    })
}

/// Exactly, byte for byte: no trailing slash, other case or port makes it another name for the same.
fn issuer<'c>(claims: &'c Object<'_>, expected: &str) -> Result<&'c str, Reject> {
    let issuer = claims.get("iss").and_then(Value::as_str).ok_or(Reject::IssuerMissing)?;
    if issuer == expected { Ok(issuer) } else { Err(Reject::Issuer) }
}

/// Opaque: the published sample's is not even the UUID it looks like.
fn token_id<'c>(claims: &'c Object<'_>) -> Result<&'c str, Reject> {
    let token_id = claims.get("jti").ok_or(Reject::Missing("jti"))?.as_str().ok_or(Reject::TokenId)?;
    if (1..=MAX_TOKEN_ID).contains(&token_id.chars().count()) { Ok(token_id) } else { Err(Reject::TokenId) }
}

fn id_token_type(typ: Option<&str>, findings: &mut Findings) -> Result<(), Reject> {
    match typ {
        Some("JWT") => {}
        None => findings.warn("token.typ_missing", "the header has no typ; IAS SOP 3.0 fixes it to JWT"),
        Some(_) => return Err(Reject::Type),
    }
    Ok(())
}

fn no_events(claims: &Object<'_>) -> Result<(), Reject> {
    if claims.get("events").is_some() { Err(Reject::Events) } else { Ok(()) }
}

fn subject<'c>(claims: &'c Object<'_>) -> Result<&'c str, Reject> {
    let subject = claims.get("sub").ok_or(Reject::Missing("sub"))?.as_str().ok_or(Reject::Subject)?;
    let printable = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if printable && (1..=MAX_SUBJECT).contains(&subject.len()) { Ok(subject) } else { Err(Reject::Subject) }
}
