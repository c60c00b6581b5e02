//! The hosted inquiry: a person is named, confirms, and it ends once.

use std::time::Duration;

use model::synthetic::PATIENTS;
use testkit::{PATIENT, TestServer, logs};

use super::{PRODUCTION, Relying, SANDBOX, claims, token};

#[tokio::test]
async fn each_synthetic_patient_is_named_by_email_or_phone() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    for patient in &PATIENTS {
        let phone = format!("({}) {}-{}", &patient.phone[..3], &patient.phone[3..6], &patient.phone[6..]);
        for contact in [patient.email, &patient.email.to_uppercase(), patient.phone, &phone] {
            let handle = relying.open().await;
            relying
                .step("person", &[("handle", &handle), ("contact", contact)])
                .await
                .is(200)
                .hidden("handle");
        }
    }
}

#[tokio::test]
async fn nobody_else_is_and_the_patient_may_try_again() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let handle = relying.open().await;
    for contact in ["", "somebody@example.org", "555-0100", "<script>alert(1)</script>"] {
        let page = relying.step("person", &[("handle", &handle), ("contact", contact)]).await.is(422);
        assert_eq!(page.hidden("handle"), handle);
        assert!(!page.text().contains("<script>alert"));
    }
    assert!(!logs::hold("somebody@example.org"), "what a person types is not logged");
    relying.step("person", &[("handle", &handle), ("contact", PATIENT)]).await.is(200);
}

#[tokio::test]
async fn passing_ends_with_a_code_failing_and_declining_without() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let passed = relying.named().await;
    let (code, pass) = (("code", "any will do"), ("pass_verifications", "on"));
    let back = relying.step("confirm", &[("handle", &passed), code, pass]).await.is(303);
    assert!(back.location().as_str().starts_with(&relying.client.redirect_uri));
    assert_eq!(back.parameter("code").map(|code| code.len()), Some(43));
    assert_eq!(back.parameter("state").as_deref(), Some("the state"));
    assert_eq!(back.parameter("iss"), Some(format!("{}{SANDBOX}", server.http.base())));

    let (failed, declined) = (relying.named().await, relying.open().await);
    for back in [
        relying.step("confirm", &[("handle", &failed), code]).await.is(303),
        relying.step("decline", &[("handle", &declined)]).await.is(303),
    ] {
        assert_eq!(
            (back.parameter("error").as_deref(), back.parameter("code")),
            (Some("access_denied"), None)
        );
        assert_eq!(back.parameter("state").as_deref(), Some("the state"));
    }
    for ended in [&passed, &failed, &declined] {
        relying
            .step("person", &[("handle", ended), ("contact", PATIENT)])
            .await
            .is_problem(400, "inquiry_ended");
        relying.step("confirm", &[("handle", ended), code, pass]).await.is_problem(400, "inquiry_ended");
        relying.step("decline", &[("handle", ended)]).await.is_problem(400, "inquiry_ended");
    }
}

#[tokio::test]
async fn nothing_is_confirmed_out_of_order_or_without_a_code() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let handle = relying.open().await;
    let (code, pass) = (("code", "123456"), ("pass_verifications", "on"));
    relying.step("confirm", &[("handle", &handle), code, pass]).await.is_problem(400, "inquiry_ended");
    relying.step("person", &[("handle", &handle), ("contact", PATIENT)]).await.is(200);
    for nothing in ["", "  "] {
        let page = relying.step("confirm", &[("handle", &handle), ("code", nothing), pass]).await.is(422);
        assert_eq!(page.hidden("handle"), handle);
    }
    for guessed in ["", "x", &"A".repeat(43)] {
        relying.step("confirm", &[("handle", guessed), code, pass]).await.is_problem(400, "inquiry_ended");
    }
    relying.step("confirm", &[("handle", &handle), code, pass]).await.is(303);
}

#[tokio::test]
async fn verifications_pass_by_the_ticked_box_and_by_nothing_else() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    for (value, passes) in [("on", true), ("true", true), ("off", false), ("false", false), ("", false)] {
        let handle = relying.named().await;
        let fields = [("handle", handle.as_str()), ("code", "1"), ("pass_verifications", value)];
        let back = relying.step("confirm", &fields).await.is(303);
        assert_eq!(back.parameter("code").is_some(), passes, "{value:?}");
    }
}

#[tokio::test]
async fn an_inquiry_is_open_for_half_an_hour() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let (in_time, late) = (relying.named().await, relying.named().await);
    let (code, pass) = (("code", "123456"), ("pass_verifications", "on"));
    server.advance(Duration::from_secs(30 * 60 - 1));
    relying.step("confirm", &[("handle", &in_time), code, pass]).await.is(303);
    server.advance(Duration::from_secs(1));
    relying.step("confirm", &[("handle", &late), code, pass]).await.is_problem(400, "inquiry_ended");
}

#[tokio::test]
async fn only_a_form_without_repetitions_is_read() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let handle = relying.open().await;
    let twice = [("handle", handle.as_str()), ("contact", PATIENT), ("contact", PATIENT)];
    relying.step("person", &twice).await.is_problem(400, "bad_request");
    for step in ["person", "confirm", "decline"] {
        let path = format!("{SANDBOX}/inquiry/{step}");
        let body = testkit::http::encode(&[("handle", &handle)]);
        server.http.post(&path, "text/plain", body).send().await.is_problem(400, "bad_request");
    }
    relying.step("decline", &[("handle", &handle)]).await.is(303);
}

#[tokio::test]
async fn the_pages_of_the_other_issuer_do_nothing_with_it() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let handle = relying.named().await;
    let fields =
        [("handle", handle.as_str()), ("contact", PATIENT), ("code", "123456"), ("pass_verifications", "on")];
    for step in ["person", "confirm", "decline"] {
        let path = format!("{PRODUCTION}/inquiry/{step}");
        server.http.form(&path, &fields).send().await.is_problem(400, "inquiry_ended");
    }
    relying.step("confirm", &fields).await.is(303);
}

const HOMER: &str = "hsimpson@gmail.com";

/// The lines of the audit trail about accounts of others: subject and detail.
async fn others(server: &TestServer) -> Vec<(String, String)> {
    let trail = server.store().read().await.expect("a transaction").audit_trail(100).await.expect("read");
    let others = trail.into_iter().filter(|entry| entry.action == "inquiry.another_person");
    others.map(|entry| (entry.subject, entry.detail)).collect()
}

#[tokio::test]
async fn nobody_gets_into_an_account_by_naming_it() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let first = claims(token(&relying.tokens().await, "id_token"));
    let handle = relying.open().await;
    relying.step("person", &[("handle", &handle), ("contact", HOMER)]).await.is(200);
    let confirm = [("handle", handle.as_str()), ("code", "1"), ("pass_verifications", "on")];
    let page = relying.step("confirm", &confirm).await;
    page.is_problem(400, "account_of_another");
    let html = page.text();
    let back = html.split("href=\"").find(|text| text.starts_with(&relying.client.redirect_uri));
    let back = back.and_then(|text| text.split('"').next()).expect("a way back").replace("&#38;", "&");
    assert!(back.contains("error=access_denied") && back.contains("state=the+state"), "{back}");
    assert!(!back.contains("code="), "{back}");
    relying.step("confirm", &confirm).await.is_problem(400, "inquiry_ended");
    let told = others(&server).await;
    assert!(
        told.len() == 1 && told[0].0.starts_with("inq_") && told[0].1 == relying.client.client_id,
        "{told:?}"
    );

    let again = claims(token(&relying.tokens().await, "id_token"));
    assert_eq!(again["sub"], first["sub"], "the account's own person still gets into it");
    assert_ne!(again["inquiry_id"], first["inquiry_id"]);
    let free = relying.proven("", HOMER).await;
    let homer = claims(token(&relying.redeemed(&free).await.is(200).json(), "id_token"));
    assert_ne!(homer["sub"], first["sub"], "without a reference everybody has an account of their own");
}

#[tokio::test]
async fn an_account_is_of_whom_the_client_took_first_not_of_whom_a_stranger_proved() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    // Somebody who knows the hint is proven under it, and the client never takes that code.
    let stranger = relying.proven("patient-7", HOMER).await;
    let code = relying.code().await;
    assert_eq!(server.store().row_counts().await["accounts"], 0);
    relying.redeemed(&code).await.is(200);
    for _ in 0..2 {
        relying.redeemed(&stranger).await.is_oauth_error(400, "invalid_grant");
    }
    assert_eq!(server.store().row_counts().await["accounts"], 1);
    assert_eq!(others(&server).await.len(), 1);
}
