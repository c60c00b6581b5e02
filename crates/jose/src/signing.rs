//! Our own signatures.

use aws_lc_rs::rand::SecureRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::key::without_leading_zeros;
use crate::{Algorithm, thumbprint};

/// A private key that signs with one algorithm. Kept parsed, wiped by the library when dropped, never printed.
pub struct SigningKey {
    algorithm: Algorithm,
    pair: Pair,
    public: Public,
    kid: String,
}

/// Why a key cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningFault {
    /// Not a PKCS#8 key of the type and size the algorithm needs.
    #[error("the private key does not fit its algorithm or is damaged")]
    Key,
    /// The library could not sign.
    #[error("signing failed")]
    Sign,
}

enum Pair {
    Rsa(RsaKeyPair),
    Elliptic(EcdsaKeyPair),
    Edwards(Ed25519KeyPair),
}

/// The public half, as base64url members of a JWK.
enum Public {
    Rsa { n: String, e: String },
    Elliptic { crv: &'static str, x: String, y: String },
    Edwards { x: String },
}

impl SigningKey {
    /// Reads an unencrypted PKCS#8 key in DER: RSA of 2048 to 8192 bits for RS256, RS384 and PS256, P-256
    /// for ES256, P-384 for ES384, Ed25519 for EdDSA.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, SigningFault> {
        let pair = match algorithm {
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Ps256 => {
                RsaKeyPair::from_pkcs8(pkcs8).map(Pair::Rsa)
            }
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Pair::Elliptic)
            }
            Algorithm::Es384 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8).map(Pair::Elliptic)
            }
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map(Pair::Edwards),
        };
        let pair = pair.map_err(|_| SigningFault::Key)?;
        let public = Public::of(algorithm, &pair).ok_or(SigningFault::Key)?;
        let kid = public.thumbprint();
        Ok(Self { algorithm, pair, public, kid })
    }

    /// The algorithm this key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key's id: its RFC 7638 thumbprint, so that it cannot be given to another key by mistake.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JWK with `use`, `alg` and `kid`, ready for a key set.
    pub fn public_jwk(&self) -> Value {
        let (alg, kid) = (self.algorithm.name(), &self.kid);
        match &self.public {
            Public::Rsa { n, e } => {
                json!({"kty": "RSA", "use": "sig", "alg": alg, "kid": kid, "n": n, "e": e})
            }
            Public::Elliptic { crv, x, y } => {
                json!({"kty": "EC", "use": "sig", "alg": alg, "kid": kid, "crv": crv, "x": x, "y": y})
            }
            Public::Edwards { x } => {
                json!({"kty": "OKP", "use": "sig", "alg": alg, "kid": kid, "crv": "Ed25519", "x": x})
            }
        }
    }

    /// Signs `payload` into a compact JWS whose header holds `alg`, `kid` and `typ`.
    pub fn sign(&self, typ: &str, payload: &[u8], random: &dyn SecureRandom) -> Result<String, SigningFault> {
        let (alg, kid) = (self.algorithm.name(), &self.kid);
        // Name and thumbprint hold nothing that JSON would escape.
        let header = format!(r#"{{"alg":"{alg}","kid":"{kid}","typ":{}}}"#, Value::from(typ));
        let room = self.signature_bytes() + header.len() + payload.len() + 9;
        let mut token = String::with_capacity(room.div_ceil(3) * 4);
        URL_SAFE_NO_PAD.encode_string(header, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.signature(token.as_bytes(), random)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn signature_bytes(&self) -> usize {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_modulus_len(),
            Pair::Elliptic(_) | Pair::Edwards(_) => 96,
        }
    }

    fn signature(&self, input: &[u8], random: &dyn SecureRandom) -> Result<Vec<u8>, SigningFault> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = match self.algorithm {
                    Algorithm::Rs384 => &RSA_PKCS1_SHA384,
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, random, input, &mut signature).map_err(|_| SigningFault::Sign)?;
                Ok(signature)
            }
            Pair::Elliptic(pair) => {
                let signature = pair.sign(random, input).map_err(|_| SigningFault::Sign)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Edwards(pair) => {
                let signature = pair.try_sign(input).map_err(|_| SigningFault::Sign)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

impl Public {
    fn of(algorithm: Algorithm, pair: &Pair) -> Option<Self> {
        match pair {
            Pair::Rsa(pair) => {
                let (n, e) = rsa_members(pair.public_key().as_ref())?;
                Some(Self::Rsa { n: URL_SAFE_NO_PAD.encode(n), e: URL_SAFE_NO_PAD.encode(e) })
            }
            Pair::Elliptic(pair) => {
                let (crv, size) = if algorithm == Algorithm::Es384 { ("P-384", 48) } else { ("P-256", 32) };
                let point = pair.public_key().as_ref().strip_prefix(&[4])?;
                let (x, y) = point.split_at_checked(size)?;
                Some(Self::Elliptic { crv, x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) })
            }
            Pair::Edwards(pair) => Some(Self::Edwards { x: URL_SAFE_NO_PAD.encode(pair.public_key()) }),
        }
    }

    fn thumbprint(&self) -> String {
        match self {
            Self::Rsa { n, e } => thumbprint::rsa(n, e),
            Self::Elliptic { crv, x, y } => thumbprint::ec(crv, x, y),
            Self::Edwards { x } => thumbprint::okp("Ed25519", x),
        }
    }
}

/// Modulus and exponent out of the library's `RSAPublicKey ::= SEQUENCE { INTEGER, INTEGER }` (RFC 8017
/// appendix A.1.1), without the zero bytes DER puts in front of a number that would look negative.
fn rsa_members(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    let (numbers, _) = element(SEQUENCE, der)?;
    let (n, rest) = element(INTEGER, numbers)?;
    let (e, _) = element(INTEGER, rest)?;
    Some((without_leading_zeros(n), without_leading_zeros(e)))
}

/// Splits DER into the content of its first element and what follows.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = der.strip_prefix(&[tag])?.split_first()?;
    match length {
        short @ 0..0x80 => rest.split_at_checked(usize::from(*short)),
        long => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let length = length
                .iter()
                .try_fold(0usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))?;
            rest.split_at_checked(length)
        }
    }
}
