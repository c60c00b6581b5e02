//! From a message somebody sent to a message somebody signed.

use crate::compact::MAX_BYTES;
use crate::json::{self, Object};
use crate::{Algorithm, Compact, Fault, KeySet, VerifyingKey};

impl Compact<'_> {
    /// Checks the signature with the key that `kid` names in `keys`, the keys of the one issuer the
    /// message claims to come from. `allowed` comes from configuration, never from the message
    /// (RFC 8725 section 3.1).
    pub fn verify(&self, keys: &KeySet, allowed: &[Algorithm]) -> Result<VerifiedPayload<'_>, Fault> {
        if !allowed.contains(&self.algorithm()) {
            return Err(Fault::Algorithm);
        }
        let key_id = self.key_id().ok_or(Fault::NoKeyId)?;
        self.verify_with(keys.find(key_id).ok_or(Fault::UnknownKey)?, allowed)
    }

    /// The same with one key that the caller chose out of what it trusts, whatever `kid` says.
    pub fn verify_with(
        &self,
        key: &VerifyingKey,
        allowed: &[Algorithm],
    ) -> Result<VerifiedPayload<'_>, Fault> {
        if !allowed.contains(&self.algorithm()) {
            return Err(Fault::Algorithm);
        }
        key.verify(self.algorithm(), self.signing_input.as_bytes(), &self.signature)?;
        Ok(VerifiedPayload { message: self })
    }
}

/// The payload of a message whose signature is right. Only verifying makes one.
pub struct VerifiedPayload<'c> {
    message: &'c Compact<'c>,
}

impl<'c> VerifiedPayload<'c> {
    /// The signed bytes.
    pub fn bytes(&self) -> &'c [u8] {
        &self.message.payload
    }

    /// The signed bytes as a strict JSON object.
    pub fn claims(&self) -> Result<Object<'c>, Fault> {
        json::parse_object(self.bytes(), MAX_BYTES).map_err(Fault::Payload)
    }

    /// The signed header's `typ`.
    pub fn typ(&self) -> Option<&'c str> {
        self.message.typ()
    }
}

impl std::fmt::Debug for VerifiedPayload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifiedPayload(..)")
    }
}
