//! cargo-fuzz on `openias_fuzzing::oauth`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| openias_fuzzing::oauth::check_parameters(input));
