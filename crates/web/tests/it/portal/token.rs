//! A token under the glass: what is pasted is judged, told and forgotten.

use std::time::Duration;

use serde_json::json;
use testkit::TestServer;

use super::Desk;

/// The page after a token was pasted.
async fn judged(desk: &Desk<'_>, token: &str, more: &[(&str, &str)]) -> String {
    let fields = [&[("token", token)], more].concat();
    desk.post("/portal/token", &fields).await.is(200).text()
}

#[tokio::test]
async fn a_good_token_is_accepted_with_what_the_profiles_differ_about() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let page = judged(&desk, &format!("  {}\n", server.id_token()), &[]).await;
    for text in ["Accepted", "tefca-2", "token.filler", "Set aud", "Right", server.csp.issuer.as_str()] {
        assert_eq!(page.contains(text), text != "Set aud", "{text}");
    }
    let strict = judged(&desk, &server.id_token(), &[("profile", "cms-aligned")]).await;
    assert!(strict.contains("Refused") && strict.contains("token.assurance_level"));
}

#[tokio::test]
async fn a_broken_one_is_refused_with_what_to_tell_the_csp() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["birthdate"] = json!("1987");
    let page = judged(&desk, &server.csp.sign(&claims), &[]).await;
    assert!(page.contains("Refused") && page.contains("token.birthdate"));
    assert!(page.contains("Write birthdate as YYYY-MM-DD."));
    let tampered = judged(&desk, &server.csp.tamper(&claims), &[]).await;
    assert!(tampered.contains("jws.signature"));
    for text in ["", "not a token", "a.b.c.d.e", "{}", "<script>alert(1)</script>"] {
        let page = judged(&desk, text, &[]).await;
        assert!(page.contains("Refused") && !page.contains("<script"), "{text}");
    }
}

#[tokio::test]
async fn values_are_hidden_unless_asked_for_and_nothing_is_kept() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let token = server.id_token();
    let (rows, trail) = (server.store().row_counts().await, desk.trail().await);
    let hidden = judged(&desk, &token, &[]).await;
    let shown = judged(&desk, &token, &[("reveal", "on")]).await;
    for value in ["Camila", "1987-09-12", "Johnson", testkit::forge::SSN, testkit::PATIENT] {
        assert!(!hidden.contains(value) && shown.contains(value), "{value}");
    }
    assert!(!hidden.contains(&token) && !shown.contains(&token));
    assert_eq!((server.store().row_counts().await, desk.trail().await), (rows, trail));
}

#[tokio::test]
async fn a_key_that_is_newer_than_the_last_look_counts_as_at_par() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    assert!(judged(&desk, &server.id_token(), &[]).await.contains("Accepted"));
    server.csp.publishes_the_strangers_key();
    server.advance(Duration::from_mins(1));
    let claims = server.csp.claims(server.hcid(), server.clock.now());
    let page = judged(&desk, &server.csp.sign_with_a_strangers_key(&claims), &[]).await;
    assert!(page.contains("Accepted") && !page.contains("jws.unknown_key"));
}

#[tokio::test]
async fn a_stranger_is_not_called() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let stranger = testkit::issuer::Issuer::start(&[]).await;
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["iss"] = json!(stranger.url);
    let page = judged(&desk, &server.csp.sign(&claims), &[]).await;
    assert!(page.contains("Not judged") && page.contains("Not a trusted CSP"));
    assert_eq!(stranger.asked(), 0);
}

#[tokio::test]
async fn the_page_speaks_spanish() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let csrf = desk.csrf().await;
    let fields = [("csrf", csrf.as_str()), ("token", "x.y")];
    let page = desk.post_bare("/portal/token?lang=es", &fields).await.is(200).text();
    assert!(page.contains("Rechazado") && page.contains("no es un token firmado"), "{page}");
}
