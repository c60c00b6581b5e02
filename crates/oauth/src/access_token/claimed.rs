//! An access token before anything is known about who wrote it.

use jose::Compact;
use jose::compact::MAX_BYTES;
use jose::json;

use crate::claim;

/// The `jti` that a token claims. Anyone can claim anything: good only for looking up what is kept of it.
pub fn claimed_id(compact: &Compact<'_>) -> Option<String> {
    let claims = json::parse_object(compact.untrusted_payload(), MAX_BYTES).ok()?;
    claim::text(&claims, "jti").ok().map(str::to_owned)
}
