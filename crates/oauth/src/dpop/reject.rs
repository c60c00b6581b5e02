//! Why a proof was refused.

use jose::{Fault, SelfSignedFault};

use crate::ClaimFault;

/// The first thing found wrong with a proof. Names the rule, never the content. On the wire all are
/// `invalid_dpop_proof` but those of which [`Reject::wants_nonce`] says otherwise, and [`Reject::Parameter`], which
/// is an `invalid_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Not a signed proof at all.
    #[error(transparent)]
    Signed(#[from] SelfSignedFault),
    /// A claim is missing or not of its form.
    #[error("the proof's {0}")]
    Claim(#[from] ClaimFault),
    /// `htm` is another method than that of the request.
    #[error("the proof is for another method (htm)")]
    Method,
    /// `htu` is another address than that of the request.
    #[error("the proof is for another address (htu)")]
    Url,
    /// `iat` lies further ahead than clocks disagree.
    #[error("the proof was made in the future (iat)")]
    Ahead,
    /// `iat` lies too far back.
    #[error("the proof is too old (iat)")]
    Old,
    /// `ath` is not the hash of the access token that came with it.
    #[error("the proof is for another access token (ath)")]
    AccessToken,
    /// No `nonce`, and one is demanded.
    #[error("the proof has no nonce")]
    NonceMissing,
    /// `nonce` is not one of ours, or no longer.
    #[error("the proof's nonce is not a current one")]
    Nonce,
    /// The `dpop_jkt` parameter is no thumbprint.
    #[error("dpop_jkt is not a thumbprint")]
    Parameter,
    /// The `dpop_jkt` parameter names another key than the proof.
    #[error("dpop_jkt names another key than the proof")]
    OtherKey,
}

impl Reject {
    /// Whether the answer is `use_dpop_nonce` with a fresh nonce (RFC 9449 section 8): a client that is honest
    /// tries again with it.
    pub const fn wants_nonce(self) -> bool {
        matches!(self, Self::NonceMissing | Self::Nonce)
    }
}

impl From<Fault> for Reject {
    fn from(fault: Fault) -> Self {
        Self::Signed(fault.into())
    }
}
