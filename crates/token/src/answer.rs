//! What whoever asked for a token checks besides: that it is the answer, and theirs.

use jose::Compact;
use jose::json::Value;

use crate::{Unverified, Verified, audience};

/// Why a token is not the answer to an authentication request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// `nonce` is missing or another one's (OpenID Connect Core 3.1.3.7, number 11).
    Nonce,
    /// It names clients, and not this one (numbers 3 to 5).
    Client,
}

impl Mismatch {
    /// The rule's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nonce => "token.nonce",
            Self::Client => "token.client",
        }
    }
}

impl Verified {
    /// Checks that the token answers the request of `client_id` with this `nonce`. By IAS SOP 3.0 the HCID may be all
    /// that `aud` holds; then the nonce alone ties the token to who asked.
    pub fn answers(&self, client_id: &str, nonce: &str) -> Result<(), Mismatch> {
        // Read anew, where it is needed: whoever is brought a token has no use for these.
        let compact = Compact::parse(self.raw()).map_err(|_| Mismatch::Nonce)?;
        let unverified = Unverified::read(&compact).map_err(|_| Mismatch::Nonce)?;
        let claims = &unverified.claims;
        if claims.get("nonce").and_then(Value::as_str) != Some(nonce) {
            return Err(Mismatch::Nonce);
        }
        let clients = audience::clients(claims);
        let authorized = claims.get("azp").is_none_or(|azp| azp.as_str() == Some(client_id));
        if authorized && (clients.is_empty() || clients.contains(&client_id)) {
            Ok(())
        } else {
            Err(Mismatch::Client)
        }
    }
}
