//! What goes wrong at a CSP: each lands on a page that tells what to do next, and the app is told in the end.

use std::time::Duration;

use model::ClientPolicy;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Party, Pkce, TestServer};

use super::{back, claims, confirmed, departed, push, stage, trail, try_push};

/// The page that a browser is at, which names this trouble.
async fn trouble(browser: &Browser, name: &str) -> String {
    let page = browser.get("/oauth2/proofing").await.is(200).text();
    assert!(page.contains(&format!("data-trouble=\"{name}\"")), "{name}: {page}");
    assert!(
        page.contains("idp=persona_csp") && page.contains("/oauth2/proofing/cancel"),
        "a way on and a way back"
    );
    page
}

/// Gives up; what the app is told.
async fn told(browser: &Browser) -> (String, String) {
    let back = browser.post("/oauth2/proofing/cancel", &[]).await.is(303);
    assert_eq!(back.parameter("state").as_deref(), Some("the state"));
    assert!(back.parameter("iss").is_some() && back.parameter("code").is_none());
    browser.get("/oauth2/proofing").await.is_problem(400, "proofing_over");
    browser.post("/oauth2/proofing/cancel", &[]).await.is_problem(400, "proofing_over");
    (back.parameter("error").expect("an error"), back.parameter("error_description").expect("words"))
}

async fn errs(server: &TestServer, browser: &Browser, error: &str) -> Answer {
    let (way, iss) = (departed(browser).await, &server.csp.issuer);
    let parameters =
        [("error", error), ("error_description", "Camila left"), ("state", &way.state), ("iss", iss)];
    browser.get_with("/oauth2/proofing/callback", &parameters).await
}

#[tokio::test]
async fn a_patient_who_stops_at_the_csp_can_try_again_or_go_back() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    errs(&server, &browser, "access_denied").await.is(303);
    let page = trouble(&browser, "cancelled").await;
    assert!(!page.contains("Camila left"), "what comes by way of the browser is not shown");
    let way = departed(&browser).await;
    assert!(!browser.get("/oauth2/proofing").await.is(200).text().contains("data-trouble"));
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    back(&server, &browser, &way.state).await.is(303);
    assert_eq!(server.store().row_counts().await["authorizations"], 1);

    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    errs(&server, &browser, "access_denied").await.is(303);
    assert_eq!(told(&browser).await.0, "access_denied");
    assert_eq!(
        trail(&server).await[..2],
        ["proofing.ended cancelled", "proofing.refused proofing.csp_error: the CSP answered access_denied",]
    );
}

#[tokio::test]
async fn an_error_of_the_csps_is_told_apart_from_a_patient_who_stopped() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    for (error, name) in [
        ("temporarily_unavailable", "unavailable"),
        ("server_error", "unavailable"),
        ("interaction_required", "cancelled"),
        ("invalid_scope", "refused"),
        ("Camila left", "refused"),
    ] {
        errs(&server, &browser, error).await.is(303);
        trouble(&browser, name).await;
    }
    assert_eq!(
        trail(&server).await[0],
        "proofing.refused proofing.csp_error: the CSP answered an unknown error"
    );
    let way = departed(&browser).await;
    let iss = &server.csp.issuer;
    browser.get_with("/oauth2/proofing/callback", &[("state", &way.state), ("iss", iss)]).await.is(303);
    assert!(trouble(&browser, "refused").await.contains("proofing.no_code"));
}

#[tokio::test]
async fn a_csp_that_does_not_answer_is_said_to_be_unavailable() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let answer = browser.get("/oauth2/proofing/csp?idp=silent_csp").await.is(303);
    assert_eq!(answer.header("location"), "/oauth2/proofing?lang=en");
    trouble(&browser, "unavailable").await;
    // It fails when the code is redeemed.
    for (status, body) in
        [(500, json!({})), (400, json!({"error": "invalid_grant"})), (200, json!({"id_token": 7}))]
    {
        let way = departed(&browser).await;
        server.csp.site().answers_at("/token", status, &body);
        back(&server, &browser, &way.state).await.is(303);
        trouble(&browser, "unavailable").await;
    }
    let lines = trail(&server).await;
    assert!(
        lines.iter().any(|line| line.contains("the token endpoint answered 400 invalid_grant")),
        "{lines:?}"
    );
    let (error, _) = told(&browser).await;
    assert_eq!(error, "temporarily_unavailable");
}

#[tokio::test]
async fn a_discovery_document_of_another_or_with_endpoints_that_we_would_not_call_is_none() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let (site, url) = (server.csp.site(), &server.csp.issuer);
    let document = |issuer: &str, authorize: Value, token: &str| {
        json!({"issuer": issuer, "jwks_uri": format!("{url}/jwks"), "authorization_endpoint": authorize,
            "token_endpoint": token})
    };
    for document in [
        document("https://another.example", json!(format!("{url}/authorize")), &format!("{url}/token")),
        document(url, json!("javascript:alert(1)"), &format!("{url}/token")),
        document(url, json!("http://plain.example/authorize"), &format!("{url}/token")),
        document(url, json!(null), &format!("{url}/token")),
        document(url, json!(format!("{url}/authorize")), "https://10.0.0.1/token"),
    ] {
        site.says(&document);
        let answer = browser.get("/oauth2/proofing/csp?idp=persona_csp").await.is(303);
        assert_eq!(answer.header("location"), "/oauth2/proofing?lang=en", "{document}");
        trouble(&browser, "unavailable").await;
    }
}

#[tokio::test]
async fn a_csp_that_takes_no_basic_gets_the_secret_in_the_form() {
    let (server, party) = stage().await;
    let (site, url) = (server.csp.site(), &server.csp.issuer);
    site.says(&json!({"issuer": url, "jwks_uri": format!("{url}/jwks"),
        "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"]}));
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let way = departed(&browser).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    // It does not name itself, and need not.
    browser.get_with("/oauth2/proofing/callback", &[("code", "c"), ("state", &way.state)]).await.is(303);
    let asked = site.received();
    assert!(asked[0].body.contains("client_secret=a+secret%3A+with+%2B+and+%25"), "{asked:?}");
    assert_eq!(asked[0].authorization, "");
    assert_eq!(server.store().row_counts().await["authorizations"], 1);
}

#[tokio::test]
async fn an_id_token_is_judged_as_if_it_had_been_pushed() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let stranger = json!([testkit::forge::CLIENT_ID, "urn:oid:2.999.1"]);
    for (name, value, code) in [
        ("exp", json!(1), "token."),
        ("aud", stranger, "token.audience"),
        ("aud", json!(["another", server.hcid().urn()]), "token.client"),
        ("azp", json!("another"), "token."),
        ("email", json!("camila@example.org"), "token.email_mode"),
        ("given_name", json!(null), "token."),
    ] {
        let way = departed(&browser).await;
        let mut claims = claims(&server, &way.nonce);
        claims[name] = value;
        if name == "aud" {
            claims.as_object_mut().expect("claims").remove("azp");
        }
        server.csp.gives(&server.csp.sign(&claims));
        back(&server, &browser, &way.state).await.is(303);
        let page = trouble(&browser, "refused").await;
        assert!(page.contains(code), "{name}: {page}");
    }
    let way = departed(&browser).await;
    server.csp.gives(&server.csp.sign_with_a_strangers_key(&claims(&server, &way.nonce)));
    let answer = back(&server, &browser, &way.state).await.is(303);
    // The line on the page finds the one in the audit trail.
    assert!(trouble(&browser, "refused").await.contains(answer.header("x-request-id")));
    assert_eq!(server.store().row_counts().await["authorizations"], 0);
    let (error, description) = told(&browser).await;
    assert_eq!(error, "access_denied");
    assert!(description.contains("(jws."), "{description}");
}

#[tokio::test]
async fn a_token_that_another_client_pushed_proves_nobody_here() {
    let (server, party) = stage().await;
    let other = server.party().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let way = departed(&browser).await;
    let token = server.csp.sign(&claims(&server, &way.nonce));
    other.push(&token).await;
    server.csp.gives(&token);
    back(&server, &browser, &way.state).await.is(303);
    assert!(trouble(&browser, "refused").await.contains("token.replayed"));
}

#[tokio::test]
async fn whoever_comes_back_after_the_limit_is_told_and_so_is_the_app() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let way = departed(&browser).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    server.advance(Duration::from_mins(40));
    let late = back(&server, &browser, &way.state).await;
    late.is_problem(400, "proofing_lapsed");
    let expected = format!("{}?error=access_denied", party.widget_callback());
    assert!(late.text().contains(&expected) && late.text().contains("state=the+state"), "{}", late.text());
    browser.get("/oauth2/proofing").await.is_problem(400, "proofing_lapsed");
    assert!(server.csp.site().received().is_empty());
    assert_eq!(server.store().row_counts().await["authorizations"], 0);
}

#[tokio::test]
async fn a_client_may_name_the_csp_and_how_old_a_proofing_may_be() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    let request_uri = push(&party, &[("idp", "persona_csp"), ("max_age", "60")]).await;
    browser.authorize(&party, &request_uri, &Pkce::fresh()).await.is(303);
    browser.post("/oauth2/proofing/email", &[("email", testkit::PATIENT)]).await.is(303);
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    assert!(!browser.get("/oauth2/proofing").await.is(200).text().contains("silent_csp"));
    let answer = browser.get("/oauth2/proofing/csp?idp=silent_csp").await.is(303);
    assert_eq!(answer.header("location"), "/oauth2/proofing?lang=en");
    let way = departed(&browser).await;
    let mut claims = claims(&server, &way.nonce);
    claims["auth_time"] = json!(server.clock.now().seconds() - 61);
    server.csp.gives(&server.csp.sign(&claims));
    back(&server, &browser, &way.state).await.is(303);
    assert!(trouble(&browser, "refused").await.contains("proofing.max_age"));
    let asked = try_push(&party, &[("prompt", "none")]).await.is(201).json();
    let silent = browser.authorize(&party, asked["request_uri"].as_str().expect("one"), &Pkce::fresh()).await;
    assert_eq!(silent.is(303).parameter("error").as_deref(), Some("consent_required"));
}

#[tokio::test]
async fn a_client_that_is_switched_off_meanwhile_gets_nobody() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let way = departed(&browser).await;
    switch_off(&server, &party).await;
    back(&server, &browser, &way.state).await.is_problem(400, "unknown_client");
    assert!(server.csp.site().received().is_empty());
}

async fn switch_off(server: &TestServer, party: &Party) {
    let id = model::PublicId::parse(&party.public_id).expect("a public id");
    let identity = &server.app.identity;
    let switched =
        identity::credentials::switch(identity, &server.organization.id, &id, false, "test", "test").await;
    switched.expect("switched off");
}

#[tokio::test]
async fn a_test_client_that_consents_itself_still_has_its_patient_proven() {
    let (server, party) = stage().await;
    let policy = ClientPolicy { hosted_proofing: true, consents_itself: true, ..ClientPolicy::default() };
    server.set_policy(&party, policy).await;
    let (browser, pkce) = (Browser::new(&party), Pkce::fresh());
    confirmed(&party, &browser, &pkce).await;
    let way = departed(&browser).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    let decided = back(&server, &browser, &way.state).await.is(303);
    let code = decided.parameter("code").expect("a code");
    party.redeem(&code, &pkce.verifier).send().await.is(200);
}
