//! Judging an access token (RFC 9068 section 4).

use jose::json::{Object, Value};
use jose::{Algorithm, Compact, KeySet};
use model::{Scope, Timestamp};

use super::{Reject, TYPE, Verified};
use crate::skew::is_ahead;
use crate::{ClaimFault, Thumbprint, claim};

/// What access tokens are signed with.
pub const ALGORITHM: Algorithm = Algorithm::Es256;

/// What an access token is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// Our issuer, compared byte for byte with `iss`.
    pub issuer: &'a str,
    /// The names of the resource server where it is presented: one of them is one of its `aud`.
    pub audiences: &'a [&'a str],
    /// The present.
    pub now: Timestamp,
}

impl<'a> Expectations<'a> {
    /// All of it.
    pub fn new(issuer: &'a str, audiences: &'a [&'a str], now: Timestamp) -> Self {
        Self { issuer, audiences, now }
    }
}

/// Judges an access token by our own published keys. Whether it was revoked, and whether its bearer holds the key it
/// is bound to ([`Verified::jkt`]), is for the caller to see.
pub fn verify(compact: &Compact<'_>, keys: &KeySet, expected: &Expectations<'_>) -> Result<Verified, Reject> {
    if compact.typ().is_none_or(|typ| !is_access_token(typ)) {
        return Err(Reject::Type);
    }
    let payload = compact.verify(keys, &[ALGORITHM])?;
    let claims = payload.claims()?;
    if !claim::is(&claims, "iss", expected.issuer) {
        return Err(Reject::Issuer);
    }
    let audience = audience_of(&claims)?;
    if !audience.iter().any(|named| expected.audiences.contains(&named.as_str())) {
        return Err(Reject::Audience);
    }
    let (issued_at, expires_at) = (claim::date(&claims, "iat")?, claim::date(&claims, "exp")?);
    if expected.now >= expires_at {
        return Err(Reject::Expired);
    }
    // Our own processes have clocks, too.
    if is_ahead(issued_at, expected.now) {
        return Err(Reject::Ahead);
    }
    Ok(Verified {
        subject: claim::text(&claims, "sub")?.to_owned(),
        client_id: claim::text(&claims, "client_id")?.to_owned(),
        audience,
        token_id: claim::text(&claims, "jti")?.to_owned(),
        scope: scope_of(&claims)?,
        issued_at,
        expires_at,
        jkt: confirmed_key(&claims)?,
    })
}

/// A media type may come with its `application/` (RFC 9068 section 4), and its case does not matter (RFC 2045).
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
}

/// The texts of `aud`, which may be one or several (RFC 7519 section 4.1.3).
fn audience_of(claims: &Object<'_>) -> Result<Vec<String>, Reject> {
    let text = |value: &Value<'_>| value.as_str().map(str::to_owned).ok_or(Reject::Audience);
    match claims.get("aud").ok_or(ClaimFault::Missing("aud"))? {
        Value::Array(several) => several.iter().map(text).collect(),
        one => text(one).map(|one| vec![one]),
    }
}

fn scope_of(claims: &Object<'_>) -> Result<Scope, Reject> {
    let Some(value) = claims.get("scope") else { return Ok(Scope::none()) };
    let text = value.as_str().ok_or(ClaimFault::Form("scope"))?;
    Ok(Scope::parse(text)?)
}

/// A token that is bound in another way, by a certificate for one, must not count as one that is not bound.
fn confirmed_key(claims: &Object<'_>) -> Result<Option<Thumbprint>, Reject> {
    let Some(confirmation) = claims.get("cnf") else { return Ok(None) };
    let members = confirmation.as_object().filter(|members| members.len() == 1);
    let jkt = members.and_then(|members| members.get("jkt")).and_then(Value::as_str);
    jkt.and_then(Thumbprint::parse).map(Some).ok_or(Reject::Confirmation)
}
