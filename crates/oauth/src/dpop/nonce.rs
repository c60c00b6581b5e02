//! Nonces that the server demands in proofs (RFC 9449 section 8): a proof made ahead of time is good for minutes.
//!
//! They are kept nowhere. Each is a keyed hash of the number of its time window, so that every process that has the
//! key accepts what another gave, and a stolen table of them does not exist.

use std::time::Duration;

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;

/// How long a window lasts. A nonce lives between one window and two.
const WINDOW: Duration = Duration::from_mins(5);

/// The bytes of the hash that are given out: 144 bits, out of anyone's reach.
const BYTES: usize = 18;

/// Makes and recognises nonces.
pub struct Nonces {
    key: hmac::Key,
}

impl Nonces {
    /// By a secret that all processes share.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The nonce of the current window: 24 base64url characters, for the `DPoP-Nonce` header.
    pub fn at(&self, now: Timestamp) -> String {
        self.numbered(number(now))
    }

    /// Whether a nonce is that of the current window or of the one before, in constant time.
    pub fn accept(&self, nonce: &str, now: Timestamp) -> bool {
        let number = number(now);
        let is = |number| {
            let expected = self.numbered(number);
            constant_time::verify_slices_are_equal(nonce.as_bytes(), expected.as_bytes()).is_ok()
        };
        is(number) | is(number.saturating_sub(1))
    }

    fn numbered(&self, number: i64) -> String {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(b"dpop nonce");
        context.update(&number.to_be_bytes());
        let hash = context.sign();
        URL_SAFE_NO_PAD.encode(hash.as_ref().get(..BYTES).unwrap_or_default())
    }
}

/// The number of the window that a time lies in.
fn number(now: Timestamp) -> i64 {
    now.millis().div_euclid(i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX))
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonces(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_768_899_000);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn j14_a_nonce_is_good_in_its_window_and_the_next() {
        let nonces = Nonces::new(&[7; 32]);
        // 1,768,899,000 is a multiple of 300.
        let nonce = nonces.at(NOW);
        assert_eq!(nonce.len(), 24);
        for (now, good) in [
            (NOW.minus(Duration::from_millis(1)), false),
            (NOW, true),
            (NOW.plus(Duration::from_mins(5)), true),
            (NOW.plus(Duration::from_mins(10)).minus(Duration::from_millis(1)), true),
            (NOW.plus(Duration::from_mins(10)), false),
        ] {
            assert_eq!(nonces.accept(&nonce, now), good, "{now:?}");
        }
        assert_eq!(nonces.at(NOW.plus(299 * SECOND)), nonce);
        assert_ne!(nonces.at(NOW.plus(300 * SECOND)), nonce);
    }

    #[test]
    fn j14_nothing_else_is_a_nonce() {
        let nonces = Nonces::new(&[7; 32]);
        let nonce = nonces.at(NOW);
        let other = Nonces::new(&[8; 32]).at(NOW);
        for wrong in ["", &other, &nonce[1..], &format!("{nonce}="), &nonce.to_lowercase()] {
            assert!(!nonces.accept(wrong, NOW), "{wrong}");
        }
        assert!(!format!("{nonces:?}").contains('7'), "the key does not print");
    }

    #[test]
    fn any_time_will_do() {
        let nonces = Nonces::new(&[7; 32]);
        for now in [Timestamp::from_millis(i64::MIN), NOW, Timestamp::from_millis(i64::MAX)] {
            assert!(nonces.accept(&nonces.at(now), now));
        }
    }
}
