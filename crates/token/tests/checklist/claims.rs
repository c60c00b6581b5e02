//! V21, V22, V26, V28, V40: who issued it, what kind of token it is, whom it names.

use jose::Algorithm;
use openias_token::{Expectations, Reject, Unverified, verify};
use serde_json::{Value, json};

use crate::forge::{
    FORGE, ISSUER, NOW, RS256, STRANGER, base, changed, codes, hcid, judge, judge_by, judge_token, refuses,
};

#[test]
fn an_impeccable_token_passes_without_remark() {
    assert!(judge(&base()).unwrap().findings().is_empty());
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    refuses([
        ("V26 a slash", "iss", json!(format!("{ISSUER}/")), Reject::Issuer),
        ("V26 http", "iss", json!(ISSUER.replace("https", "http")), Reject::Issuer),
        ("V26 capitals", "iss", json!(ISSUER.replace("csp", "CSP")), Reject::Issuer),
        ("V26 a port", "iss", json!(ISSUER.replace(".example", ".example:443")), Reject::Issuer),
        ("V26 userinfo", "iss", json!(ISSUER.replace("//", "//csp.example@")), Reject::Issuer),
        ("V26 a look-alike", "iss", json!(ISSUER.replace("csp", "сsp")), Reject::Issuer),
        ("V26 the sandbox", "iss", json!(format!("{ISSUER}-sandbox")), Reject::Issuer),
        ("V26 a space", "iss", json!(format!("{ISSUER} ")), Reject::Issuer),
        ("V26 an array", "iss", json!([ISSUER, "https://other.example"]), Reject::IssuerMissing),
        ("V26 empty", "iss", json!(""), Reject::IssuerMissing),
        ("V26 missing", "iss", Value::Null, Reject::IssuerMissing),
    ]);
}

#[test]
fn only_an_id_token_is_an_id_token() {
    let payload = base().to_string();
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", "application/jwt", "jwt", "JWT ", ""] {
        let token = FORGE.sign_typed(Some(json!(typ)), &payload);
        assert_eq!(judge_token(&token).err(), Some(Reject::Type), "V21 {typ}");
    }
    let array = FORGE.sign_typed(Some(json!(["JWT"])), &payload);
    assert_eq!(judge_token(&array).unwrap_err().code(), "jws.type", "V21 an array");
    let untyped = judge_token(&FORGE.sign_typed(None, &payload)).unwrap();
    assert_eq!(codes(&untyped), ["token.typ_missing"]);
    let logout = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    refuses([
        ("V22 a logout token", "events", logout, Reject::Events),
        ("V22 an access token", "given_name", Value::Null, Reject::Missing("given_name")),
        ("V22 no jti", "jti", Value::Null, Reject::Missing("jti")),
        ("an empty jti", "jti", json!(""), Reject::TokenId),
        ("a number as jti", "jti", json!(7), Reject::TokenId),
        ("a jti of 257", "jti", json!("j".repeat(257)), Reject::TokenId),
        ("no sub", "sub", Value::Null, Reject::Missing("sub")),
        ("an empty sub", "sub", json!(""), Reject::Subject),
        ("a sub of 256", "sub", json!("s".repeat(256)), Reject::Subject),
        ("a sub beyond ASCII", "sub", json!("act_é"), Reject::Subject),
        ("a sub with a line break", "sub", json!("act\n"), Reject::Subject),
        ("a number as sub", "sub", json!(7), Reject::Subject),
    ]);
}

#[test]
fn keys_decide_and_nothing_else() {
    let payload = base().to_string();
    assert_eq!(judge_token(&STRANGER.sign(&payload)).unwrap_err().code(), "jws.unknown_key", "V17");
    let token = FORGE.sign(&payload);
    let (_, signature) = token.rsplit_once('.').unwrap();
    let other = FORGE.sign(changed(&[("given_name", json!("Dog"))]).to_string());
    let (input, _) = other.rsplit_once('.').unwrap();
    let mixed = judge_token(&format!("{input}.{signature}")).unwrap_err();
    assert_eq!((mixed, mixed.code()), (Reject::Signature, "token.signature"), "V28");
    let audience = hcid();
    let elliptic =
        Expectations { algorithms: &[Algorithm::Es256], ..Expectations::new(ISSUER, &audience, RS256, NOW) };
    assert_eq!(judge_by(&token, &elliptic).unwrap_err().code(), "jws.algorithm", "V10");
    let stranger = verify(
        Unverified::parse(&token).unwrap(),
        &Expectations::new(ISSUER, &audience, RS256, NOW),
        &STRANGER.keys,
    );
    assert_eq!(stranger.unwrap_err().code(), "jws.unknown_key", "V27");
}

#[test]
fn the_signature_is_judged_before_the_content() {
    // A stranger learns nothing about the policy from a token with a wrong signature.
    let token = FORGE.sign(changed(&[("exp", json!(1)), ("aud", json!("x"))]).to_string());
    let (input, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{input}.{}", "A".repeat(342));
    assert_eq!(judge_token(&forged).err(), Some(Reject::Signature));
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

#[test]
fn the_outer_form_is_judged_by_jose_under_its_own_codes() {
    let token = FORGE.sign(base().to_string());
    for (text, code) in [
        ("", "jws.segments"),
        ("{}", "jws.json_serialization"),
        ("a.b.c.d.e", "jws.encrypted"),
        (&*format!("{token}="), "jws.base64url"),
        (&*FORGE.sign("[]"), "jws.payload"),
        (&*FORGE.sign(r#"{"iss":"a","iss":"b"}"#), "jws.payload"),
    ] {
        assert_eq!(Unverified::parse(text).unwrap_err().code(), code);
    }
}
