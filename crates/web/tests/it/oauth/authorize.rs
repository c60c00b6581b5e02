//! `GET /oauth2/authorize`: a pushed request is shown once, to the client that pushed it.

use std::time::Duration;

use http::Method;
use testkit::{Pkce, TestServer};

#[tokio::test]
async fn a_pushed_request_is_shown_once() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    let page = party.open_consent(&request_uri, &pkce).await.is(200);
    assert_eq!(page.header("cache-control"), "no-store");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'self' https://app.example"), "{policy}");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    let text = page.text();
    assert!(text.contains("Sample Health App 1") && text.contains("Camila"), "{text}");
    assert!(text.contains("https://sample-health-app.example/privacy"), "{text}");
    assert!(!text.contains("Lopez") && !text.contains("1987"), "no more of the person than the given name");
    party.open_consent(&request_uri, &pkce).await.is_problem(400, "request_uri");
}

#[tokio::test]
async fn a_head_spends_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    let query = testkit::http::encode(&[
        ("response_type", "code"),
        ("client_id", &party.public_id),
        ("redirect_uri", &party.widget_callback()),
        ("code_challenge", &pkce.challenge),
        ("code_challenge_method", "S256"),
        ("request_uri", &request_uri),
    ]);
    for path in ["/oauth2/authorize", "/v1/oauth2/authorize"] {
        let answer = server.http.bare(Method::HEAD, &format!("{path}?{query}")).send().await.is(405);
        assert_eq!(answer.header("allow"), "GET, POST");
    }
    party.open_consent(&request_uri, &pkce).await.is(200);
}

#[tokio::test]
async fn a_request_that_lapsed_is_foreign_or_malformed_is_one_problem() {
    let server = TestServer::start().await;
    let (party, stranger) = (server.party().await, server.party().await);
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    stranger.open_consent(&request_uri, &pkce).await.is_problem(400, "request_uri");
    let (prefix, reference) = request_uri.rsplit_once(':').expect("a reference");
    let (row, secret) = reference.split_once('.').expect("row and secret");
    for wrong in [
        String::new(),
        "https://app.example/request".to_owned(),
        reference.to_owned(),
        format!("{prefix}:"),
        format!("{prefix}:{row}"),
        format!("{prefix}:{row}.{}", "A".repeat(43)),
        format!("{prefix}:{row}.{}", &secret[1..]),
        format!("{prefix}:0{row}.{secret}"),
        format!("{prefix}:{}.{secret}", i64::MAX),
        format!("{request_uri} "),
        format!("{}:{reference}", prefix.to_uppercase()),
    ] {
        party.open_consent(&wrong, &pkce).await.is_problem(400, "request_uri");
    }
    server.advance(Duration::from_secs(89));
    let page = party.open_consent(&request_uri, &pkce).await.is(200);
    drop(page);
    let late = party.push(&server.id_token()).await;
    server.advance(Duration::from_secs(90));
    party.open_consent(&late, &pkce).await.is_problem(400, "request_uri");
}

#[tokio::test]
async fn a_client_with_a_page_of_its_own_is_told_at_its_redirect_uri() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let pkce = Pkce::fresh();
    let own = ("redirect_uri", "https://app.example/authorized");
    let request_uri = party.push(&server.id_token()).await;
    let challenge = ("code_challenge", pkce.challenge.as_str());
    let parameters = [own, challenge, ("request_uri", request_uri.as_str())];
    let page = party.authorize(&parameters).await.is(200);
    assert!(page.header("content-security-policy").contains("form-action 'self' https://app.example"));
    let used = party.authorize(&parameters).await;
    assert_eq!(used.header("location"), "", "what the query names counts for nothing behind a request_uri");
    used.is_problem(400, "request_uri");
    let fresh = party.push(&server.id_token()).await;
    let told = party.authorize(&[own, ("code_challenge", "short"), ("request_uri", &fresh)]).await.is(303);
    assert!(told.location().as_str().starts_with("https://app.example/authorized?"));
    assert_eq!(told.parameter("error").as_deref(), Some("invalid_request"));
    assert_eq!(told.parameter("state").as_deref(), Some("the state"));
    assert_eq!(told.parameter("iss").as_deref(), Some(server.http.base()));
    assert_eq!(told.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_nonce_that_the_browser_brings_comes_back_in_the_id_token() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    let challenge = ("code_challenge", pkce.challenge.as_str());
    let page = party.authorize(&[challenge, ("request_uri", &request_uri), ("nonce", "the nonce")]).await;
    let back = party.decide(&page.is(200).hidden("handle"), "allow").await.is(303);
    let code = back.parameter("code").expect("a code");
    let tokens = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    assert_eq!(super::refresh::claims(super::refresh::text(&tokens, "id_token"))["nonce"], "the nonce");
}

#[tokio::test]
async fn the_redirect_uri_may_be_pushed_instead() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (id_token, pkce) = (server.id_token(), Pkce::fresh());
    let pushed = party.signed(party.http.form(
        "/oauth2/par",
        &[
            ("scope", "openid profile email"),
            ("response_type", "code"),
            ("idp", "persona_csp"),
            ("idp_id_token", &id_token),
            ("redirect_uri", "https://app.example/authorized"),
        ],
    ));
    let request_uri = pushed.send().await.is(201).json()["request_uri"].as_str().expect("text").to_owned();
    let parameters = [
        ("redirect_uri", ""),
        ("request_uri", request_uri.as_str()),
        ("code_challenge", pkce.challenge.as_str()),
    ];
    let page = party.authorize(&parameters).await.is(200);
    let policy = page.header("content-security-policy").to_owned();
    assert!(
        policy.contains("form-action 'self' https://app.example"),
        "a browser must be let go there: {policy}"
    );
    let back = party.decide(&page.hidden("handle"), "allow").await.is(303);
    assert!(back.location().as_str().starts_with("https://app.example/authorized?code="));
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_is_never_redirected_to() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    let request = [("request_uri", request_uri.as_str()), ("code_challenge", pkce.challenge.as_str())];
    let with = |name, value| [request[0], request[1], (name, value)];
    let unknown = format!("public_test_{}", "0".repeat(45));
    for client_id in ["", "nobody", &unknown, party.private_key.expose()] {
        party.authorize(&with("client_id", client_id)).await.is_problem(400, "unknown_client");
    }
    for uri in [
        "https://evil.example/",
        "https://app.example/authorized/",
        "https://app.example/authorized?x",
        "HTTPS://app.example/authorized",
        "javascript:alert(1)",
        "",
    ] {
        let answer = party.authorize(&with("redirect_uri", uri)).await;
        assert_eq!(answer.header("location"), "", "{uri}");
        if !uri.is_empty() {
            answer.is_problem(400, "redirect_uri");
        }
    }
}

#[tokio::test]
async fn a_faulty_request_is_told_and_costs_the_pushed_request_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    let request = [("request_uri", request_uri.as_str()), ("code_challenge", pkce.challenge.as_str())];
    let plain = pkce.verifier.clone();
    let long = "a".repeat(44);
    for (name, value) in [
        ("code_challenge", ""),
        ("code_challenge", "short"),
        ("code_challenge", &long),
        ("code_challenge_method", ""),
        ("code_challenge_method", "plain"),
    ] {
        let kept: Vec<_> = request.iter().copied().filter(|(known, _)| *known != name).collect();
        let parameters: Vec<_> = kept.into_iter().chain([(name, value)]).collect();
        let told = party.authorize(&parameters).await.is(303);
        assert!(told.location().as_str().starts_with(&party.widget_callback()), "{name}={value}");
        assert_eq!(told.parameter("error").as_deref(), Some("invalid_request"), "{name}={value}");
        assert_eq!(told.parameter("state").as_deref(), Some("the state"));
        assert!(!told.header("location").contains(&plain));
    }
    let twice = format!("/oauth2/authorize?client_id={id}&client_id={id}", id = party.public_id);
    server.http.get(&twice).send().await.is_problem(400, "bad_request");
    party.open_consent(&request_uri, &pkce).await.is(200);
}
