//! Nonces that the server demands in proofs (RFC 9449 section 8): a proof made ahead of time is good for minutes.
//!
//! They are kept nowhere. Each is a keyed hash of the number of its time window, so that every process that has the
//! key accepts what another gave, and a stolen table of them does not exist.

use std::time::Duration;

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;

/// How long a window lasts unless configured otherwise. A nonce lives between one window and two.
pub const DEFAULT_WINDOW: Duration = Duration::from_mins(5);

/// The bytes of the hash that are given out: 144 bits, out of anyone's reach.
const BYTES: usize = 18;

/// Makes and recognises nonces.
pub struct Nonces {
    key: hmac::Key,
    window: Duration,
}

/// A nonce: 24 base64url characters, for the `DPoP-Nonce` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonces {
    /// By a secret that all processes share, with windows of a second or more.
    pub fn new(secret: &[u8; 32], window: Duration) -> Self {
        let window = window.max(Duration::from_secs(1));
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret), window }
    }

    /// The nonce of the current window.
    pub fn at(&self, now: Timestamp) -> Nonce {
        self.numbered(self.number(now))
    }

    /// Whether a nonce is that of the current window or of the one before, in constant time.
    pub fn accept(&self, nonce: &str, now: Timestamp) -> bool {
        let number = self.number(now);
        let is = |number| {
            let expected = self.numbered(number);
            constant_time::verify_slices_are_equal(nonce.as_bytes(), expected.0.as_bytes()).is_ok()
        };
        is(number) | is(number.saturating_sub(1))
    }

    fn number(&self, now: Timestamp) -> i64 {
        now.millis().div_euclid(i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX))
    }

    fn numbered(&self, number: i64) -> Nonce {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(b"dpop nonce");
        context.update(&number.to_be_bytes());
        let hash = context.sign();
        Nonce(URL_SAFE_NO_PAD.encode(hash.as_ref().get(..BYTES).unwrap_or_default()))
    }
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nonces").field("window", &self.window).finish_non_exhaustive()
    }
}

impl Nonce {
    /// The nonce as it stands in the header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_768_899_000);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn j14_a_nonce_is_good_in_its_window_and_the_next() {
        let nonces = Nonces::new(&[7; 32], Duration::from_mins(5));
        // 1,768,899,000 is a multiple of 300.
        let nonce = nonces.at(NOW);
        assert_eq!(nonce.as_str().len(), 24);
        for (now, good) in [
            (NOW.minus(Duration::from_millis(1)), false),
            (NOW, true),
            (NOW.plus(Duration::from_mins(5)), true),
            (NOW.plus(Duration::from_mins(10)).minus(Duration::from_millis(1)), true),
            (NOW.plus(Duration::from_mins(10)), false),
        ] {
            assert_eq!(nonces.accept(nonce.as_str(), now), good, "{now:?}");
        }
        assert_eq!(nonces.at(NOW.plus(299 * SECOND)), nonce);
        assert_ne!(nonces.at(NOW.plus(300 * SECOND)), nonce);
    }

    #[test]
    fn j14_nothing_else_is_a_nonce() {
        let nonces = Nonces::new(&[7; 32], Duration::from_mins(5));
        let nonce = nonces.at(NOW);
        let other = Nonces::new(&[8; 32], Duration::from_mins(5)).at(NOW);
        let text = nonce.as_str();
        for wrong in ["", other.as_str(), &text[1..], &format!("{text}="), &text.to_lowercase()] {
            assert!(!nonces.accept(wrong, NOW), "{wrong}");
        }
        assert!(!format!("{nonces:?}").contains('7'), "the key does not print");
    }

    #[test]
    fn any_window_and_any_time_will_do() {
        for window in [Duration::ZERO, Duration::MAX] {
            let nonces = Nonces::new(&[7; 32], window);
            for now in [Timestamp::from_millis(i64::MIN), NOW, Timestamp::from_millis(i64::MAX)] {
                assert!(nonces.accept(nonces.at(now).as_str(), now));
            }
        }
    }
}
