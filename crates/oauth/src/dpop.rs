//! Proof of possession (DPoP, RFC 9449): a small JWT with each request says that the sender holds a key, so that
//! what was issued to that key is of no use to whoever steals it.
//!
//! [`verify()`] goes through the list of section 4.3. What it cannot know is whether a proof came before: that is
//! the store's to say, by [`Proof::jkt`] and [`Proof::jti`] until [`Proof::expires_at`].

mod endpoint;
mod nonce;
mod reject;

use std::time::Duration;

use aws_lc_rs::{constant_time, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::SelfSigned;
use jose::json::Object;
use model::{ClientProfile, Timestamp};

pub use endpoint::Endpoint;
pub use nonce::Nonces;
pub use reject::Reject;

use crate::skew::is_ahead;
use crate::{ClaimFault, Thumbprint, algorithms, claim};

/// How old a proof may be.
pub const MAX_AGE: Duration = Duration::from_mins(1);

/// What a proof is measured against. None of it comes from the proof.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// The HTTP method of the request, compared byte for byte with `htm`.
    pub method: &'a str,
    /// Where the request arrived, as clients know it: ours, never taken from the `Host` header.
    pub endpoint: &'a Endpoint,
    /// The present.
    pub now: Timestamp,
    /// What the client is held to: which algorithms.
    pub profile: ClientProfile,
    /// The access token that came with the proof, if one did: the proof has to name it (`ath`).
    pub access_token: Option<&'a str>,
    /// When set, the proof has to hold one of these nonces.
    pub nonces: Option<&'a Nonces>,
}

impl<'a> Expectations<'a> {
    /// Without an access token, and no nonce demanded.
    pub fn new(method: &'a str, endpoint: &'a Endpoint, profile: ClientProfile, now: Timestamp) -> Self {
        Self { method, endpoint, now, profile, access_token: None, nonces: None }
    }
}

/// A proof that passed every check but the one for replay. Only [`verify()`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    jkt: Thumbprint,
    jti: String,
    expires_at: Timestamp,
}

impl Proof {
    /// The key that the sender holds.
    pub fn jkt(&self) -> &Thumbprint {
        &self.jkt
    }

    /// With the key, the proof's name in the replay table. Opaque, 1 to 256 bytes.
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// From when on the proof is refused for its age.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// Judges the value of the one `DPoP` header of a request (RFC 9449 section 4.3). That there is only one is for the
/// caller to see.
pub fn verify(proof: &str, expected: &Expectations<'_>) -> Result<Proof, Reject> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a proof may bring its key, and everything else is judged here"
    )]
    let proof = SelfSigned::verify(proof, algorithms(expected.profile))?;
    let claims = proof.claims()?;
    check_request(&claims, expected)?;
    let issued_at = claim::date(&claims, "iat")?;
    let expires_at = issued_at.plus(MAX_AGE);
    if is_ahead(issued_at, expected.now) {
        return Err(Reject::Ahead);
    }
    if expected.now >= expires_at {
        return Err(Reject::Old);
    }
    let jti = claim::text(&claims, "jti")?.to_owned();
    if let Some(access_token) = expected.access_token {
        check_access_token(&claims, access_token)?;
    }
    if let Some(nonces) = expected.nonces {
        check_nonce(&claims, nonces, expected.now)?;
    }
    Ok(Proof { jkt: Thumbprint::of(&proof), jti, expires_at })
}

/// The key that an authorization request binds its code to (RFC 9449 section 10): that of its proof, that of its
/// `dpop_jkt`, or that of both when they are one.
pub fn binding(proof: Option<&Proof>, dpop_jkt: Option<&str>) -> Result<Option<Thumbprint>, Reject> {
    let asked = dpop_jkt.map(|text| Thumbprint::parse(text).ok_or(Reject::Parameter)).transpose()?;
    match (proof, asked) {
        (Some(proof), Some(asked)) if proof.jkt != asked => Err(Reject::OtherKey),
        (Some(proof), _) => Ok(Some(proof.jkt.clone())),
        (None, asked) => Ok(asked),
    }
}

fn check_request(claims: &Object<'_>, expected: &Expectations<'_>) -> Result<(), Reject> {
    let method = claims.get("htm").ok_or(ClaimFault::Missing("htm"))?;
    if method.as_str() != Some(expected.method) {
        return Err(Reject::Method);
    }
    let url = claims.get("htu").ok_or(ClaimFault::Missing("htu"))?;
    let url = url.as_str().and_then(Endpoint::parse).ok_or(Reject::Url)?;
    if url == *expected.endpoint { Ok(()) } else { Err(Reject::Url) }
}

fn check_access_token(claims: &Object<'_>, access_token: &str) -> Result<(), Reject> {
    let hash = claims.get("ath").ok_or(ClaimFault::Missing("ath"))?;
    let hash = hash.as_str().ok_or(Reject::AccessToken)?;
    let expected = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, access_token.as_bytes()));
    constant_time::verify_slices_are_equal(hash.as_bytes(), expected.as_bytes())
        .map_err(|_| Reject::AccessToken)
}

fn check_nonce(claims: &Object<'_>, nonces: &Nonces, now: Timestamp) -> Result<(), Reject> {
    let nonce = claims.get("nonce").ok_or(Reject::NonceMissing)?;
    let good = nonce.as_str().is_some_and(|nonce| nonces.accept(nonce, now));
    if good { Ok(()) } else { Err(Reject::Nonce) }
}
