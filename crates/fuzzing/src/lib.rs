//! What is thrown at everything that reads strangers' input: seeds, mutations, and for each parser one entry
//! point that says what must hold whatever arrives. Development only.
//!
//! A test here runs every entry over a fixed number of inputs, the same on each run; the targets of cargo-fuzz
//! in `fuzz/` call the same functions.
#![expect(clippy::panic, reason = "what does not hold here is the failure of the test that stands on it")]

pub mod compact;
pub mod dates;
pub mod issuer;
pub mod json;
pub mod jwks;
pub mod lint;
pub mod mutation;
pub mod oid;

pub use mutation::Mutator;

/// One parser: what to start from, and what to check.
pub struct Entry {
    /// Its name, which is that of its target in `fuzz/`.
    pub name: &'static str,
    /// Gives the parser one input. Panics when something does not hold.
    pub run: fn(&[u8]),
    /// Inputs that reach its depths.
    pub seeds: &'static [&'static [u8]],
}

/// Every parser.
pub const ENTRIES: [Entry; 6] = [
    Entry { name: "compact", run: compact::check, seeds: TOKENS },
    Entry {
        name: "json",
        run: json::check,
        seeds: &[
            include_bytes!("../seeds/json/claims.json"),
            include_bytes!("../seeds/json/escapes.json"),
            include_bytes!("../seeds/json/numbers.json"),
        ],
    },
    Entry {
        name: "jwks",
        run: jwks::check,
        seeds: &[issuer::KEYS.as_bytes(), include_bytes!("../seeds/jwks/unusable.json")],
    },
    Entry {
        name: "oid",
        run: oid::check,
        seeds: &[include_bytes!("../seeds/oid/urn.txt"), include_bytes!("../seeds/oid/bare.txt")],
    },
    Entry {
        name: "dates",
        run: dates::check,
        seeds: &[
            include_bytes!("../seeds/dates/calendar.txt"),
            include_bytes!("../seeds/dates/leap_day.txt"),
            include_bytes!("../seeds/dates/last_second.txt"),
            include_bytes!("../seeds/dates/fraction.txt"),
        ],
    },
    Entry { name: "lint", run: lint::check, seeds: TOKENS },
];

const TOKENS: &[&[u8]] = &[
    issuer::TOKEN.as_bytes(),
    issuer::ELLIPTIC.as_bytes(),
    include_bytes!("../seeds/token/encrypted.txt"),
    include_bytes!("../seeds/token/flattened.txt"),
];
