//! The hosted inquiry: a person is named, confirms, and it ends once.

use std::time::Duration;

use model::synthetic::PATIENTS;
use testkit::{PATIENT, TestServer, logs};

use super::{Relying, SANDBOX};

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
