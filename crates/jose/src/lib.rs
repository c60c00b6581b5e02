//! Strict compact JWS, JWK and JWKS: verify, sign, thumbprint.
//!
//! Accepts less than the RFCs allow, on purpose: one serialisation, four algorithms, keys only from a set
//! the caller already trusts. What a stranger sends is read in the order size, structure, header, key,
//! signature, content, and the first thing wrong is named by one [`Fault`].
//!
//! Pure: no clock, no I/O; randomness is an argument.

pub mod algorithm;
pub mod compact;
pub mod fault;
pub mod json;
pub mod jwks;
pub mod key;
pub mod signing;
pub mod thumbprint;
pub mod verify;

mod jwk;
mod roca;

pub use algorithm::Algorithm;
pub use compact::Compact;
pub use fault::Fault;
pub use jwks::{JwksFault, KeySet};
pub use key::{KeyFault, VerifyingKey};
pub use signing::{SigningFault, SigningKey};
pub use verify::VerifiedPayload;
