//! cargo-fuzz on `openias_fuzzing::oid`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| openias_fuzzing::oid::check(input));
