//! What is thrown at everything that reads strangers' input: seeds, mutations, tokens in the shapes of the known
//! CSPs, and for each parser one entry point that says what must hold whatever arrives. Development only.
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
pub mod mint;
pub mod mutation;
pub mod oauth;
pub mod oid;
pub mod shapes;

pub use mint::Mint;
pub use mutation::Mutator;

/// One parser: what to start from, and what to check.
pub struct Entry {
    /// Its name, which is that of its target in `fuzz/`.
    pub name: &'static str,
    /// Gives the parser one input. Panics when something does not hold.
    pub run: fn(&[u8]),
    /// Inputs that reach its depths.
    pub seeds: &'static [&'static [u8]],
    /// How many inputs the bounded run throws at it, fewer where each costs a signature.
    pub inputs: usize,
    /// What makes one input of another.
    pub change: fn(&mut Mutator, &mut Vec<u8>),
}

/// Every parser.
pub const ENTRIES: [Entry; 10] = [
    Entry { name: "compact", run: compact::check, seeds: TOKENS, inputs: 50_000, change: token },
    Entry {
        name: "json",
        run: json::check,
        seeds: &[
            include_bytes!("../seeds/json/claims.json"),
            include_bytes!("../seeds/json/escapes.json"),
            include_bytes!("../seeds/json/numbers.json"),
        ],
        inputs: 150_000,
        change: Mutator::bytes,
    },
    Entry {
        name: "jwks",
        run: jwks::check,
        seeds: &[issuer::KEYS.as_bytes(), include_bytes!("../seeds/jwks/unusable.json")],
        inputs: 50_000,
        change: Mutator::bytes,
    },
    Entry {
        name: "oid",
        run: oid::check,
        seeds: &[include_bytes!("../seeds/oid/urn.txt"), include_bytes!("../seeds/oid/bare.txt")],
        inputs: 150_000,
        change: Mutator::bytes,
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
        inputs: 150_000,
        change: Mutator::bytes,
    },
    Entry { name: "lint", run: lint::check, seeds: TOKENS, inputs: 10_000, change: token },
    Entry { name: "proof", run: oauth::check_proof, seeds: OAUTH, inputs: 10_000, change: own_token },
    Entry { name: "assertion", run: oauth::check_assertion, seeds: OAUTH, inputs: 10_000, change: own_token },
    Entry {
        name: "access_token",
        run: oauth::check_access_token,
        seeds: OAUTH,
        inputs: 10_000,
        change: own_token,
    },
    Entry {
        name: "parameters",
        run: oauth::check_parameters,
        seeds: &[
            include_bytes!("../seeds/oauth/address.txt"),
            include_bytes!("../seeds/oauth/scope.txt"),
            include_bytes!("../seeds/oauth/thumbprint.txt"),
        ],
        inputs: 150_000,
        change: Mutator::bytes,
    },
];

/// Each is of one kind and must be refused as any other.
const OAUTH: &[&[u8]] =
    &[oauth::PROOF.as_bytes(), oauth::ASSERTION.as_bytes(), oauth::ACCESS_TOKEN.as_bytes()];

const TOKENS: &[&[u8]] = &[
    issuer::TOKEN.as_bytes(),
    issuer::ELLIPTIC.as_bytes(),
    include_bytes!("../seeds/token/encrypted.txt"),
    include_bytes!("../seeds/token/flattened.txt"),
];

/// Another token; what is no text any more changes like any bytes.
fn token(mutator: &mut Mutator, input: &mut Vec<u8>) {
    changed(mutator, input, issuer::TOKEN);
}

/// The same with the authorization server's own JWTs.
fn own_token(mutator: &mut Mutator, input: &mut Vec<u8>) {
    changed(mutator, input, oauth::PROOF);
}

fn changed(mutator: &mut Mutator, input: &mut Vec<u8>, donor: &str) {
    match std::str::from_utf8(input) {
        Ok(text) => *input = mutator.token(text, donor).into_bytes(),
        Err(_) => mutator.bytes(input),
    }
}
