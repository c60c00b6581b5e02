//! Mutated tokens through the whole judgement, from the outer form to the demographics, one by one: none panics,
//! none is accepted, and the memory in use stays what it was after the first tenth; otherwise it fails.
//! `cargo run --release -p openias-token --example mutations -- 10000000 [SEED]`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for the people who work on this crate"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use fuzzing::{Mint, Mutator};
use jose::{Algorithm, Compact};
use model::synthetic::PATIENTS;
use model::{Hcid, Timestamp};
use openias_token::{Expectations, Form, Issuance, Reject, Unverified, Verified, issue, verify};

const ISSUER: &str = "https://csp.example/authenticate/oidc";
const ISSUED: Timestamp = Timestamp::from_seconds(1_768_898_573);
/// How much the memory may grow after the first tenth, in KiB.
const GROWTH: usize = 4 * 1024;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let inputs: usize = arguments.next().map_or(10_000_000, |inputs| inputs.parse().unwrap());
    let seed = arguments.next().map_or(1, |seed| seed.parse().unwrap());

    let csp = Csp::new();
    let tokens = csp.tokens();
    assert!(tokens.iter().all(|token| csp.judge(token).is_ok()), "unchanged, each is accepted");

    let mut mutator = Mutator::seeded(seed);
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut unchanged, mut longest, mut settled) = (0, 0, None);
    println!("{inputs} inputs from {} tokens, seed {seed}", tokens.len());
    println!("resident at the start: {} KiB", resident());
    for number in 1..=inputs {
        let (token, donor) = (&tokens[mutator.below(tokens.len())], &tokens[mutator.below(tokens.len())]);
        let input = mutator.token(token, donor);
        longest = longest.max(input.len());
        match csp.judge(&input) {
            Err(reject) => *refused.entry(reject.code()).or_default() += 1,
            Ok(_) if tokens.contains(&input) => unchanged += 1,
            Ok(_) => panic!("input {number} was changed and accepted: {input}"),
        }
        if number % (inputs / 10).max(1) == 0 {
            let resident = resident();
            println!("resident after {number}: {resident} KiB");
            let most = *settled.get_or_insert(resident) + GROWTH;
            assert!(resident <= most, "the memory grew beyond {most} KiB");
        }
    }
    println!("{:>9}  panics\n{:>9}  changed and accepted\n{unchanged:>9}  not changed after all", 0, 0);
    for (code, times) in refused {
        println!("{times:>9}  refused: {code}");
    }
    println!("the longest had {longest} bytes");
}

/// One that signs what it issues.
struct Csp {
    mint: Mint,
    audience: Hcid,
}

impl Csp {
    fn new() -> Self {
        let audience = Hcid::parse("2.16.840.1.113883.3.7204.9").unwrap();
        Self { mint: Mint::new(Algorithm::Rs256), audience }
    }

    /// Every synthetic patient in every form.
    fn tokens(&self) -> Vec<String> {
        let each = PATIENTS.iter().flat_map(|patient| Form::ALL.map(|form| (patient.demographics(), form)));
        let payloads = each.map(|(demographics, form)| {
            issue(&Issuance {
                issuer: ISSUER,
                subject: "act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv",
                client_id: "env_1.atoc_2",
                audience: &self.audience,
                issued_at: ISSUED,
                life: Duration::from_hours(1),
                auth_time: ISSUED,
                token_id: "0ef0850f-eef9-4cf7-b42d-dad499523607",
                nonce: Some("a972942b"),
                inquiry_id: "inq_AWiTtq6SoiDHGrX6i2WpTf9WF4UKL8",
                demographics: &demographics,
                email_verified: true,
                phone_verified: true,
                form,
            })
        });
        payloads.map(|payload| self.mint.token(payload)).collect()
    }

    fn judge(&self, token: &str) -> Result<Verified, Reject> {
        let expected = Expectations::new(ISSUER, &[Algorithm::Rs256], ISSUED);
        let compact = Compact::parse(token)?;
        verify(&Unverified::read(&compact)?, &self.mint.keys, &self.audience, &expected)
    }
}

/// The process's memory as Linux counts it, in KiB; zero elsewhere.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * 4
}
