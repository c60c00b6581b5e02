//! cargo-fuzz on `openias_fuzzing::lint`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| openias_fuzzing::lint::check(input));
