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
}

impl Verified {
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

    /// `cnf.jkt`: the key whose holder alone may use it; without one anybody may who has it.
    pub fn jkt(&self) -> Option<&Thumbprint> {
        self.jkt.as_ref()
    }
}
