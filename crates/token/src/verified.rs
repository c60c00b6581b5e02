//! A token that passed every check.

use model::{Demographics, Hcid, Secret, Timestamp};

use crate::window::Window;
use crate::{Finding, TokenProfile};

/// A verified token. Only [`crate::verify()`] makes one, so whoever holds one need not ask where it came from.
#[derive(Clone)]
pub struct Verified {
    pub(crate) raw: Secret,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) meant_for: Hcid,
    pub(crate) token_id: String,
    pub(crate) window: Window,
    pub(crate) profile: TokenProfile,
    pub(crate) claimed_email: Option<String>,
    pub(crate) vouches_for_email: bool,
    pub(crate) demographics: Demographics,
    pub(crate) findings: Vec<Finding>,
}

impl Verified {
    /// The person. Contacts the issuer does not vouch for are not among them.
    pub fn demographics(&self) -> &Demographics {
        &self.demographics
    }

    /// `iss`, which is the expected issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`: the person's id at that issuer, and only there.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The HCID in `aud` that it was judged by.
    pub fn meant_for(&self) -> &Hcid {
        &self.meant_for
    }

    /// `jti`: with the issuer, the token's name in a replay cache. Opaque.
    pub fn token_id(&self) -> &str {
        &self.token_id
    }

    /// `iat`.
    pub fn issued_at(&self) -> Timestamp {
        self.window.issued_at
    }

    /// `exp`.
    pub fn expires_at(&self) -> Timestamp {
        self.window.expires_at
    }

    /// `auth_time`: when the person was proofed. A refreshed token keeps the original time.
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.window.auth_time
    }

    /// When the person was proofed: `auth_time`, else `iat`.
    pub fn proofed_at(&self) -> Timestamp {
        self.auth_time().unwrap_or(self.issued_at())
    }

    /// The verified e-mail address, as written; none when `email_verified` is false.
    pub fn email(&self) -> Option<&str> {
        self.demographics.email.as_deref()
    }

    /// Whether the token says that its e-mail address was verified, or follows a form that allows no other.
    pub fn is_email_verified(&self) -> bool {
        self.vouches_for_email && self.email().is_some()
    }

    /// The e-mail address that the token names, verified or not, without spaces around it: for rules that
    /// must not fail open.
    pub fn claimed_email(&self) -> Option<&str> {
        self.claimed_email.as_deref()
    }

    /// The form by which it was judged.
    pub fn profile(&self) -> TokenProfile {
        self.profile
    }

    /// The token byte for byte, for passing on: written anew it would lose its signature.
    pub fn raw(&self) -> &str {
        self.raw.expose()
    }

    /// What was odd about it, from the note to the warning; breaches that its policy finds fine are left out.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verified(..)")
    }
}
