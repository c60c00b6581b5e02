//! Our own access tokens as JWTs (RFC 9068): made by [`issue()`], and judged by [`verify()`] wherever one is
//! presented.

mod claimed;
mod issue;
mod reject;
mod verified;
mod verify;

pub use claimed::claimed_id;
pub use issue::{Issuance, issue};
pub use reject::Reject;
pub use verified::Verified;
pub use verify::{ALGORITHM, Expectations, verify};

/// The header's `typ` (RFC 9068 section 2.1), so that no ID token stands in for an access token.
pub const TYPE: &str = "at+jwt";
