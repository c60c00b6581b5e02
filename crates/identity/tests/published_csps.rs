//! P1 to P3 and P6: the trusted CSPs as they are shipped, each judging what it is known to send. Their quirks, longest
//! lives and proofing ages are read from their entries and nowhere else.
#![expect(clippy::expect_used, reason = "what goes wrong here is the failure of the test that stands on it")]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use egress::{Client, IssuerKeys, KeySource};
use fuzzing::Mint;
use fuzzing::issuer::AUDIENCE;
use fuzzing::shapes::{CLEAR, IDME, NOW, PERSONA, Shape};
use jose::{Algorithm, Compact};
use model::synthetic::{PATIENTS, SyntheticPatient, by_email};
use model::{Demographics, Mode, Timestamp, TokenProfile};
use openias_identity::csps::{Csp, TrustedCsps};
use serde_json::{Value, json};
use token::Grade::{Note as N, Warning as W};
use token::{Grade, Reject, Rule, Unverified, Verified};

static MINT: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Rs256));

/// The shipped list, but for the keys: each issuer's are pinned to ours.
static CSPS: LazyLock<TrustedCsps> = LazyLock::new(|| {
    let keys = Arc::new(MINT.keys.clone());
    TrustedCsps::published().all().iter().fold(TrustedCsps::published(), |csps, csp| {
        let mut csp = csp.clone();
        for issuer in &mut csp.issuers {
            issuer.keys = KeySource::Pinned(Arc::clone(&keys));
        }
        csps.with(csp)
    })
});

static KEYS: LazyLock<IssuerKeys> = LazyLock::new(|| CSPS.issuer_keys(&Client::new([])));

/// What becomes of claims that their issuer signs and a client pushes with `idp`.
async fn judge_as(idp: &str, profile: Option<TokenProfile>, claims: &Value) -> Result<Verified, Reject> {
    let token = MINT.token(claims.to_string());
    let compact = Compact::parse(&token)?;
    let unverified = Unverified::read(&compact)?;
    let keys = KEYS.of(unverified.issuer(), unverified.key_id(), NOW).await.expect("pinned keys");
    let csp = CSPS.find(idp).expect("a published CSP");
    let issuer = &csp.issuers.last().expect("an issuer").url;
    token::verify(&unverified, &keys, &AUDIENCE, &csp.expectations(issuer, profile, NOW))
}

/// And with the `idp` of that issuer.
async fn judge(profile: Option<TokenProfile>, claims: &Value) -> Result<Verified, Reject> {
    judge_as(&entry(claims["iss"].as_str().expect("an issuer")).idp, profile, claims).await
}

fn entry(issuer: &str) -> &'static Csp {
    let csp = CSPS.of_issuer(issuer).expect("a published CSP");
    assert!(csp.speaks_for(issuer, Mode::Test));
    csp
}

fn camila() -> &'static SyntheticPatient {
    by_email("knixontestemail@epic.com").expect("a synthetic patient")
}

fn changed(shape: &Shape, changes: &[(&str, Value)]) -> Value {
    let mut claims = (shape.write)(camila());
    for (name, value) in changes {
        if value.is_null() {
            claims.as_object_mut().expect("claims").remove(*name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn remarks(verified: &Verified) -> Vec<(Grade, Rule)> {
    verified.findings().iter().map(|finding| (finding.grade, finding.breach.rule)).collect()
}

fn rule(verdict: Result<Verified, Reject>) -> Option<Rule> {
    verdict.err().map(|reject| reject.rule)
}

/// What is remarked on in spite of the quirks, by the form that the token follows and by the next one.
type Remarks = &'static [(Grade, Rule)];

const TABLE: [(&Shape, Remarks, Remarks); 3] = [
    (
        &PERSONA,
        &[],
        &[
            (N, Rule::AudienceParty),
            (W, Rule::Version),
            (N, Rule::Filler),
            (N, Rule::RegionName),
            (N, Rule::SsnPresent),
        ],
    ),
    (
        &CLEAR,
        &[
            (N, Rule::AudienceOther),
            (N, Rule::NotBeforeMissing),
            (N, Rule::Alias),
            (N, Rule::ContactUnverified),
        ],
        &[
            (N, Rule::AudienceOther),
            (W, Rule::Version),
            (N, Rule::Filler),
            (N, Rule::RegionName),
            (N, Rule::Alias),
            (W, Rule::ContactUnverified),
            (N, Rule::SsnPresent),
        ],
    ),
    (
        &IDME,
        &[
            (N, Rule::NotBeforeMissing),
            (N, Rule::AuthTimeMissing),
            (N, Rule::LongLived),
            (W, Rule::BirthdateFormat),
        ],
        &[
            (N, Rule::LongLived),
            (W, Rule::Version),
            (W, Rule::BirthdateFormat),
            (N, Rule::RegionName),
            (N, Rule::SsnPresent),
        ],
    ),
];

#[tokio::test]
async fn p1_to_p3_every_patient_is_the_same_person_in_every_shape() {
    for (shape, two, three) in TABLE {
        for patient in &PATIENTS {
            let case = (shape.name, patient.email);
            let claims = (shape.write)(patient);
            let verified = judge(None, &claims).await.expect("accepted");
            assert_eq!(
                (verified.profile(), remarks(&verified)),
                (TokenProfile::Tefca2, two.to_vec()),
                "{case:?}"
            );
            assert_eq!(verified.claimed_email(), Some(patient.email), "{case:?}");
            assert!(*verified.demographics() == (shape.read)(patient.demographics()), "{case:?}");

            // What no shape may change.
            let Demographics { given_name, family_name, birth_date, address, phone, .. } =
                verified.demographics();
            let plain = patient.demographics();
            assert!(given_name.eq_ignore_ascii_case(&plain.given_name), "{case:?}");
            assert!(family_name.eq_ignore_ascii_case(&plain.family_name), "{case:?}");
            assert!(
                (birth_date, address, phone) == (&plain.birth_date, &plain.address, &plain.phone),
                "{case:?}"
            );

            let stricter = judge(Some(TokenProfile::Tefca3), &claims).await.expect("forgiven");
            assert_eq!(remarks(&stricter), three.to_vec(), "{case:?}");
            let cms = judge(Some(TokenProfile::CmsAligned), &claims).await;
            assert_eq!(rule(cms), Some(Rule::NotFresh), "{case:?}: there no quirk helps");
        }
    }
}

#[tokio::test]
async fn what_a_csp_is_not_known_for_is_held_against_it() {
    let american = changed(&CLEAR, &[("birthdate", json!("09/12/1987"))]);
    assert_eq!(rule(judge(None, &american).await), Some(Rule::BirthdateFormat));
    let unverified = changed(&PERSONA, &[("email_verified", json!(false))]);
    let verdict = judge(Some(TokenProfile::Tefca3), &unverified).await;
    assert_eq!(rule(verdict), Some(Rule::ContactUnverified));
    let foreign = judge_as("clear_csp", None, &(IDME.write)(camila())).await;
    assert_eq!(rule(foreign), Some(Rule::Issuer), "V27");
}

#[tokio::test]
async fn v24_tokens_live_as_long_as_their_csp_is_known_for() {
    for (shape, hours) in [(&PERSONA, 2), (&CLEAR, 24), (&IDME, 6)] {
        assert_eq!(entry(shape.issuer).max_life, Duration::from_hours(hours));
        let issued = (shape.write)(camila())["iat"].as_i64().expect("a time");
        let longest = issued + 3600 * i64::try_from(hours).expect("small");
        assert!(judge(None, &changed(shape, &[("exp", json!(longest))])).await.is_ok(), "{}", shape.name);
        let longer = judge(None, &changed(shape, &[("exp", json!(longest + 1))])).await;
        assert_eq!(rule(longer), Some(Rule::Lifetime), "G10 {}", shape.name);
    }
}

#[tokio::test]
async fn v35_p6_a_refreshed_token_counts_as_long_as_the_proofing() {
    // Minted by a refresh, it echoes no nonce and keeps the time of the proofing.
    let proofed = |shape, days: i64, seconds| {
        let at = NOW.seconds() - days * 86_400 - seconds;
        changed(shape, &[("auth_time", json!(at)), ("nonce", Value::Null)])
    };
    let verified = judge(None, &proofed(&PERSONA, 90, 0)).await.expect("accepted");
    assert_eq!(verified.auth_time().map(Timestamp::seconds), Some(NOW.seconds() - 90 * 86_400));
    assert_eq!(remarks(&verified), []);
    assert_eq!(rule(judge(None, &proofed(&PERSONA, 90, 1)).await), Some(Rule::ProofingAge));
    let silent = judge(None, &changed(&PERSONA, &[("auth_time", Value::Null)])).await;
    assert_eq!(rule(silent), Some(Rule::Missing), "where it counts, the token must say when that was");
    for shape in [&CLEAR, &IDME] {
        assert!(judge(None, &proofed(shape, 3650, 0)).await.is_ok(), "{}", shape.name);
    }
    let cms = judge(Some(TokenProfile::CmsAligned), &proofed(&PERSONA, 60, 0)).await;
    assert_eq!(rule(cms), Some(Rule::NotFresh));
}
