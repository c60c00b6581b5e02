//! Client assertions (`private_key_jwt`): a JWT by which a client proves itself with its own key (RFC 7523 section
//! 3, OpenID Connect Core section 9).
//!
//! An assertion is [`Unverified`] until [`verify()`] has gone through the list; then it is [`Verified`] but for
//! replay, which is the store's to say by client and [`Verified::jti`] until [`Verified::expires_at`].

mod reject;
mod unverified;

use std::time::Duration;

use jose::json::{Object, Value};
use jose::{Compact, Fault, KeySet, VerifyingKey};
use model::{ClientProfile, Timestamp};

pub use reject::Reject;
pub use unverified::Unverified;

use crate::skew::is_ahead;
use crate::{ClaimFault, algorithms, claim};

/// The one `client_assertion_type` (RFC 7523 section 2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far ahead `exp` may be: libraries say a minute to an hour.
pub const MAX_LIFE: Duration = Duration::from_hours(1);

/// The header's `typ`, where there is one. Any other names another kind of token.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// What an assertion is measured against. None of it comes from the assertion.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// The registered client whose keys it is verified with, compared byte for byte with `iss` and `sub`.
    pub client_id: &'a str,
    /// What the client is held to: which algorithms and which `aud`.
    pub profile: ClientProfile,
    /// Our issuer: the one `aud` under FAPI 2.0.
    pub issuer: &'a str,
    /// Token and PAR URL: `aud` of clients of other profiles may be one of them as well (RFC 9126 section 2).
    pub endpoints: &'a [&'a str],
    /// The present.
    pub now: Timestamp,
}

impl<'a> Expectations<'a> {
    /// All of it.
    pub fn new(
        client_id: &'a str,
        profile: ClientProfile,
        issuer: &'a str,
        endpoints: &'a [&'a str],
        now: Timestamp,
    ) -> Self {
        Self { client_id, profile, issuer, endpoints, now }
    }
}

/// An assertion that passed every check but the one for replay. Only [`verify()`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    client_id: String,
    jti: String,
    expires_at: Timestamp,
}

impl Verified {
    /// The client, which is the expected one.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// With the client, the assertion's name in the replay table. Opaque, 1 to 256 bytes.
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// `exp`: from then on the assertion is refused for its age.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// Judges an assertion by the keys of the client it claims to come from.
pub fn verify(
    unverified: &Unverified<'_>,
    keys: &KeySet,
    expected: &Expectations<'_>,
) -> Result<Verified, Reject> {
    let Unverified { compact, claims } = unverified;
    let typed = |typ: &str| TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ));
    if !compact.typ().is_none_or(typed) {
        return Err(Reject::Type);
    }
    let allowed = algorithms(expected.profile);
    if !allowed.contains(&compact.algorithm()) {
        return Err(Fault::Algorithm.into());
    }
    compact.verify_with(key(compact, keys)?, allowed)?;
    for name in ["iss", "sub"] {
        if !claim::is(claims, name, expected.client_id) {
            return Err(Reject::Client(name));
        }
    }
    let audience = claims.get("aud").ok_or(ClaimFault::Missing("aud"))?;
    if !is_for_us(audience, expected) {
        return Err(Reject::Audience);
    }
    let expires_at = check_times(claims, expected.now)?;
    let jti = claim::text(claims, "jti")?.to_owned();
    Ok(Verified { client_id: expected.client_id.to_owned(), jti, expires_at })
}

/// The key that `kid` names; where there is none, the one key of the client, if it has but one that fits.
fn key<'k>(compact: &Compact<'_>, keys: &'k KeySet) -> Result<&'k VerifyingKey, Fault> {
    if let Some(kid) = compact.key_id() {
        return keys.find(kid).ok_or(Fault::UnknownKey);
    }
    keys.only_for(compact.algorithm()).ok_or(Fault::NoKeyId)
}

/// FAPI 2.0 section 5.3.2.1: the issuer as a string, so that no other server's `aud` can stand beside it.
fn is_for_us(audience: &Value<'_>, expected: &Expectations<'_>) -> bool {
    let named = match (expected.profile, audience.as_array()) {
        (ClientProfile::Fapi2, _) => return audience.as_str() == Some(expected.issuer),
        (ClientProfile::Byoi, Some([only])) => only.as_str(),
        (ClientProfile::Byoi, _) => audience.as_str(),
    };
    named.is_some_and(|named| named == expected.issuer || expected.endpoints.contains(&named))
}

fn check_times(claims: &Object<'_>, now: Timestamp) -> Result<Timestamp, Reject> {
    for name in ["iat", "nbf"] {
        if claim::optional_date(claims, name)?.is_some_and(|time| is_ahead(time, now)) {
            return Err(Reject::Ahead(name));
        }
    }
    let expires_at = claim::date(claims, "exp")?;
    if now >= expires_at {
        return Err(Reject::Expired);
    }
    // The client's clock counts the same life from its own present.
    if is_ahead(expires_at, now.plus(MAX_LIFE)) { Err(Reject::Life) } else { Ok(expires_at) }
}
