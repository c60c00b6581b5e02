//! The signature algorithms this crate knows. What has no variant cannot be used: `none` and HMAC have none.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256, VerificationAlgorithm,
};

/// A JWS signature algorithm (RFC 7518 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256; the only one TEFCA ID tokens use (IAS SOP 3.0).
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384; UDAP assertions.
    Rs384,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// RSASSA-PSS with SHA-256 and a salt as long; clients under FAPI 2.0.
    Ps256,
    /// Ed25519 (RFC 8037 section 3.1); clients under FAPI 2.0.
    EdDsa,
}

/// What RFC 9864 section 2.2 calls EdDSA with this curve, and newer libraries write.
const ED25519_NAME: &str = "Ed25519";

impl Algorithm {
    /// Every algorithm there is here.
    pub const ALL: [Self; 6] = [Self::Rs256, Self::Rs384, Self::Es256, Self::Es384, Self::Ps256, Self::EdDsa];

    /// The name in a header's or a key's `alg`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Every name that it is known by, the usual one first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [self.name()].into_iter().chain((self == Self::EdDsa).then_some(ED25519_NAME))
    }

    /// The algorithm of that exact name; names are case-sensitive (RFC 7515 section 4.1.1).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.names().any(|known| known == name))
    }

    /// How the cryptographic library names the check.
    pub(crate) fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Es256 => &ECDSA_P256_SHA256_FIXED,
            Self::Es384 => &ECDSA_P384_SHA384_FIXED,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Self::EdDsa => &ED25519,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_nothing_else_is() {
        for algorithm in Algorithm::ALL {
            assert!(algorithm.names().all(|name| Algorithm::from_name(name) == Some(algorithm)));
        }
        assert_eq!(Algorithm::EdDsa.names().collect::<Vec<_>>(), ["EdDSA", "Ed25519"]);
        assert_eq!(Algorithm::Es256.names().count(), 1);
        for name in [
            "", "none", "None", "nOnE", "HS256", "rs256", "RS256 ", "RS512", "PS384", "eddsa", "Ed448",
            "ES256K",
        ] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
    }
}
