//! A public key, parsed once and bound to what it may verify.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Algorithm, Fault, roca, small_order, thumbprint};

/// RSA moduli, in bits (RFC 7518 section 3.3; the upper bound keeps a verification cheap).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// What an RSA key is good for when nothing binds it.
pub(crate) const RSA: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Ps256];

/// A public key that verifies signatures. Kept parsed: parsing costs more than a verification.
#[derive(Clone)]
pub struct VerifyingKey {
    key_id: Option<String>,
    thumbprint: String,
    /// Each algorithm the key may be used with, and the key in the library's form for it.
    parsed: Vec<(Algorithm, ParsedPublicKey)>,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The entry of the key set is not a JSON object.
    #[error("not a JSON object")]
    NotAnObject,
    /// `kty` is neither `RSA` nor `EC` nor `OKP`; `oct`, a shared secret, above all.
    #[error("not an RSA, EC or OKP key")]
    KeyType,
    /// The key shows its private half, so it protects nothing.
    #[error("the key shows private members")]
    PrivateMembers,
    /// `use` is not `sig`.
    #[error("the key is not for signatures (use)")]
    Use,
    /// `key_ops` does not list `verify`.
    #[error("the key is not for verifying (key_ops)")]
    KeyOperations,
    /// No `kid`: no token can name the key, so it verifies none.
    #[error("the key has no id (kid), so that no token can name it")]
    NoKeyId,
    /// `kid` is not a string of 1 to 256 characters.
    #[error("the key id is not a short string")]
    KeyId,
    /// `alg` names an algorithm that is not used here or does not fit the key.
    #[error("the key is bound to another algorithm (alg)")]
    Algorithm,
    /// A member that makes up the key is missing or not base64.
    #[error("a member of the key is missing or unreadable")]
    Member,
    /// An RSA modulus of fewer than 2048 bits.
    #[error("the RSA key has fewer than 2048 bits")]
    TooSmall,
    /// An RSA modulus of more than 8192 bits.
    #[error("the RSA key has more than 8192 bits")]
    TooLarge,
    /// An RSA exponent that is even or below 3.
    #[error("the RSA exponent is even or below 3")]
    Exponent,
    /// An RSA modulus of the kind that ROCA factors (CVE-2017-15361).
    #[error("the RSA key was made by a faulty generator and can be factored (ROCA)")]
    Factorable,
    /// `crv` is not one of those used with that `kty`: `P-256`, `P-384`, `Ed25519`.
    #[error("the curve is none of P-256, P-384 and Ed25519")]
    Curve,
    /// A point on Ed25519 of small order: anyone can make signatures that fit it.
    #[error("the key is a point of small order, for which anyone can sign")]
    SmallOrder,
    /// The cryptographic library refuses the key, for one because the point is not on the curve.
    #[error("the numbers make no valid key")]
    Invalid,
    /// Another usable key of the set has the same `kid`, so neither is used.
    #[error("another key has the same id")]
    DuplicateKeyId,
}

impl VerifyingKey {
    /// An RSA key from modulus and exponent, big-endian; leading zero bytes are dropped, because some
    /// issuers send one (RFC 7518 section 6.3.1.1).
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyFault> {
        Self::rsa_for(&RSA, modulus, exponent)
    }

    /// The same, good for some of the algorithms of [`RSA`] only: each costs a parsed key.
    pub(crate) fn rsa_for(
        algorithms: &[Algorithm],
        modulus: &[u8],
        exponent: &[u8],
    ) -> Result<Self, KeyFault> {
        let (n, e) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
        match bits(n) {
            below if below < *RSA_BITS.start() => return Err(KeyFault::TooSmall),
            above if above > *RSA_BITS.end() => return Err(KeyFault::TooLarge),
            _ => {}
        }
        if matches!(e, [] | [0..3]) || e.last().is_some_and(|last| last % 2 == 0) {
            return Err(KeyFault::Exponent);
        }
        if roca::has_fingerprint(n) {
            return Err(KeyFault::Factorable);
        }
        // By way of DER, because only that way the library checks the numbers before it keeps them.
        let der = PublicKeyComponents { n, e }.as_der().map_err(|_| KeyFault::Invalid)?;
        let thumbprint = thumbprint::rsa(&URL_SAFE_NO_PAD.encode(n), &URL_SAFE_NO_PAD.encode(e));
        Self::parsed(algorithms, der.as_ref(), thumbprint)
    }

    /// A key on P-256 from its coordinates, big-endian, 32 bytes each (RFC 7518 section 6.2.1).
    pub fn p256(x: &[u8], y: &[u8]) -> Result<Self, KeyFault> {
        Self::point(Algorithm::Es256, "P-256", 32, x, y)
    }

    /// A key on P-384 from its coordinates, big-endian, 48 bytes each.
    pub fn p384(x: &[u8], y: &[u8]) -> Result<Self, KeyFault> {
        Self::point(Algorithm::Es384, "P-384", 48, x, y)
    }

    /// A key on Ed25519: the point as RFC 8032 section 5.1.2 encodes it, 32 bytes (RFC 8037 section 2). The
    /// library looks whether it is on the curve only when it verifies.
    pub fn ed25519(point: &[u8]) -> Result<Self, KeyFault> {
        let bytes: &[u8; 32] = point.try_into().map_err(|_| KeyFault::Invalid)?;
        if small_order::is_small(bytes) {
            return Err(KeyFault::SmallOrder);
        }
        let thumbprint = thumbprint::okp("Ed25519", &URL_SAFE_NO_PAD.encode(point));
        Self::parsed(&[Algorithm::EdDsa], point, thumbprint)
    }

    /// The same key under an id.
    #[must_use]
    pub fn with_kid(self, kid: &str) -> Self {
        Self { key_id: Some(kid.to_owned()), ..self }
    }

    /// The same key, good for one algorithm alone. [`KeyFault::Algorithm`] if it was never good for that.
    pub fn only(mut self, algorithm: Algorithm) -> Result<Self, KeyFault> {
        self.parsed.retain(|(allowed, _)| *allowed == algorithm);
        if self.parsed.is_empty() { Err(KeyFault::Algorithm) } else { Ok(self) }
    }

    /// The id under which tokens name this key.
    pub fn kid(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The name that follows from the key itself (RFC 7638): tells whether two keys are one.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The algorithms this key may be used with.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.parsed.iter().map(|(algorithm, _)| *algorithm)
    }

    /// Whether `signature` is this key's signature of `signing_input`, the first two segments with their
    /// dot. [`Fault::KeyType`] when the key is not good for `algorithm`, else [`Fault::Signature`].
    pub fn verify(&self, algorithm: Algorithm, signing_input: &[u8], signature: &[u8]) -> Result<(), Fault> {
        let (_, key) = self.parsed.iter().find(|(allowed, _)| *allowed == algorithm).ok_or(Fault::KeyType)?;
        key.verify_sig(signing_input, signature).map_err(|_| Fault::Signature)
    }

    fn point(algorithm: Algorithm, curve: &str, size: usize, x: &[u8], y: &[u8]) -> Result<Self, KeyFault> {
        if x.len() != size || y.len() != size {
            return Err(KeyFault::Invalid);
        }
        let uncompressed = [&[4], x, y].concat();
        let thumbprint = thumbprint::ec(curve, &URL_SAFE_NO_PAD.encode(x), &URL_SAFE_NO_PAD.encode(y));
        Self::parsed(&[algorithm], &uncompressed, thumbprint)
    }

    fn parsed(algorithms: &[Algorithm], encoded: &[u8], thumbprint: String) -> Result<Self, KeyFault> {
        let parse = |algorithm: &Algorithm| {
            let key =
                ParsedPublicKey::new(algorithm.verification(), encoded).map_err(|_| KeyFault::Invalid)?;
            Ok((*algorithm, key))
        };
        Ok(Self { key_id: None, thumbprint, parsed: algorithms.iter().map(parse).collect::<Result<_, _>>()? })
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifyingKey").field("kid", &self.key_id).finish_non_exhaustive()
    }
}

/// A big-endian number without the zero bytes in front of it.
pub(crate) fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}
