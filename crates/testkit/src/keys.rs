//! RSA keys, made once in a process: making one takes longer than most tests.

use std::sync::OnceLock;

use jose::{Algorithm, SigningKey};

const KEYS: usize = 6;
static MADE: [OnceLock<Vec<u8>>; KEYS] = [const { OnceLock::new() }; KEYS];

/// The `number`th key of this process as PKCS#8 DER: RSA of 2048 bits, the least a key may have.
///
/// # Panics
/// When there is no such key.
pub fn pkcs8(number: usize) -> &'static [u8] {
    MADE[number].get_or_init(|| fuzzing::mint::pkcs8(Algorithm::Rs256))
}

/// The `number`th key, ready to sign RS256.
///
/// # Panics
/// When there is no such key.
pub fn signing_key(number: usize) -> SigningKey {
    SigningKey::from_pkcs8(Algorithm::Rs256, pkcs8(number)).expect("a signing key")
}
