//! Signing in and out.

use std::time::Duration;

use testkit::TestServer;

use super::{Desk, fresh_token};

#[tokio::test]
async fn opening_the_link_uses_nothing_up_and_signs_nobody_in() {
    let server = TestServer::start().await;
    let token = fresh_token(&server).await;
    for _ in 0..2 {
        let page = server.http.get(&format!("/portal/sign-in?token={token}")).send().await.is(200);
        assert_eq!((page.header("set-cookie"), page.hidden("token").as_str()), ("", token.as_str()));
        assert_eq!(page.header("cache-control"), "no-store");
    }
    server.http.form("/portal/sign-in", &[("token", &token)]).send().await.is(303);
}

#[tokio::test]
async fn the_right_token_begins_a_session_that_only_the_portal_sees() {
    let server = TestServer::start().await;
    let token = fresh_token(&server).await;
    let origin = server.http.base().to_owned();
    let form = server.http.form("/portal/sign-in?lang=es", &[("token", &token)]);
    let answer = form.header("origin", &origin).send().await.is(303);
    assert_eq!(answer.header("location"), "/portal?lang=es");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("openias_operator="), "{cookie}");
    assert!(cookie.ends_with("; Path=/portal; Max-Age=28800; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&token));
    let session = cookie.split(';').next().unwrap_or_default();
    server.http.get("/portal").header("cookie", session).send().await.is(200);
}

#[tokio::test]
async fn a_link_signs_in_once_and_for_a_quarter_of_an_hour() {
    let server = TestServer::start().await;
    let sign_in = async |token: &str| server.http.form("/portal/sign-in", &[("token", token)]).send().await;
    let token = fresh_token(&server).await;
    sign_in(&token).await.is(303);
    let page = sign_in(&token).await.is(403).text();
    assert!(page.contains("openias operator sign-in"), "the page says how to get another");
    let (almost, second) = (Duration::from_secs(15 * 60 - 1), Duration::from_secs(1));
    let token = fresh_token(&server).await;
    server.advance(almost);
    sign_in(&token).await.is(303);
    let token = fresh_token(&server).await;
    server.advance(almost + second);
    sign_in(&token).await.is(403);
    let link = openias_web::sign_in_link_for(&server.app, Duration::from_hours(12)).await.expect("a link");
    server.advance(Duration::from_secs(12 * 3600 - 1));
    sign_in(&link).await.is(303);
}

#[tokio::test]
async fn a_whole_pasted_link_does_too() {
    let server = TestServer::start().await;
    let link = openias_web::sign_in_link(&server.app).await.expect("a link");
    server.http.form("/portal/sign-in", &[("token", &link)]).send().await.is(303);
}

#[tokio::test]
async fn wrong_tokens_are_refused_alike_and_remembered() {
    let server = TestServer::start().await;
    let superseded = fresh_token(&server).await;
    let expired = fresh_token(&server).await;
    let mut pages = Vec::new();
    for token in ["", "guess", &superseded] {
        let page = server.http.form("/portal/sign-in", &[("token", token)]).send().await.is(403);
        assert_eq!(page.header("set-cookie"), "");
        assert!(token.is_empty() || !page.text().contains(token));
        pages.push(page.text());
    }
    let before = refusals(&server).await;
    server.advance(Duration::from_mins(15));
    pages.push(server.http.form("/portal/sign-in", &[("token", &expired)]).send().await.is(403).text());
    assert!(pages.iter().all(|page| *page == pages[0]), "the answers tell tokens apart");
    assert!(pages[0].contains("role=\"alert\""));
    assert_eq!((before, refusals(&server).await), (1, 2), "a flood of guesses is no flood of lines");
}

/// How many refused sign-ins stand in the audit trail.
async fn refusals(server: &TestServer) -> usize {
    let trail = server.store().read().await.expect("a transaction").audit_trail(100).await.expect("read");
    trail.iter().filter(|entry| entry.action == "operator.sign_in_refused").count()
}

#[tokio::test]
async fn a_session_ends_by_signing_out() {
    let server = TestServer::start().await;
    let (desk, other) = (Desk::open(&server).await, Desk::open(&server).await);
    let answer = desk.post("/portal/sign-out", &[]).await.is(303);
    assert!(answer.header("set-cookie").starts_with("openias_operator=; Path=/portal; Max-Age=0;"));
    assert_eq!(answer.header("location"), "/portal/sign-in?lang=en&done=signed-out");
    assert_eq!(desk.get("/portal").await.status, 303, "the session is over on the server too");
    other.get("/portal").await.is(200);
}

#[tokio::test]
async fn a_session_ends_after_eight_hours() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    server.advance(Duration::from_hours(8) - Duration::from_secs(1));
    desk.get("/portal").await.is(200);
    server.advance(Duration::from_secs(1));
    assert_eq!(desk.get("/portal").await.is(303).header("location"), "/portal/sign-in?lang=en");
}

#[tokio::test]
async fn the_store_knows_the_session_by_its_hash_alone() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let secret = desk.cookie.split_once('=').map(|(_, secret)| secret.as_bytes().to_vec()).expect("a secret");
    for entry in std::fs::read_dir(server.folder.path()).expect("the folder") {
        let path = entry.expect("an entry").path();
        let bytes = if path.is_file() { std::fs::read(&path).expect("a file") } else { Vec::new() };
        assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", path.display());
    }
}
