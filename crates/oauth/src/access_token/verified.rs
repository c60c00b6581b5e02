//! An access token that passed every check.

use model::{Scope, Timestamp};

use crate::Thumbprint;

/// A verified access token. Only [`super::verify()`] makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    pub(super) subject: String,
    pub(super) client_id: String,
    pub(super) audience: Vec<String>,
    pub(super) token_id: String,
    pub(super) scope: Scope,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) jkt: Option<Thumbprint>,
    pub(super) auth_time: Option<Timestamp>,
    pub(super) acr: Option<String>,
}

impl Verified {
    /// Whether whoever proved to hold `key`, or proved nothing, may use it: a bound token needs its own key, and one
    /// that is not bound is no use to a proof (RFC 9449 section 7.1).
    pub fn is_usable_with(&self, key: Option<&Thumbprint>) -> bool {
        self.jkt.as_ref() == key
    }

    /// `sub`
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `client_id`
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// `aud`: every resource server it is for.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// `jti`: its name in a table of revoked tokens.
    pub fn token_id(&self) -> &str {
        &self.token_id
    }

    /// `scope`
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// `iat`
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// `exp`
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// `cnf.jkt`
    pub fn jkt(&self) -> Option<&Thumbprint> {
        self.jkt.as_ref()
    }

    /// `auth_time`
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.auth_time
    }

    /// `acr`
    pub fn acr(&self) -> Option<&str> {
        self.acr.as_deref()
    }
}
