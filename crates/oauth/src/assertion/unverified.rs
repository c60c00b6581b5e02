//! An assertion before anything is known about who wrote it.

use jose::compact::MAX_BYTES;
use jose::json::{self, Object};
use jose::{Compact, Fault};

use super::Reject;
use crate::claim;

/// A well-formed assertion of unknown origin. Tells whose keys to look for, and nothing else.
pub struct Unverified<'c> {
    pub(super) compact: &'c Compact<'c>,
    pub(super) claims: Object<'c>,
}

impl<'c> Unverified<'c> {
    /// Reads the payload, once: strict JSON that names a client. [`Compact::parse`] has judged size, segments and
    /// header before.
    pub fn read(compact: &'c Compact<'c>) -> Result<Self, Reject> {
        let claims = json::parse_object(compact.untrusted_payload(), MAX_BYTES).map_err(Fault::Payload)?;
        claim::text(&claims, "sub")?;
        Ok(Self { compact, claims })
    }

    /// The client that the assertion claims to come from (`sub`). Anyone can claim anything: good only for
    /// choosing, among the registered clients, whose keys to verify with.
    pub fn client_id(&self) -> &str {
        claim::text(&self.claims, "sub").unwrap_or_default()
    }
}

impl std::fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unverified(..)")
    }
}
