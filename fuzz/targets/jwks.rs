//! cargo-fuzz on `openias_fuzzing::jwks`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| openias_fuzzing::jwks::check(input));
