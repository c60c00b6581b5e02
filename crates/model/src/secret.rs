//! Secrets that are shown once and kept only as a hash.

use aws_lc_rs::{constant_time, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Text that must not be printed: a private key, a code, a token. Wiped on drop; `Debug` shows nothing.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes text over as a secret.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// A fresh secret of 256 bits as 43 base64url characters, from random bytes the caller brings.
    /// Well beyond the 160 bits that RFC 6749 section 10.10 asks of codes and tokens.
    pub fn from_random(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// The text itself, for the one place that sends or compares it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the store keeps.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl Drop for Secret {
    /// All that was allocated is overwritten at once: `zeroize` would go byte by byte, which for a token takes longer
    /// than to read it.
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.clear();
        bytes.resize(bytes.capacity(), 0);
        zeroize::optimization_barrier(bytes.as_slice());
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// SHA-256 of a secret. Our secrets carry 160 bits or more, so a slow hash would protect nothing and
/// hand a flood of requests a lever.
#[derive(Clone)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Hashes text as it arrived.
    pub fn of(text: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Self(hash)
    }

    /// Reads a hash back from the store.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// The 32 bytes as stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether `other` is the hash of the same secret, in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }

    /// Whether this is the hash on file. When there is none the same work is done, so that the time it takes
    /// tells nobody which clients exist.
    pub fn is_on_file(&self, on_file: Option<&Self>) -> bool {
        let stand_in = Self([0; 32]);
        self.matches(on_file.unwrap_or(&stand_in)) && on_file.is_some()
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let secret = Secret::new("private_test_abc".to_owned());
        assert_eq!(format!("{secret:?} {:?}", secret.hash()), "Secret(..) SecretHash(..)");
    }

    #[test]
    fn a_fresh_secret_has_43_characters_and_its_hash_matches_only_itself() {
        let secret = Secret::from_random([7; 32]);
        assert_eq!(secret.expose().len(), 43);
        assert!(secret.hash().matches(&SecretHash::of(secret.expose())));
        assert!(!secret.hash().matches(&SecretHash::of("other")));
    }

    /// Signatures need no such care: whoever checks them holds no secret.
    #[test]
    fn v41_how_much_of_a_secret_was_guessed_shows_nowhere() {
        let secret = "private_test_0123456789abcdefghijklmnopqrstuv";
        let on_file = SecretHash::of(secret);
        let guesses = [secret.len() - 1, 20, 0].map(|known| format!("{}~", &secret[..known]));
        for guess in guesses.iter().map(|guess| SecretHash::of(guess)) {
            assert!(!guess.is_on_file(Some(&on_file)));
            // A store that stops at the first other byte stops as early as for any guess.
            assert_ne!(guess.as_bytes()[..2], on_file.as_bytes()[..2]);
            assert_eq!(guess.as_bytes().len(), on_file.as_bytes().len());
        }
    }

    #[test]
    fn v41_no_secret_fits_where_none_is_on_file() {
        let hash = SecretHash::of("a secret");
        assert!(hash.is_on_file(Some(&hash.clone())));
        assert!(!hash.is_on_file(Some(&SecretHash::of("another"))));
        assert!(!SecretHash([0; 32]).is_on_file(None));
    }
}
