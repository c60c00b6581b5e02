//! Tokens with any header, any payload and a good signature: only then does a refusal prove its rule.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openias_jose::{Algorithm, Compact, Fault, KeySet, SigningKey};

/// The payload of most tokens here.
pub(crate) const PAYLOAD: &str = r#"{"iss":"https://csp.example/oidc"}"#;

/// An RSA key that can sign anything.
pub(crate) struct Forge {
    pair: RsaKeyPair,
    pub(crate) key: SigningKey,
    pub(crate) keys: KeySet,
}

/// The issuer whose tokens are judged.
pub(crate) static ISSUER: LazyLock<Forge> = LazyLock::new(Forge::new);
/// Somebody else.
pub(crate) static STRANGER: LazyLock<Forge> = LazyLock::new(Forge::new);

impl Forge {
    fn new() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8 = AsDer::<Pkcs8V1Der>::as_der(&pair).unwrap();
        let key = SigningKey::from_pkcs8(Algorithm::Rs256, pkcs8.as_ref()).unwrap();
        let keys = set(&[key.public_jwk()]);
        Self { pair, key, keys }
    }

    /// A compact JWS of exactly this header and payload.
    pub(crate) fn sign(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.sign_segments(&segment(header), &segment(payload))
    }

    /// Signs two segments as they stand.
    pub(crate) fn sign_segments(&self, header: &str, payload: &str) -> String {
        let input = format!("{header}.{payload}");
        format!("{input}.{}", segment(self.raw(input.as_bytes())))
    }

    /// A token whose header holds a right `alg` and `kid` and these members besides.
    pub(crate) fn with_header(&self, members: &str) -> String {
        self.sign(format!(r#"{{"alg":"RS256","kid":"{}"{members}}}"#, self.key.kid()), PAYLOAD)
    }

    /// A proper token.
    pub(crate) fn token(&self) -> String {
        self.with_header("")
    }

    fn raw(&self, input: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input, &mut signature).unwrap();
        signature
    }
}

/// Fresh elliptic keys.
pub(crate) fn elliptic(algorithm: Algorithm) -> SigningKey {
    let curve = match algorithm {
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P256_SHA256_FIXED_SIGNING,
    };
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new()).unwrap();
    SigningKey::from_pkcs8(algorithm, pkcs8.as_ref()).unwrap()
}

/// A key set of these JWKs.
pub(crate) fn set(jwks: &[serde_json::Value]) -> KeySet {
    KeySet::from_json(&serde_json::to_vec(&serde_json::json!({ "keys": jwks })).unwrap()).unwrap()
}

/// One segment.
pub(crate) fn segment(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What becomes of a token under the keys and the policy for TEFCA ID tokens.
pub(crate) fn judge(token: &str, keys: &KeySet) -> Result<(), Fault> {
    judge_with(token, keys, &[Algorithm::Rs256])
}

/// What becomes of a token under any policy.
pub(crate) fn judge_with(token: &str, keys: &KeySet, allowed: &[Algorithm]) -> Result<(), Fault> {
    Compact::parse(token)?.verify(keys, allowed)?.claims().map(|_| ())
}
