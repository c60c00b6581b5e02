//! How much more than its bare signature a whole judgement costs, and whether that is too much:
//! `cargo bench -p openias-token` fails when it is.
//!
//! Both are measured in alternating rounds of one run, so that a busy machine slows both, and the best round of each
//! counts. Where their ratio is over the bound, it is measured anew, several times, before that is believed.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for developers, which prints")]
#![expect(clippy::disallowed_methods, reason = "time is what it measures")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fuzzing::Mint;
use jose::{Algorithm, Compact};
use model::synthetic::PATIENTS;
use model::{Hcid, Timestamp};
use openias_token::{Expectations, Form, Issuance, Unverified, issue, verify};

const ISSUER: &str = "https://authenticate.withpersona.com/authenticate/oidc";
const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);
/// Rounds of one measurement.
const ROUNDS: usize = 1000;
/// Measurements, all of them over the bound, before it counts as broken.
const LOOKS: usize = 8;
/// Few, so that a round is over before the machine turns to somebody else.
const CALLS: u32 = 20;

fn main() -> ExitCode {
    let bounds = [(Algorithm::Rs256, 1.25), (Algorithm::Es256, 1.15)];
    let within = bounds.map(|(algorithm, most)| measure(&Mint::new(algorithm), most));
    if within == [true; 2] { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether a judgement costs at most so many bare signatures.
fn measure(mint: &Mint, most: f64) -> bool {
    let hcid = Hcid::parse("2.16.840.1.113883.3.7204.9.1").expect("an HCID");
    let token = mint.token(payload(&hcid));
    let algorithm = [mint.key.algorithm()];
    let kept = mint.keys.find(mint.key.kid()).expect("the key");
    let (input, signature) = token.rsplit_once('.').expect("three segments");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("a signature");
    let bare = || kept.verify(algorithm[0], black_box(input).as_bytes(), &signature).expect("right");
    let whole = || {
        let compact = Compact::parse(black_box(&token)).expect("compact");
        let unverified = Unverified::read(&compact).expect("a token");
        let expected = Expectations::new(ISSUER, &algorithm, NOW);
        drop(verify(&unverified, &mint.keys, &hcid, &expected).expect("accepted"));
    };
    (0..LOOKS).any(|_| {
        let (mut best_bare, mut best_whole) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            best_bare = best_bare.min(time(bare));
            best_whole = best_whole.min(time(whole));
        }
        let ratio = best_whole.as_secs_f64() / best_bare.as_secs_f64();
        println!(
            "{:<6} {} bytes  bare signature {:>6.1} us  whole judgement {:>6.1} us  ratio {ratio:.3} (at most {most})",
            algorithm[0].name(),
            token.len(),
            best_bare.as_secs_f64() * 1e6 / f64::from(CALLS),
            best_whole.as_secs_f64() * 1e6 / f64::from(CALLS),
        );
        ratio <= most
    })
}

fn time(call: impl Fn()) -> Duration {
    let begun = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    begun.elapsed()
}

/// What a token of about 1.6 KB holds: the published form, with a nonce.
fn payload(hcid: &Hcid) -> Vec<u8> {
    let person = PATIENTS[5].demographics();
    issue(&Issuance {
        issuer: ISSUER,
        subject: "act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv",
        client_id: "env_DWP98JkccwwbLPUnzMrx7831.atoc_AWiTtq6zT9TsGU8a6x6rY6qp7n6jXY",
        audience: hcid,
        issued_at: NOW,
        life: Duration::from_hours(1),
        auth_time: NOW,
        token_id: "0ef0850f-eef9-4cf7-b42d-dad499523607",
        nonce: Some("a972942b-015a-41e8-b138-8ce13bba5b1b"),
        inquiry_id: "inq_AWiTtq6SoiDHGrX6i2WpTf9WF4UKL8",
        demographics: &person,
        email_verified: true,
        phone_verified: true,
        form: Form::Tefca2,
    })
}
