//! Whatever bit of a token changes, the token is refused.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::forge::{ISSUER, judge};

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0),
        ..ProptestConfig::with_cases(512)
    })]

    #[test]
    fn one_flipped_bit_anywhere_refuses_the_token(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut token = ISSUER.token().into_bytes();
        let at = at.index(token.len());
        token[at] ^= 1 << bit;
        // Bytes that are no longer UTF-8 never reach the parser.
        if let Ok(token) = String::from_utf8(token) {
            prop_assert!(judge(&token, &ISSUER.keys).is_err(), "byte {at}, bit {bit}");
        }
    }

    #[test]
    fn no_text_at_all_makes_the_parser_panic(text in "\\PC{0,200}|[A-Za-z0-9_.=-]{0,200}|(eyJ[A-Za-z0-9_-]{0,40}\\.){0,6}") {
        let _ = judge(&text, &ISSUER.keys);
    }

    #[test]
    fn no_bytes_make_the_json_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = openias_jose::json::parse(&bytes, 4096);
    }
}
