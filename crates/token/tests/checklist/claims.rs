//! V21, V22, V26, V28, V40: who issued it, what kind of token it is, whom it names.

use jose::{Algorithm, Compact};
use openias_token::{Expectations, Rule, Unverified, verify};
use serde_json::{Value, json};

use crate::forge::{
    FORGE, ISSUER, NOW, RS256, STRANGER, at, base, changed, codes, hcid, judge, judge_by, judge_token, of,
    refuses, typed,
};

#[test]
fn an_impeccable_token_passes_without_remark() {
    assert!(judge(&base()).unwrap().findings().is_empty());
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    refuses([
        ("V26 a slash", "iss", json!(format!("{ISSUER}/")), of(Rule::Issuer)),
        ("V26 http", "iss", json!(ISSUER.replace("https", "http")), of(Rule::Issuer)),
        ("V26 capitals", "iss", json!(ISSUER.replace("csp", "CSP")), of(Rule::Issuer)),
        ("V26 a port", "iss", json!(ISSUER.replace(".example", ".example:443")), of(Rule::Issuer)),
        ("V26 userinfo", "iss", json!(ISSUER.replace("//", "//csp.example@")), of(Rule::Issuer)),
        ("V26 a look-alike", "iss", json!(ISSUER.replace("csp", "сsp")), of(Rule::Issuer)),
        ("V26 the sandbox", "iss", json!(format!("{ISSUER}-sandbox")), of(Rule::Issuer)),
        ("V26 a space", "iss", json!(format!("{ISSUER} ")), of(Rule::Issuer)),
        ("V26 an array", "iss", json!([ISSUER, "https://other.example"]), of(Rule::IssuerMissing)),
        ("V26 empty", "iss", json!(""), of(Rule::IssuerMissing)),
        ("V26 missing", "iss", Value::Null, of(Rule::IssuerMissing)),
    ]);
}

#[test]
fn only_an_id_token_is_an_id_token() {
    let payload = base().to_string();
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", "application/jwt", "jwt", "JWT ", ""] {
        let token = typed(&json!(typ), &payload);
        assert_eq!(judge_token(&token).err(), Some(of(Rule::Type)), "V21 {typ}");
    }
    let array = typed(&json!(["JWT"]), &payload);
    assert_eq!(judge_token(&array).unwrap_err().code(), "jws.type", "V21 an array");
    let untyped = judge_token(&FORGE.with_header("", &payload)).unwrap();
    assert_eq!(codes(&untyped), ["token.type_missing"]);
    let logout = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    refuses([
        ("V22 a logout token", "events", logout, of(Rule::Events)),
        ("V22 an access token", "given_name", Value::Null, at(Rule::Missing, "given_name")),
        ("V22 no jti", "jti", Value::Null, at(Rule::Missing, "jti")),
        ("an empty jti", "jti", json!(""), of(Rule::TokenId)),
        ("a number as jti", "jti", json!(7), of(Rule::TokenId)),
        ("a jti of 257", "jti", json!("j".repeat(257)), of(Rule::TokenId)),
        ("no sub", "sub", Value::Null, at(Rule::Missing, "sub")),
        ("an empty sub", "sub", json!(""), of(Rule::Subject)),
        ("a sub of 256", "sub", json!("s".repeat(256)), of(Rule::Subject)),
        ("a sub beyond ASCII", "sub", json!("act_é"), of(Rule::Subject)),
        ("a sub with a line break", "sub", json!("act\n"), of(Rule::Subject)),
        ("a number as sub", "sub", json!(7), of(Rule::Subject)),
    ]);
}

#[test]
fn keys_decide_and_nothing_else() {
    let payload = base().to_string();
    assert_eq!(judge_token(&STRANGER.token(&payload)).unwrap_err().code(), "jws.unknown_key", "V17");
    let token = FORGE.token(&payload);
    let (_, signature) = token.rsplit_once('.').unwrap();
    let other = FORGE.token(changed(&[("given_name", json!("Dog"))]).to_string());
    let (input, _) = other.rsplit_once('.').unwrap();
    let mixed = judge_token(&format!("{input}.{signature}")).unwrap_err();
    assert_eq!((mixed, mixed.code()), (of(Rule::JwsSignature), "jws.signature"), "V28");
    let elliptic = Expectations { algorithms: &[Algorithm::Es256], ..Expectations::new(ISSUER, RS256, NOW) };
    assert_eq!(judge_by(&token, &elliptic).unwrap_err().code(), "jws.algorithm", "V10");
    let compact = Compact::parse(&token).unwrap();
    let unverified = Unverified::read(&compact).unwrap();
    let stranger = verify(&unverified, &STRANGER.keys, &hcid(), &Expectations::new(ISSUER, RS256, NOW));
    assert_eq!(stranger.unwrap_err().code(), "jws.unknown_key", "V27");
}

#[test]
fn the_signature_is_judged_before_the_content() {
    // A stranger learns nothing about the policy from a token with a wrong signature.
    let token = FORGE.token(changed(&[("exp", json!(1)), ("aud", json!("x"))]).to_string());
    let (input, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{input}.{}", "A".repeat(342));
    assert_eq!(judge_token(&forged).err(), Some(of(Rule::JwsSignature)));
}

#[test]
fn claims_nobody_knows_are_ignored() {
    let verified = judge(&changed(&[
        ("__proto__", json!({"iss": "https://other.example", "email_verified": false})),
        ("constructor", json!({"prototype": {}})),
        ("http://rce.sequoiaproject.org/OIDC/claim/mothers_maiden_name", json!("x")),
        (&"n".repeat(8_000), json!(1)),
        ("amr", json!(["selfie", "sms"])),
        ("uuid", json!("1")),
    ]));
    assert!(verified.unwrap().findings().is_empty(), "V40");
}
