//! The clock and the random source. Nothing else in OpenIAS reads either: whoever needs the time or a
//! fresh secret is given one of these, so a test can hold time still and replay randomness.

mod clock;
mod entropy;
mod keypair;

pub use clock::Clock;
pub use entropy::Entropy;
pub use keypair::{ec_p256_keypair, rsa_keypair};
