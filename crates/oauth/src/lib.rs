//! The JWTs of the authorization server that are not ID tokens, and the parameters that go with them.
//!
//! [`dpop`] judges proofs that a client holds a key, [`assertion`] judges client assertions, [`access_token`] makes
//! and judges our own access tokens. Each names the first thing wrong by a [`dpop::Reject`] or its like; strangers
//! get one answer for many of them.
//!
//! What is not here: scopes, PKCE and redirect URIs (in `model`), and whether a `jti` was used before (in `store`).
//!
//! Pure: time and randomness are arguments, keys are the caller's.

pub mod access_token;
pub mod assertion;
pub mod claim;
pub mod dpop;
pub mod profile;
pub mod skew;
pub mod thumbprint;

pub use claim::ClaimFault;
pub use profile::algorithms;
pub use thumbprint::Thumbprint;
