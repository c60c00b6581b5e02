//! A token before anything is known about who wrote it.

use jose::Compact;
use jose::Fault;
use jose::compact::MAX_BYTES;
use jose::json::{self, Object};

use crate::verify::issuer;
use crate::{Reject, Rule};

/// A well-formed token of unknown origin. Tells whose keys to look for; there is no way from here to the
/// demographics.
pub struct Unverified<'c> {
    pub(crate) compact: &'c Compact<'c>,
    pub(crate) claims: Object<'c>,
}

impl<'c> Unverified<'c> {
    /// Reads the payload, once: strict JSON that names an issuer. [`Compact::parse`] has judged size,
    /// segments and header before.
    pub fn read(compact: &'c Compact<'c>) -> Result<Self, Reject> {
        let claims = json::parse_object(compact.untrusted_payload(), MAX_BYTES).map_err(Fault::Payload)?;
        let unverified = Self { compact, claims };
        if unverified.issuer().is_empty() { Err(Rule::IssuerMissing.into()) } else { Ok(unverified) }
    }

    /// The issuer the token claims to come from. Anyone can claim anything: good only for choosing, by exact
    /// comparison with the registered issuers, whose keys to verify with.
    pub fn issuer(&self) -> &str {
        issuer(&self.claims).unwrap_or_default()
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
