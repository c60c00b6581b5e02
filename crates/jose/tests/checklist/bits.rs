//! V28: whatever bit of a token changes, the token is refused.

use aws_lc_rs::rand::SystemRandom;
use openias_jose::{Algorithm, KeySet};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::forge::{ISSUER, elliptic, judge, judge_with, set};

#[test]
fn every_single_bit_of_an_rsa_token_counts() {
    assert_every_bit_counts(&ISSUER.token(), &ISSUER.keys, Algorithm::Rs256);
}

#[test]
fn every_single_bit_of_an_elliptic_token_counts() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384] {
        let key = elliptic(algorithm);
        let token = key.sign("JWT", crate::forge::PAYLOAD.as_bytes(), &SystemRandom::new()).unwrap();
        assert_every_bit_counts(&token, &set(&[key.public_jwk()]), algorithm);
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

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0),
        ..ProptestConfig::with_cases(512)
    })]

    #[test]
    fn no_text_at_all_makes_the_parser_panic(text in "\\PC{0,200}|[A-Za-z0-9_.=-]{0,200}|(eyJ[A-Za-z0-9_-]{0,40}\\.){0,6}") {
        let _ = judge(&text, &ISSUER.keys);
    }

    #[test]
    fn no_bytes_make_the_json_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = openias_jose::json::parse(&bytes, 4096);
    }
}
