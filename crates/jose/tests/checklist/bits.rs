//! V28: whatever bit of a token changes, the token is refused.

use fuzzing::Mint;
use openias_jose::{Algorithm, KeySet};

use crate::forge::{ISSUER, PAYLOAD, judge_with};

#[test]
fn every_single_bit_of_an_rsa_token_counts() {
    assert_every_bit_counts(&ISSUER.with_header("", PAYLOAD), &ISSUER.keys, Algorithm::Rs256);
}

#[test]
fn every_single_bit_of_an_elliptic_token_counts() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        let mint = Mint::new(algorithm);
        assert_every_bit_counts(&mint.token(PAYLOAD), &mint.keys, algorithm);
    }
}

fn assert_every_bit_counts(token: &str, keys: &KeySet, algorithm: Algorithm) {
    assert_eq!(judge_with(token, keys, &[algorithm]), Ok(()));
    // The eighth bit leaves no UTF-8, which never reaches the parser.
    for (at, bit) in (0..token.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
        let mut changed = token.as_bytes().to_vec();
        changed[at] ^= 1 << bit;
        let changed = String::from_utf8(changed).unwrap();
        assert!(judge_with(&changed, keys, &[algorithm]).is_err(), "byte {at}, bit {bit}");
    }
}
