//! cargo-fuzz on `openias_fuzzing::dates`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| openias_fuzzing::dates::check(input));
