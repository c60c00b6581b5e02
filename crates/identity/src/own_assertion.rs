//! Assertions that we sign ourselves (RFC 7523), where we are the client or ask on a client's behalf.

use std::time::Duration;

use jose::{SigningFault, SigningKey};
use model::id::TokenId;
use serde_json::json;

use crate::Identity;

/// One call.
const LIFE: Duration = Duration::from_mins(1);

/// Who asks about whom, and where.
pub(crate) struct OwnAssertion<'a> {
    /// `iss`
    pub(crate) issuer: &'a str,
    /// `sub`
    pub(crate) subject: &'a str,
    /// `aud`: the endpoint.
    pub(crate) audience: &'a str,
    /// `client_id` (RFC 8693 section 4.3): on whose behalf, if it is not our own.
    pub(crate) client_id: Option<&'a str>,
}

impl OwnAssertion<'_> {
    /// Signs it, never the same twice.
    pub(crate) fn sign(&self, identity: &Identity, key: &SigningKey) -> Result<String, SigningFault> {
        let now = identity.clock.now();
        let mut claims = json!({
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.audience,
            "iat": now.seconds(),
            "exp": now.plus(LIFE).seconds(),
            "jti": TokenId::from_random(identity.entropy.bytes()).as_str(),
        });
        if let Some(client_id) = self.client_id {
            claims["client_id"] = client_id.into();
            claims["nbf"] = now.seconds().into();
        }
        key.sign("JWT", claims.to_string().as_bytes(), &identity.entropy.for_signing())
    }
}
