//! T10: access tokens as JWTs.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fuzzing::Mint;
use jose::json::JsonFault;
use jose::{Compact, Fault, KeySet};
use model::{Scope, ScopeFault, Timestamp};
use openias_oauth::access_token::{ALGORITHM, Expectations, Issuance, Reject, Verified, issue, verify};
use openias_oauth::{ClaimFault, Thumbprint};
use serde_json::{Value, json};

use crate::forge::{CLIENT, ES256, ISSUER, NOW, SECONDS, STRANGER, all, changed, token};

pub(crate) const AUDIENCE: &str = "https://rs.example/fhir";

/// Makes a token with everything in it.
pub(crate) fn full(forge: &Mint, change: impl FnOnce(&mut Issuance<'_>)) -> String {
    let (scope, jkt) = (Scope::parse("openid patient/*.rs").unwrap(), Thumbprint::parse(STRANGER.key.kid()));
    let mut issuance = Issuance {
        issuer: ISSUER,
        audience: &[AUDIENCE],
        subject: "act_1",
        client_id: CLIENT,
        issued_at: NOW,
        life: Duration::from_mins(5),
        token_id: "t1",
        scope: &scope,
        jkt: jkt.as_ref(),
        auth_time: Some(Timestamp::from_seconds(SECONDS - 100)),
    };
    change(&mut issuance);
    issue(&issuance, &forge.key, &SystemRandom::new()).unwrap()
}

pub(crate) fn judge(text: &str) -> Result<Verified, Reject> {
    judge_at(text, NOW)
}

fn judge_at(text: &str, now: Timestamp) -> Result<Verified, Reject> {
    verify_by(text, &ES256.keys, now)
}

fn verify_by(text: &str, keys: &KeySet, now: Timestamp) -> Result<Verified, Reject> {
    verify(&Compact::parse(text)?, keys, &Expectations::new(ISSUER, &[AUDIENCE], now))
}

fn decoded(text: &str, segment: usize) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(text.split('.').nth(segment).unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "act_1", "client_id": CLIENT, "iat": SECONDS, "exp": SECONDS + 300,
        "jti": "t1", "scope": "openid",
    })
}

fn outcome(changes: Value) -> Result<Verified, Reject> {
    judge(&token(&ES256, "at+jwt", &changed(claims(), changes)))
}

#[test]
fn t10_a_token_holds_what_rfc_9068_asks_for_and_no_more() {
    for forge in all() {
        let text = full(forge, |_| {});
        let header: Value = serde_json::from_str(&decoded(&text, 0)).unwrap();
        assert_eq!(
            header,
            json!({"typ": "at+jwt", "alg": forge.key.algorithm().name(), "kid": forge.key.kid()})
        );
        let expected = format!(
            r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"act_1","client_id":"{CLIENT}","iat":{SECONDS},"exp":{},"jti":"t1","scope":"openid patient/*.rs","cnf":{{"jkt":"{}"}},"auth_time":{}}}"#,
            SECONDS + 300,
            STRANGER.key.kid(),
            SECONDS - 100,
        );
        assert_eq!(decoded(&text, 1), expected);
        assert_eq!(verify_by(&text, &forge.keys, NOW).is_ok(), forge.key.algorithm() == ALGORITHM);
    }
    let least = full(&ES256, |issuance| {
        (issuance.jkt, issuance.auth_time) = (None, None);
        issuance.audience = &[AUDIENCE, "https://other.example"];
    });
    let least: Value = serde_json::from_str(&decoded(&least, 1)).unwrap();
    assert_eq!(least["aud"], json!([AUDIENCE, "https://other.example"]));
    for absent in ["cnf", "auth_time"] {
        assert!(least.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn t10_what_is_issued_verifies_and_reads_back() {
    let verified = judge(&full(&ES256, |_| {})).unwrap();
    assert_eq!((verified.subject(), verified.client_id(), verified.token_id()), ("act_1", CLIENT, "t1"));
    assert_eq!(verified.scope().as_str(), "openid patient/*.rs");
    assert_eq!(verified.issued_at().seconds(), SECONDS);
    assert_eq!(verified.expires_at().seconds(), SECONDS + 300);
    assert_eq!(verified.jkt().map(Thumbprint::as_str), Some(STRANGER.key.kid()));
    let several = full(&ES256, |issuance| issuance.audience = &["https://other.example", AUDIENCE]);
    assert!(judge(&several).is_ok());
    let bare = full(&ES256, |issuance| issuance.jkt = None);
    assert_eq!(judge(&bare).unwrap().jkt(), None);
}

#[test]
fn t10_text_that_json_escapes_reads_back_as_it_was() {
    for subject in ["a\"b\\c", "\u{1}\t\n\u{7f}", "é\u{2028}\u{1f600}", "</script>", "{}"] {
        let text = full(&ES256, |issuance| (issuance.subject, issuance.token_id) = (subject, subject));
        let verified = judge(&text).unwrap();
        assert_eq!((verified.subject(), verified.token_id()), (subject, subject));
    }
}

#[test]
fn t10_every_claim_is_checked() {
    let missing = |name| Reject::Claim(ClaimFault::Missing(name));
    let form = |name| Reject::Claim(ClaimFault::Form(name));
    assert!(outcome(json!({})).is_ok());
    for (changes, reject) in [
        (json!({"iss": null}), Reject::Issuer),
        (json!({"iss": "https://as.example/"}), Reject::Issuer),
        (json!({"iss": [ISSUER]}), Reject::Issuer),
        (json!({"aud": null}), missing("aud")),
        (json!({"aud": "https://other.example"}), Reject::Audience),
        (json!({"aud": ["https://other.example"]}), Reject::Audience),
        (json!({"aud": []}), Reject::Audience),
        (json!({"aud": [[AUDIENCE]]}), Reject::Audience),
        (json!({"aud": {"a": AUDIENCE}}), Reject::Audience),
        (json!({"aud": format!("{AUDIENCE}/")}), Reject::Audience),
        (json!({"exp": null}), missing("exp")),
        (json!({"exp": "x"}), form("exp")),
        (json!({"exp": SECONDS}), Reject::Expired),
        (json!({"iat": null}), missing("iat")),
        (json!({"iat": SECONDS + 61}), Reject::Ahead),
        (json!({"sub": null}), missing("sub")),
        (json!({"sub": ""}), form("sub")),
        (json!({"client_id": null}), missing("client_id")),
        (json!({"jti": null}), missing("jti")),
        (json!({"jti": "j".repeat(257)}), form("jti")),
        (json!({"scope": ["openid"]}), form("scope")),
    ] {
        assert_eq!(outcome(changes.clone()).map(|_| ()), Err(reject), "{changes}");
    }
    assert_eq!(outcome(json!({"scope": ""})).map(|_| ()), Err(ScopeFault::Empty.into()));
    assert!(outcome(json!({"scope": null})).unwrap().scope().is_none());
}

#[test]
fn t9_a_binding_that_cannot_be_checked_is_not_overlooked() {
    for cnf in [
        json!({}),
        json!("jkt"),
        json!([{"jkt": STRANGER.key.kid()}]),
        json!({"jkt": ""}),
        json!({"jkt": [STRANGER.key.kid()]}),
        json!({"jkt": "x".repeat(43)}),
        json!({"x5t#S256": STRANGER.key.kid()}),
        json!({"jkt": STRANGER.key.kid(), "x5t#S256": STRANGER.key.kid()}),
    ] {
        assert_eq!(outcome(json!({ "cnf": cnf })).map(|_| ()), Err(Reject::Confirmation), "{cnf}");
    }
}

#[test]
fn t10_a_token_lasts_until_its_expiry() {
    let text = full(&ES256, |_| {});
    let end = Timestamp::from_seconds(SECONDS + 300);
    assert!(judge_at(&text, end.minus(Duration::from_millis(1))).is_ok());
    assert_eq!(judge_at(&text, end).map(|_| ()), Err(Reject::Expired));
}

#[test]
fn j7_only_access_tokens_of_our_own_keys_count() {
    let text = |typ: &str| token(&ES256, typ, &claims());
    for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        assert!(judge(&text(typ)).is_ok(), "{typ}");
    }
    for typ in ["JWT", "dpop+jwt", "", "jwt+at", "application/application/at+jwt"] {
        assert_eq!(judge(&text(typ)).map(|_| ()), Err(Reject::Type), "{typ}");
    }
    let judged = |text: &str| judge(text).map(|_| ());
    let untyped =
        ES256.sign(json!({"alg": "ES256", "kid": ES256.key.kid()}).to_string(), claims().to_string());
    assert_eq!(judged(&untyped), Err(Reject::Type));
    assert_eq!(judged(&token(&STRANGER, "at+jwt", &claims())), Err(Fault::UnknownKey.into()));
    let borrowed = json!({"typ": "at+jwt", "alg": "ES256", "kid": ES256.key.kid()}).to_string();
    assert_eq!(judged(&STRANGER.sign(&borrowed, claims().to_string())), Err(Fault::Signature.into()));
    let hmac = borrowed.replace("ES256", "HS256");
    assert_eq!(judged(&ES256.sign(&hmac, claims().to_string())), Err(Fault::Algorithm.into()), "J1");
    let twice = claims().to_string().replace('{', r#"{"sub":"act_2","#);
    assert_eq!(
        judged(&ES256.sign(&borrowed, &twice)),
        Err(Fault::Payload(JsonFault::DuplicateMember).into()),
        "J8"
    );
}
