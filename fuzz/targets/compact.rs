//! cargo-fuzz on `openias_fuzzing::compact`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| openias_fuzzing::compact::check(input));
