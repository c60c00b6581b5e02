//! cargo-fuzz on `openias_fuzzing::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| openias_fuzzing::json::check(input));
