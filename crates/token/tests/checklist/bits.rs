//! Whatever bit of a token changes, nobody is verified.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::forge::{FORGE, base, judge_token};

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0),
        ..ProptestConfig::with_cases(256)
    })]

    #[test]
    fn one_flipped_bit_anywhere_refuses_the_token(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut token = FORGE.sign(base().to_string()).into_bytes();
        let at = at.index(token.len());
        token[at] ^= 1 << bit;
        if let Ok(token) = String::from_utf8(token) {
            prop_assert!(judge_token(&token).is_err(), "byte {at}, bit {bit}");
        }
    }

    #[test]
    fn no_claim_makes_the_verifier_panic(name in 0..24usize, text in "\\PC{0,40}|[0-9/+-]{0,14}|[A-Za-z]{1,3}") {
        let mut claims = base();
        let names: Vec<String> = claims.as_object().unwrap().keys().cloned().collect();
        claims[&names[name % names.len()]] = text.into();
        let _ = judge_token(&FORGE.sign(claims.to_string()));
    }
}
