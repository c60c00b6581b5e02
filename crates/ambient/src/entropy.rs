//! Random bytes.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use model::Secret;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// Gives random bytes: the system's, or a sequence that a seed replays in a test.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<ChaCha20Rng>>),
}

impl Entropy {
    /// The kernel's cryptographic random source.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same bytes for the same seed. For tests alone.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))))
    }

    /// `N` fresh random bytes.
    ///
    /// # Panics
    /// When the operating system gives no randomness: no secret made after that would be one.
    #[expect(clippy::expect_used, reason = "without randomness every answer would be unsafe")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Source::System => getrandom::fill(&mut bytes).expect("the system's random source failed"),
            Source::Seeded(random) => {
                random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
            }
        }
        bytes
    }

    /// A fresh 256-bit secret.
    pub fn secret(&self) -> Secret {
        Secret::from_random(self.bytes())
    }

    /// The source that signatures draw on, which the library keeps. Never a seed's: a replayed nonce would give a key
    /// away.
    pub fn for_signing(&self) -> SystemRandom {
        SystemRandom::new()
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_the_system_does_not() {
        assert_eq!(Entropy::seeded(1).bytes::<16>(), Entropy::seeded(1).bytes::<16>());
        assert_ne!(Entropy::seeded(1).bytes::<16>(), Entropy::seeded(2).bytes::<16>());
        assert_ne!(Entropy::system().bytes::<16>(), Entropy::system().bytes::<16>());
    }
}
