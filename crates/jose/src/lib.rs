//! Strict compact JWS, JWK and JWKS: verify, sign, thumbprint.
//!
//! Accepts less than the RFCs allow, on purpose: one serialisation, six algorithms, keys only from a set
//! the caller already trusts; the one message that brings its key, the DPoP proof, has a reader of its own,
//! [`SelfSigned`]. What a stranger sends is read in the order size, structure, header, key,
//! signature, content, and the first thing wrong is named by one [`Fault`].
//!
//! Pure: no clock, no I/O; randomness is an argument.

pub mod algorithm;
pub mod compact;
pub mod fault;
pub mod json;
pub mod jwks;
pub mod key;
pub mod self_signed;
pub mod signing;
pub mod thumbprint;
pub mod verify;

mod jwk;
mod roca;
mod small_order;

pub use algorithm::Algorithm;
pub use compact::Compact;
pub use fault::Fault;
pub use jwks::{JwksFault, KeySet};
pub use key::{KeyFault, VerifyingKey};
pub use self_signed::{SelfSigned, SelfSignedFault};
pub use signing::{SigningFault, SigningKey};
pub use verify::VerifiedPayload;
