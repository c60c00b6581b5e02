//! Signs tokens of any header and any payload, with each algorithm.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fuzzing::Mutator;
use openias_jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::texts;

/// One key of each algorithm.
pub(crate) struct Mint {
    keys: Vec<(Pair, SigningKey)>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Elliptic(EcdsaKeyPair),
}

impl Mint {
    pub(crate) fn new() -> Self {
        Self { keys: Algorithm::ALL.map(pair).into() }
    }

    pub(crate) fn jwks(&self) -> Value {
        json!({"keys": self.keys.iter().map(|(_, key)| key.public_jwk()).collect::<Vec<_>>()})
    }

    /// Whatever it says, its signature is right.
    pub(crate) fn token(&self, mutator: &mut Mutator) -> String {
        // RSA and P-384 sign slowly; P-256 is the third.
        let at = if mutator.one_in(6) { mutator.below(self.keys.len()) } else { 2 };
        let (pair, key) = &self.keys[at];
        let ids: Vec<&str> = self.keys.iter().map(|(_, key)| key.kid()).collect();
        let header = texts::header(mutator, key.algorithm(), key.kid(), &ids);
        let payload = texts::payload(mutator);
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(key.algorithm(), input.as_bytes()));
        format!("{input}.{signature}")
    }
}

impl Pair {
    fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let encoding =
                    if algorithm == Algorithm::Rs384 { &RSA_PKCS1_SHA384 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, input, &mut signature).unwrap();
                signature
            }
            Self::Elliptic(pair) => pair.sign(&random, input).unwrap().as_ref().to_vec(),
        }
    }
}

fn pair(algorithm: Algorithm) -> (Pair, SigningKey) {
    let curve = match algorithm {
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P256_SHA256_FIXED_SIGNING,
    };
    let (pair, pkcs8) = match algorithm {
        Algorithm::Rs256 | Algorithm::Rs384 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
            let pkcs8 = AsDer::<Pkcs8V1Der>::as_der(&pair).unwrap().as_ref().to_vec();
            (Pair::Rsa(pair), pkcs8)
        }
        Algorithm::Es256 | Algorithm::Es384 => {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new()).unwrap();
            (
                Pair::Elliptic(EcdsaKeyPair::from_pkcs8(curve, pkcs8.as_ref()).unwrap()),
                pkcs8.as_ref().to_vec(),
            )
        }
    };
    (pair, SigningKey::from_pkcs8(algorithm, &pkcs8).unwrap())
}
