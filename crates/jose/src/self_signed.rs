//! The one JWS that may bring the key it is signed with: the DPoP proof (RFC 9449 section 4.2).
//!
//! Its signature says only that whoever made it holds the key; whose key that is has to be known from elsewhere, by
//! its thumbprint. Nothing that is read here can become a [`crate::VerifiedPayload`], and no other type of token
//! is read here.

use crate::compact::{Header, MAX_BYTES, Parts, decode};
use crate::json::{self, Object};
use crate::{Algorithm, Fault, KeyFault, VerifyingKey, jwk};

/// The one `typ`, compared byte for byte.
pub const TYPE: &str = "dpop+jwt";

/// A proof whose signature is that of the key it brings.
pub struct SelfSigned {
    key: VerifyingKey,
    payload: Vec<u8>,
}

/// Why a proof was refused. Names the rule, never the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelfSignedFault {
    /// What would refuse any other token, too.
    #[error(transparent)]
    Jws(#[from] Fault),
    /// `typ` is not [`TYPE`]: another kind of token, which must not count as a proof (RFC 8725 section 3.11).
    #[error("the token's type is not dpop+jwt")]
    Type,
    /// No `jwk`.
    #[error("the proof brings no key (jwk)")]
    NoKey,
    /// The key cannot be used.
    #[error("the proof's key (jwk): {0}")]
    Key(KeyFault),
}

impl SelfSigned {
    /// Reads a proof and checks its signature with the key it brings. Size is checked before structure,
    /// structure before content, and `allowed` comes from configuration.
    pub fn verify(text: &str, allowed: &[Algorithm]) -> Result<Self, SelfSignedFault> {
        let Parts { header, payload, signing_input, signature } = Parts::split(text)?;
        let members = json::parse_object(&header, MAX_BYTES).map_err(Fault::Header)?;
        let header = Header::read(&members)?;
        if header.typ.as_deref() != Some(TYPE) {
            return Err(SelfSignedFault::Type);
        }
        if !allowed.contains(&header.algorithm) {
            return Err(Fault::Algorithm.into());
        }
        let key = members.get("jwk").ok_or(SelfSignedFault::NoKey)?;
        let key = jwk::read_embedded(key, header.algorithm).map_err(SelfSignedFault::Key)?;
        let (payload, signature) = (decode(payload)?, decode(signature)?);
        key.verify(header.algorithm, signing_input.as_bytes(), &signature)?;
        Ok(Self { key, payload })
    }

    /// The RFC 7638 thumbprint of the key: who made this, as far as can be known.
    pub fn thumbprint(&self) -> &str {
        self.key.thumbprint()
    }

    /// The signed bytes as a strict JSON object.
    pub fn claims(&self) -> Result<Object<'_>, Fault> {
        json::parse_object(&self.payload, MAX_BYTES).map_err(Fault::Payload)
    }
}

impl std::fmt::Debug for SelfSigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SelfSigned(..)")
    }
}
