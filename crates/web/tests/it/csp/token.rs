//! `…/token`: a code, then refresh tokens, become ID tokens.

use std::time::Duration;

use http::Method;
use testkit::{PATIENT, TestServer, logs};

use super::{PRODUCTION, Relying, SANDBOX, claims, token};

#[tokio::test]
async fn a_code_becomes_the_id_token_of_the_guide() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let code = relying.code().await;
    let answer = relying.signed(relying.redemption(&code, "", "")).send().await.is(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.json();
    assert_eq!((tokens["token_type"].as_str(), tokens["expires_in"].as_u64()), (Some("Bearer"), Some(3600)));
    assert_eq!(tokens["scope"], "openid profile email");
    let (id_token, now) = (token(&tokens, "id_token"), server.clock.now().seconds());
    let claims = claims(id_token);
    for (name, value) in [
        ("iss", serde_json::json!(format!("{}{SANDBOX}", server.http.base()))),
        ("aud", serde_json::json!([relying.client.client_id, server.hcid().urn()])),
        ("azp", serde_json::json!(relying.client.client_id)),
        ("nonce", serde_json::json!("the nonce")),
        ("iat", serde_json::json!(now)),
        ("nbf", serde_json::json!(now)),
        ("exp", serde_json::json!(now + 3600)),
        ("auth_time", serde_json::json!(now)),
        ("given_name", serde_json::json!("Camila")),
        ("nickname", serde_json::json!("Unknown")),
        ("birthdate", serde_json::json!("1987-09-12")),
        ("email", serde_json::json!(PATIENT)),
        ("email_verified", serde_json::json!(true)),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert!(token(&claims, "sub").starts_with("act_") && token(&claims, "inquiry_id").starts_with("inq_"));
    assert_eq!(claims.get("SSN"), None);
    for secret in [id_token, token(&tokens, "access_token"), token(&tokens, "refresh_token"), &code] {
        assert!(!logs::hold(secret), "a log line holds a secret of the exchange");
    }
    let keys = server.http.get(&format!("{SANDBOX}/jwks")).send().await.body;
    let keys = jose::KeySet::from_json(&keys).expect("keys");
    assert!(
        jose::Compact::parse(id_token).expect("a token").verify(&keys, &[jose::Algorithm::Rs256]).is_ok()
    );
}

#[tokio::test]
async fn the_token_it_issues_is_one_that_the_authorization_server_takes() {
    let server = TestServer::start().await;
    let (relying, party) = (Relying::party(&server).await, server.party().await);
    let tokens = relying.tokens().await;
    party.push(token(&tokens, "id_token")).await;
    let renewed = relying.refresh(token(&tokens, "refresh_token")).send().await.is(200).json();
    party.push(token(&renewed, "id_token")).await;
}

#[tokio::test]
async fn a_wrong_guess_costs_the_right_client_nothing() {
    let server = TestServer::start().await;
    let (relying, stranger) = (Relying::party(&server).await, Relying::party(&server).await);
    let code = relying.code().await;
    for (name, value, error) in [
        ("code_verifier", stranger.pkce.verifier.as_str(), "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("code_verifier", "", "invalid_grant"),
        ("redirect_uri", "https://app.example/other", "invalid_grant"),
        ("redirect_uri", "", "invalid_request"),
        ("code", stranger.pkce.verifier.as_str(), "invalid_grant"),
        ("code", "", "invalid_request"),
        ("grant_type", "", "unsupported_grant_type"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("client_id", stranger.client.client_id.as_str(), "invalid_client"),
    ] {
        let answer = relying.signed(relying.redemption(&code, name, value)).send().await;
        answer.is_oauth_error(if error == "invalid_client" { 401 } else { 400 }, error);
    }
    stranger.signed(relying.redemption(&code, "", "")).send().await.is_oauth_error(400, "invalid_grant");
    relying.redemption(&code, "", "").send().await.is_oauth_error(401, "invalid_client");
    let wrong = relying.redemption(&code, "", "").basic(&relying.client.client_id, "wrong");
    wrong.send().await.is_oauth_error(401, "invalid_client");
    let secret = relying.client.client_secret.expose();
    let both = relying.signed(relying.redemption(&code, "client_secret", secret));
    both.send().await.is_oauth_error(400, "invalid_request");
    assert_eq!(server.store().row_counts().await["refresh_tokens"], 0);
    relying.signed(relying.redemption(&code, "", "")).send().await.is(200);
    relying.signed(relying.redemption(&code, "", "")).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn the_secret_may_come_in_the_body_or_encoded() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let (id, secret) = (relying.client.client_id.clone(), relying.client.client_secret.expose().to_owned());
    let code = relying.code().await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", relying.client.redirect_uri.as_str()),
        ("code_verifier", relying.pkce.verifier.as_str()),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
    ];
    server.http.form(&format!("{SANDBOX}/token"), &fields).send().await.is(200);
    let encoded = |text: &str| text.replace('_', "%5F").replace('.', "%2E").replace('-', "%2D");
    let code = relying.code().await;
    relying.redemption(&code, "", "").basic(&encoded(&id), &encoded(&secret)).send().await.is(200);
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let page = relying.authorize(&[("code_challenge", ""), ("code_challenge_method", "")]).await.is(200);
    let handle = page.hidden("handle");
    relying.step("person", &[("handle", &handle), ("contact", PATIENT)]).await.is(200);
    let fields = [("handle", handle.as_str()), ("code", "1"), ("pass_verifications", "on")];
    let code = relying.step("confirm", &fields).await.is(303).parameter("code").expect("a code");
    relying.signed(relying.redemption(&code, "", "")).send().await.is_oauth_error(400, "invalid_grant");
    relying.signed(relying.redemption(&code, "code_verifier", "")).send().await.is(200);
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let (in_time, late) = (relying.code().await, relying.code().await);
    server.advance(Duration::from_secs(59));
    relying.signed(relying.redemption(&in_time, "", "")).send().await.is(200);
    server.advance(Duration::from_secs(1));
    relying.signed(relying.redemption(&late, "", "")).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_is_used_once_keeps_the_proofing_and_ends_with_it() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let first = relying.tokens().await;
    let proofed = claims(token(&first, "id_token"));
    server.advance(Duration::from_hours(89 * 24));
    let second = relying.refresh(token(&first, "refresh_token")).send().await.is(200).json();
    let renewed = claims(token(&second, "id_token"));
    assert_eq!((&renewed["auth_time"], &renewed["sub"]), (&proofed["auth_time"], &proofed["sub"]));
    assert_eq!(renewed["iat"], server.clock.now().seconds());
    assert!(renewed.get("nonce").is_none() && renewed["jti"] != proofed["jti"]);
    server.advance(Duration::from_hours(24));
    relying.refresh(token(&second, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_its_family() {
    let server = TestServer::start().await;
    let (relying, stranger) = (Relying::party(&server).await, Relying::party(&server).await);
    let (first, other) = (relying.tokens().await, relying.tokens().await);
    let theirs = stranger.signed(server.http.form(
        &format!("{SANDBOX}/token"),
        &[("grant_type", "refresh_token"), ("refresh_token", token(&first, "refresh_token"))],
    ));
    theirs.send().await.is_oauth_error(400, "invalid_grant");
    let second = relying.refresh(token(&first, "refresh_token")).send().await.is(200).json();
    relying.refresh(token(&first, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
    relying.refresh(token(&second, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
    relying.refresh("guessed").send().await.is_oauth_error(400, "invalid_grant");
    relying.refresh(token(&other, "refresh_token")).send().await.is(200);
}

#[tokio::test]
async fn a_code_used_twice_ends_what_it_brought() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let code = relying.code().await;
    let tokens = relying.signed(relying.redemption(&code, "", "")).send().await.is(200).json();
    let userinfo = || server.http.get(&format!("{SANDBOX}/userinfo")).bearer(token(&tokens, "access_token"));
    userinfo().send().await.is(200);
    // Without the verifier nobody ends anything.
    let guess = relying.signed(relying.redemption(&code, "code_verifier", "short"));
    guess.send().await.is_oauth_error(400, "invalid_grant");
    userinfo().send().await.is(200);
    relying.signed(relying.redemption(&code, "", "")).send().await.is_oauth_error(400, "invalid_grant");
    userinfo().send().await.is(401);
    relying.refresh(token(&tokens, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn what_is_issued_stands_in_the_audit_trail() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let first = relying.tokens().await;
    relying.refresh(token(&first, "refresh_token")).send().await.is(200);
    relying.refresh(token(&first, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
    let inquiry = claims(token(&first, "id_token"))["inquiry_id"].take();
    let mut tx = server.store().read().await.expect("a transaction");
    let mut trail = tx.audit_trail(100).await.expect("read");
    trail.reverse();
    let client = relying.client.client_id.as_str();
    let of_client = |action: &str| {
        let mut lines = trail.iter().filter(|line| line.action == action);
        lines.find(|line| line.actor == client || line.subject == client).cloned().expect("a line")
    };
    assert_eq!(of_client("template.added").actor, "test");
    for (action, detail) in
        [("id_token.issued", ""), ("id_token.refreshed", ""), ("tokens.revoked", "refresh_token_reused")]
    {
        let line = of_client(action);
        assert_eq!((line.subject.as_str(), line.detail.as_str()), (inquiry.as_str().expect("an id"), detail));
    }
}

#[tokio::test]
async fn a_template_that_is_switched_off_proves_nobody_until_it_is_on_again() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let (tokens, code, begun) = (relying.tokens().await, relying.code().await, relying.named().await);
    let refresh_token = token(&tokens, "refresh_token");
    let switch = async |active: bool| {
        let (csp, id) = (&server.app.csp, &relying.client.client_id);
        csp::templates::switch(csp, id, active, "test", "test").await.expect("asked")
    };
    assert!(switch(false).await);
    relying.authorize(&[]).await.is_problem(400, "unknown_client");
    let confirmed = [("handle", begun.as_str()), ("code", "123456"), ("pass_verifications", "on")];
    relying.step("confirm", &confirmed).await.is_problem(400, "inquiry_ended");
    relying.signed(relying.redemption(&code, "", "")).send().await.is_oauth_error(401, "invalid_client");
    relying.refresh(refresh_token).send().await.is_oauth_error(401, "invalid_client");
    let userinfo = server.http.get(&format!("{SANDBOX}/userinfo")).bearer(token(&tokens, "access_token"));
    assert_eq!(userinfo.send().await.status, 401);
    assert!(switch(true).await);
    relying.refresh(refresh_token).send().await.is(200);
    let (csp, unknown) = (&server.app.csp, "env_example.atoc_9");
    assert!(!csp::templates::switch(csp, unknown, false, "test", "test").await.expect("asked"));
}

#[tokio::test]
async fn only_a_form_is_read_only_post_is_answered_and_only_by_the_issuer_of_the_client() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let code = relying.code().await;
    let path = format!("{SANDBOX}/token");
    let typed = relying.signed(server.http.post(&path, "application/json", "{}"));
    typed.send().await.is_oauth_error(415, "invalid_request");
    let long = "a".repeat(64 * 1024);
    relying.signed(relying.redemption(&long, "", "")).send().await.is_oauth_error(413, "invalid_request");
    let twice = relying.signed(server.http.form(&path, &[("code", &code), ("code", &code)]));
    twice.send().await.is_oauth_error(400, "invalid_request");
    server.http.bare(Method::GET, &path).send().await.is_oauth_error(405, "invalid_request");
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", "x")];
    let production = relying.signed(server.http.form(&format!("{PRODUCTION}/token"), &fields));
    production.send().await.is_oauth_error(401, "invalid_client");
    relying.signed(relying.redemption(&code, "", "")).send().await.is(200);
}
