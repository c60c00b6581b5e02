//! RSA keys that a widespread smart card library made (ROCA, CVE-2017-15361).
//!
//! Modulo a product of small primes, each of its primes was a power of 65537, and so is the modulus: that gives
//! the key away to whoever cares to factor it. By chance one modulus in 240 million looks the same.

/// The small primes of which not every remainder is a power of 65537.
const PRIMES: [u32; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/// Whether a modulus, big-endian, looks like one of those.
pub(crate) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power(remainder(modulus, *prime), *prime))
}

fn remainder(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime)
}

/// Whether `rest` is a power of 65537 modulo `prime`.
fn is_power(rest: u32, prime: u32) -> bool {
    let mut power = 1;
    loop {
        if power == rest {
            return true;
        }
        power = power * 65537 % prime;
        if power == 1 {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The greatest number of 2048 bits that is 1, a power of anything, modulo each of the primes; and odd.
    fn fingerprinted() -> Vec<u8> {
        let product: u128 = PRIMES.iter().map(|prime| u128::from(*prime)).product();
        let mut number = vec![0xff; 256];
        let rest = number.iter().fold(0, |rest: u128, byte| (rest * 256 + u128::from(*byte)) % product);
        let mut end = u128::MAX - (rest - 1);
        end -= if end % 2 == 0 { product } else { 0 };
        number.splice(240.., end.to_be_bytes());
        number
    }

    #[test]
    fn only_the_faulty_generator_leaves_that_print() {
        let mut number = fingerprinted();
        assert!(has_fingerprint(&number));
        assert_eq!(crate::VerifyingKey::rsa(&number, &[1, 0, 1]).err(), Some(crate::KeyFault::Factorable));
        for step in 1..1000 {
            // Two further on, the number is no power modulo one prime or another.
            number[255] = number[255].wrapping_add(2);
            number[200] ^= u8::try_from(step % 251).unwrap_or_default();
            assert!(!has_fingerprint(&number), "step {step}");
        }
    }
}
