//! Keys made on the spot, and what they sign: any header over any payload. Only a good signature lets a refusal
//! prove its rule.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, KeySet, SigningKey};
use serde_json::{Value, json};

/// Signs with one algorithm whatever it is given.
pub struct Mint {
    pair: Pair,
    /// The same key, which signs with a proper header.
    pub key: SigningKey,
    /// Its public half.
    pub keys: KeySet,
    /// Its private half as PKCS#8 DER, for signers nobody here wrote.
    pub pkcs8: Vec<u8>,
}

enum Pair {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Elliptic(EcdsaKeyPair),
    Edwards(Ed25519KeyPair),
}

/// What an algorithm signs with.
enum Way {
    Rsa(&'static dyn RsaEncoding),
    Elliptic(&'static EcdsaSigningAlgorithm),
    Edwards,
}

impl Mint {
    /// One with a fresh key: RSA of 2048 bits, or on the curve of the algorithm.
    ///
    /// # Panics
    /// When the library makes no key.
    #[expect(clippy::expect_used, reason = "without a key there is no test")]
    pub fn new(algorithm: Algorithm) -> Self {
        let pkcs8 = pkcs8(algorithm);
        let pair = match Way::of(algorithm) {
            Way::Rsa(padding) => Pair::Rsa(RsaKeyPair::from_pkcs8(&pkcs8).expect("an RSA key"), padding),
            Way::Elliptic(curve) => {
                Pair::Elliptic(EcdsaKeyPair::from_pkcs8(curve, &pkcs8).expect("a key of the curve"))
            }
            Way::Edwards => Pair::Edwards(Ed25519KeyPair::from_pkcs8(&pkcs8).expect("a key of Ed25519")),
        };
        let key = SigningKey::from_pkcs8(algorithm, &pkcs8).expect("a signing key");
        let keys = key_set(&[key.public_jwk()]);
        Self { pair, key, keys, pkcs8 }
    }

    /// A token of exactly this header and payload.
    ///
    /// # Panics
    /// When the library does not sign.
    pub fn sign(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let input = format!("{}.{}", segment(header), segment(payload));
        format!("{input}.{}", segment(self.signature(input.as_bytes())))
    }

    /// A token whose header holds the right `alg` and `kid`, and these members besides: `,"typ":"JWT"`.
    ///
    /// # Panics
    /// When the library does not sign.
    pub fn with_header(&self, members: &str, payload: impl AsRef<[u8]>) -> String {
        let (alg, kid) = (self.key.algorithm().name(), self.key.kid());
        self.sign(format!(r#"{{"alg":"{alg}","kid":"{kid}"{members}}}"#), payload)
    }

    /// A token as an issuer signs it.
    ///
    /// # Panics
    /// When the library does not sign.
    #[expect(clippy::expect_used, reason = "without a signature there is no test")]
    pub fn token(&self, payload: impl AsRef<[u8]>) -> String {
        self.key.sign("JWT", payload.as_ref(), &SystemRandom::new()).expect("a signature")
    }

    /// The bare public key, as a proof brings it.
    pub fn bare_jwk(&self) -> Value {
        let mut jwk = self.key.public_jwk();
        if let Some(members) = jwk.as_object_mut() {
            members.retain(|name, _| !matches!(name.as_str(), "use" | "alg" | "kid"));
        }
        jwk
    }

    /// A DPoP proof of these claims.
    ///
    /// # Panics
    /// When the library does not sign.
    pub fn proof(&self, claims: &Value) -> String {
        let alg = self.key.algorithm().name();
        let header = json!({"typ": "dpop+jwt", "alg": alg, "jwk": self.bare_jwk()});
        self.sign(header.to_string(), claims.to_string())
    }

    #[expect(clippy::expect_used, reason = "without a signature there is no test")]
    fn signature(&self, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair, padding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*padding, &random, input, &mut signature).expect("a signature");
                signature
            }
            Pair::Elliptic(pair) => pair.sign(&random, input).expect("a signature").as_ref().to_vec(),
            Pair::Edwards(pair) => pair.sign(input).as_ref().to_vec(),
        }
    }
}

/// A fresh key for an algorithm as PKCS#8 DER.
///
/// # Panics
/// When the library makes none.
#[expect(clippy::expect_used, reason = "without a key there is no test")]
pub fn pkcs8(algorithm: Algorithm) -> Vec<u8> {
    let random = SystemRandom::new();
    match Way::of(algorithm) {
        Way::Rsa(_) => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
            let der: Pkcs8V1Der<'_> = pair.as_der().expect("PKCS#8");
            der.as_ref().to_vec()
        }
        Way::Elliptic(curve) => {
            let der = EcdsaKeyPair::generate_pkcs8(curve, &random).expect("a key of the curve");
            der.as_ref().to_vec()
        }
        Way::Edwards => Ed25519KeyPair::generate_pkcs8(&random).expect("a key of Ed25519").as_ref().to_vec(),
    }
}

/// A key set of these JWKs.
///
/// # Panics
/// When it is none.
#[expect(clippy::expect_used, reason = "without keys there is no test")]
pub fn key_set(jwks: &[Value]) -> KeySet {
    KeySet::from_json(json!({ "keys": jwks }).to_string().as_bytes()).expect("a key set")
}

/// One segment of a token.
pub fn segment(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Way {
    fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::Rsa(&RSA_PKCS1_SHA256),
            Algorithm::Rs384 => Self::Rsa(&RSA_PKCS1_SHA384),
            Algorithm::Ps256 => Self::Rsa(&RSA_PSS_SHA256),
            Algorithm::Es256 => Self::Elliptic(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::Es384 => Self::Elliptic(&ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::EdDsa => Self::Edwards,
        }
    }
}
