//! `GET /oauth2/authorize`: a pushed request is shown once, to the client that pushed it.

use std::time::Duration;

use http::Method;
use model::ClientPolicy;
use testkit::{Keyed, Party, Pkce, TestServer};

use super::flow::{claims, push};
use super::refresh::text;

#[tokio::test]
async fn az_2_a_pushed_request_is_shown_once() {
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
async fn par_6_az_2_a_request_that_lapsed_is_foreign_or_malformed_is_one_problem() {
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
async fn az_7_a_client_with_a_page_of_its_own_is_told_at_its_redirect_uri() {
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
async fn az_10_a_nonce_that_the_browser_brings_comes_back_in_the_id_token() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    let challenge = ("code_challenge", pkce.challenge.as_str());
    let page = party.authorize(&[challenge, ("request_uri", &request_uri), ("nonce", "the nonce")]).await;
    let back = party.decide(&page.is(200).hidden("handle"), "allow").await.is(303);
    let code = back.parameter("code").expect("a code");
    let tokens = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    assert_eq!(claims(text(&tokens, "id_token"))["nonce"], "the nonce");
}

#[tokio::test]
async fn az_1_the_redirect_uri_may_be_pushed_instead() {
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
async fn az_5_an_unknown_client_or_redirect_uri_is_never_redirected_to() {
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

/// Whoever holds a `request_uri` would become a client that is known by its key alone.
#[tokio::test]
async fn az_5_the_widgets_redirect_uri_is_none_of_a_client_that_has_to_prove_itself_by_a_key() {
    let server = TestServer::start().await;
    let bound = ClientPolicy { sender_constrained: true, ..ClientPolicy::default() };
    let party = server.party().await;
    server.set_policy(&party, bound.clone()).await;
    let keyed = Keyed::of(&server, ClientPolicy::default()).await;
    let left_open = [("redirect_uri", ""), ("code_challenge", ""), ("code_challenge_method", "")];
    let pushed = [
        (&party, push(&server, &party, &Pkce::fresh(), &left_open).send().await),
        (&keyed.party, push(&server, &keyed, &Pkce::fresh(), &left_open).send().await),
    ];
    for (party, pushed) in pushed {
        let request_uri = pushed.is(201).json()["request_uri"].as_str().expect("text").to_owned();
        party.open_consent(&request_uri, &Pkce::fresh()).await.is_problem(400, "redirect_uri");
    }
    // Nor is a code redeemed there that was given before the operator asked for more.
    let (widgets, pkce) = (server.party().await, Pkce::fresh());
    let code = widgets.allow(&widgets.push(&server.id_token()).await, &pkce).await;
    server.set_policy(&widgets, bound).await;
    widgets.redeem(&code, &pkce.verifier).send().await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn az_9_a_faulty_request_is_told_and_costs_the_pushed_request_nothing() {
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

/// A request with pages of the client's own, in which these parameters stand besides; its `request_uri`.
async fn pushed(server: &TestServer, party: &Party, more: &[(&str, &str)]) -> String {
    let pushed = push(server, party, &Pkce::fresh(), more).send().await.is(201).json();
    pushed["request_uri"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn az_10_a_client_by_openid_connect_is_understood() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let own = ("response_type", "code");
    for (more, error) in [
        (&[("prompt", "none")][..], "consent_required"),
        (&[("max_age", "0")], "login_required"),
        (&[("max_age", "1"), ("prompt", "login consent")], "login_required"),
    ] {
        let request_uri = pushed(&server, &party, more).await;
        let told = party.authorize(&[own, ("request_uri", &request_uri)]).await.is(303);
        assert_eq!(told.parameter("error").as_deref(), Some(error), "{more:?}");
        assert_eq!(told.parameter("iss").as_deref(), Some(server.http.base()));
        party.authorize(&[own, ("request_uri", &request_uri)]).await.is(303);
    }
    for more in [
        &[("prompt", "login")][..],
        &[("prompt", "consent select_account")],
        &[("max_age", "10000")],
        &[("login_hint", "a@example.org"), ("ui_locales", "es en"), ("acr_values", "any")],
        &[("display", "popup"), ("claims_locales", "es"), ("unknown", "x")],
    ] {
        let request_uri = pushed(&server, &party, more).await;
        party.authorize(&[own, ("request_uri", &request_uri)]).await.is(200);
    }
    for (name, value) in [("prompt", "none login"), ("prompt", "create"), ("max_age", "-1"), ("max_age", "a")]
    {
        let refused = push(&server, &party, &Pkce::fresh(), &[(name, value)]).send().await;
        refused.is_oauth_error(400, "invalid_request");
    }
    let request_uri = pushed(&server, &party, &[]).await;
    let posted = [("client_id", party.public_id.as_str()), ("request_uri", &request_uri), ("unknown", "x")];
    server.http.form("/oauth2/authorize", &posted).send().await.is(200);
}

#[tokio::test]
async fn az_11_the_consent_page_is_shown_where_it_may_and_tells_nobody() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let shown = party.open_consent(&party.push(&server.id_token()).await, &Pkce::fresh()).await.is(200);
    let problem = party.open_consent("urn:nobody", &Pkce::fresh()).await.is(400);
    for page in [&shown, &problem] {
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "same-origin", "no other site learns the address");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'self' https://app.example"), "{policy}");
    }
    let nobody = party.authorize(&[("client_id", "nobody")]).await.is(400);
    assert!(!nobody.header("content-security-policy").contains("https://app.example"));
}

#[tokio::test]
async fn az_12_what_a_stranger_puts_into_the_browser_counts_for_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let query = |request_uri: &str| {
        testkit::http::encode(&[("client_id", &party.public_id), ("request_uri", request_uri)])
    };
    let load = |request_uri: &str, cookie: &str| {
        let call = server.http.get(&format!("/oauth2/authorize?{}", query(request_uri)));
        call.header("cookie", &format!("__Host-openias-decision={cookie}"))
    };
    let chosen = "A".repeat(43);
    let first = pushed(&server, &party, &[]).await;
    let page = load(&first, &chosen).send().await.is(200);
    let handle = page.hidden("handle");
    assert_ne!(handle, chosen);
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with(&format!("__Host-openias-decision={handle}; Path=/;")), "{cookie}");
    assert!(cookie.contains("HttpOnly; Secure;"), "{cookie}");
    // The browser that began goes on, and no other; nor does one decision stand for another request.
    load(&first, &chosen).send().await.is_problem(400, "request_uri");
    assert_eq!(load(&first, &handle).send().await.is(200).hidden("handle"), handle);
    let second = pushed(&server, &party, &[]).await;
    assert_ne!(load(&second, &handle).send().await.is(200).hidden("handle"), handle);
}
