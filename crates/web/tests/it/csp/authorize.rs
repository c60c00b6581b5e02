//! `…/authorize`: opens an inquiry, or says where what is wrong.

use http::Method;
use testkit::TestServer;
use testkit::http::encode;

use super::{PRODUCTION, Relying, SANDBOX};

async fn inquiries(server: &TestServer) -> i64 {
    server.store().row_counts().await["inquiries"]
}

#[tokio::test]
async fn an_inquiry_opens_by_get_and_by_post() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let page = relying.authorize(&[]).await.is(200);
    assert_eq!(page.header("cache-control"), "no-store");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example"), "{policy}");
    assert!(page.text().contains("Sample Health App"), "the patient sees who asks");
    let posted = server.http.form(&format!("{SANDBOX}/authorize"), &relying.request(&[]));
    posted.send().await.is(200).hidden("handle");
    assert_eq!(inquiries(&server).await, 2);
    assert_eq!(server.store().row_counts().await["accounts"], 0, "what anybody can begin makes no account");
}

#[tokio::test]
async fn pkce_and_nonce_may_be_left_out_by_a_client_with_a_secret() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    for left_out in [["code_challenge", "code_challenge_method"], ["nonce", "login_hint"], ["state", "state"]]
    {
        relying.authorize(&left_out.map(|name| (name, ""))).await.is(200);
    }
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_is_never_redirected_to() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    for client_id in ["", "nobody", "env_a.atoc_b", relying.client.client_secret.expose()] {
        relying.authorize(&[("client_id", client_id)]).await.is_problem(400, "unknown_client");
    }
    for uri in
        ["", "https://evil.example/", "https://app.example/callback/", "https://app.example/callback?x=1"]
    {
        relying.authorize(&[("redirect_uri", uri)]).await.is_problem(400, "redirect_uri");
    }
    assert_eq!(inquiries(&server).await, 0);
}

#[tokio::test]
async fn a_faulty_request_is_told_at_the_redirect_uri() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let long = "a".repeat(513);
    for (name, value, error) in [
        ("response_type", "", "unsupported_response_type"),
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "", "invalid_scope"),
        ("scope", "profile email", "invalid_scope"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("scope", &format!("openid {long}"), "invalid_request"),
        ("state", &long, "invalid_request"),
        ("nonce", &long, "invalid_request"),
        ("login_hint", &long, "invalid_request"),
    ] {
        let told = relying.authorize(&[(name, value)]).await.is(303);
        assert!(told.location().as_str().starts_with(&relying.client.redirect_uri), "{name}={value}");
        assert_eq!(told.parameter("error").as_deref(), Some(error), "{name}={value}");
        let state = if name == "state" { value } else { "the state" };
        assert_eq!(told.parameter("state").as_deref(), Some(state));
        assert_eq!(told.parameter("iss"), Some(format!("{}{SANDBOX}", server.http.base())));
    }
    let twice = encode(&[relying.request(&[]), vec![("scope", "openid")]].concat());
    server.http.get(&format!("{SANDBOX}/authorize?{twice}")).send().await.is_problem(400, "bad_request");
    assert_eq!(inquiries(&server).await, 0);
}

#[tokio::test]
async fn the_production_issuer_proves_nobody_until_it_is_told_how() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let query = encode(&relying.request(&[]));
    let answer = server.http.get(&format!("{PRODUCTION}/authorize?{query}")).send().await;
    answer.is_problem(503, "proofing_not_configured");
    assert_eq!(inquiries(&server).await, 0);
}

#[tokio::test]
async fn a_head_opens_nothing() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let path = format!("{SANDBOX}/authorize?{}", encode(&relying.request(&[])));
    let answer = server.http.bare(Method::HEAD, &path).send().await.is(405);
    assert_eq!(answer.header("allow"), "GET, POST");
    assert_eq!(inquiries(&server).await, 0);
}

#[tokio::test]
async fn a_nul_is_refused_before_it_reaches_the_store() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    for name in ["client_id", "state", "nonce", "login_hint"] {
        relying.authorize(&[(name, "a\0b")]).await.is_problem(400, "bad_request");
        let pushed = server.http.form(&format!("{SANDBOX}/par"), &relying.request(&[(name, "a\0b")]));
        relying.signed(pushed).send().await.is_oauth_error(400, "invalid_request");
    }
    let anybody = server.http.form(&format!("{SANDBOX}/token"), &[("grant_type", "refresh_token")]);
    anybody.basic("a\0b", "secret").send().await.is_oauth_error(401, "invalid_client");
    assert_eq!(inquiries(&server).await, 0);
}
