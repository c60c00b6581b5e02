//! A token before anything is known about who wrote it.

use jose::compact::MAX_BYTES;
use jose::json::{self, Value};
use jose::{Compact, Fault};

use crate::Reject;

/// A well-formed token of unknown origin. Tells whose keys to look for; there is no way from here to the
/// demographics.
pub struct Unverified<'a> {
    pub(crate) compact: Compact<'a>,
    issuer: String,
}

impl<'a> Unverified<'a> {
    /// Reads the outer form: size, segments, header, and that the payload is strict JSON naming an issuer.
    pub fn parse(text: &'a str) -> Result<Self, Reject> {
        let compact = Compact::parse(text)?;
        let claims = json::parse_object(compact.untrusted_payload(), MAX_BYTES).map_err(Fault::Payload)?;
        let issuer = claims.get("iss").and_then(Value::as_str).filter(|issuer| !issuer.is_empty());
        let issuer = issuer.ok_or(Reject::IssuerMissing)?.to_owned();
        Ok(Self { compact, issuer })
    }

    /// The issuer the token claims to come from. Anyone can claim anything: good only for choosing, by exact
    /// comparison with the registered issuers, whose keys to verify with.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The id of the key the token claims to be signed with, to see whether it is known already.
    pub fn key_id(&self) -> Option<&str> {
        self.compact.key_id()
    }
}

impl std::fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unverified(..)")
    }
}
