//! How much more than its bare signature a whole judgement costs: `cargo bench -p openias-token`.
//!
//! Both are measured in alternating rounds of one run, so that a busy machine slows both; the ratio of the best
//! rounds counts.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for developers, which prints")]
#![expect(clippy::disallowed_methods, reason = "time is what it measures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Compact, KeySet, SigningKey};
use model::synthetic::PATIENTS;
use model::{Hcid, Timestamp};
use openias_token::{Expectations, Form, Issuance, Unverified, issue, verify};
use serde_json::json;

const ISSUER: &str = "https://authenticate.withpersona.com/authenticate/oidc";
const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);
const ROUNDS: usize = 40;
const CALLS: u32 = 500;

fn main() {
    for (key, most) in [(rs256(), 1.25), (es256(), 1.15)] {
        measure(&key, most);
    }
}

fn measure(key: &SigningKey, most: f64) {
    let hcid = Hcid::parse("2.16.840.1.113883.3.7204.9.1").expect("an HCID");
    let payload = payload(&hcid);
    let token = key.sign("JWT", &payload, &SystemRandom::new()).expect("a token");
    let keys = KeySet::from_json(json!({"keys": [key.public_jwk()]}).to_string().as_bytes()).expect("keys");
    let algorithm = [key.algorithm()];
    let kept = keys.find(key.kid()).expect("the key");
    let (input, signature) = token.rsplit_once('.').expect("three segments");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("a signature");
    let bare = || kept.verify(algorithm[0], black_box(input).as_bytes(), &signature).expect("right");
    let whole = || {
        let compact = Compact::parse(black_box(&token)).expect("compact");
        let unverified = Unverified::read(&compact).expect("a token");
        let expected = Expectations::new(ISSUER, &algorithm, NOW);
        drop(verify(&unverified, &keys, &hcid, &expected).expect("accepted"));
    };
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

fn rs256() -> SigningKey {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().expect("PKCS#8");
    SigningKey::from_pkcs8(Algorithm::Rs256, pkcs8.as_ref()).expect("a key")
}

fn es256() -> SigningKey {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    SigningKey::from_pkcs8(Algorithm::Es256, pair.expect("a key").as_ref()).expect("a key")
}
