//! What goes wrong at a CSP: each lands on a page that tells what to do next, and the app is told in the end.

use std::time::Duration;

use model::ClientPolicy;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Party, Pkce, TestServer, logs};

use super::{back, claims, confirmed, departed, push, stage, trail, try_push};

/// The page that a browser is at, which names this trouble.
async fn trouble(browser: &Browser, name: &str) -> String {
    let page = browser.get("/oauth2/proofing").await.is(200).text();
    assert!(page.contains(&format!("data-trouble=\"{name}\"")), "{name}: {page}");
    assert!(
        page.contains("idp=persona_csp") && page.contains("/oauth2/proofing/cancel"),
        "a way on and a way back"
    );
    let support = page.split("class=\"aside\"").nth(1).and_then(|rest| rest.split("</p>").next());
    let support = support.expect("a line for the support team");
    assert!(support.contains("support team: ") && support.contains("<span translate=\"no\">"), "{support}");
    page
}

/// Gives up; what the app is told: error, words, reason.
async fn told(browser: &Browser) -> (String, String, String) {
    let back = browser.post("/oauth2/proofing/cancel", &[]).await.is(303);
    assert_eq!(back.parameter("state").as_deref(), Some("the state"));
    assert!(back.parameter("iss").is_some() && back.parameter("code").is_none());
    browser.get("/oauth2/proofing").await.is_problem(400, "proofing_over");
    browser.post("/oauth2/proofing/cancel", &[]).await.is_problem(400, "proofing_over");
    let parameter = |name| back.parameter(name).expect(name);
    (parameter("error"), parameter("error_description"), parameter("error_reason"))
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
    let (error, _, reason) = told(&browser).await;
    assert_eq!((error.as_str(), reason.as_str()), ("access_denied", "proofing.cancelled"));
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
        ("invalid_scope", "misconfigured"),
        ("unauthorized_client", "misconfigured"),
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
        [(500, json!({})), (429, json!({"error": "slow_down"})), (400, json!({"error": "invalid_grant"}))]
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
    let (error, _, reason) = told(&browser).await;
    assert_eq!((error.as_str(), reason.as_str()), ("temporarily_unavailable", "proofing.unavailable"));
}

/// A wrong secret is no outage: nobody is told to wait, and the operator reads which CSP it is.
#[tokio::test]
async fn a_csp_that_does_not_know_us_is_not_set_up_rightly() {
    let (server, party) = stage().await;
    for (status, body, cause) in [
        (401, json!({"error": "invalid_client"}), "the token endpoint answered 401 invalid_client"),
        (400, json!({"error": "unauthorized_client"}), "the token endpoint answered 400 unauthorized_client"),
        (400, json!({"error": "invalid_request"}), "the token endpoint answered 400 invalid_request"),
        (401, json!({}), "the token endpoint answered 401 without a known error"),
        (200, json!({"id_token": 7}), "the token endpoint gave no ID token"),
    ] {
        let browser = Browser::new(&party);
        confirmed(&party, &browser, &Pkce::fresh()).await;
        let way = departed(&browser).await;
        server.csp.site().answers_at("/token", status, &body);
        let answer = back(&server, &browser, &way.state).await.is(303);
        let request_id = answer.header("x-request-id");
        let page = trouble(&browser, "misconfigured").await;
        assert!(
            page.contains("waiting does not help") && page.contains("esperar no sirve de nada"),
            "{page}"
        );
        assert!(page.contains(&format!("proofing.code, <span translate=\"no\">{request_id}")), "{page}");
        let line =
            format!("csp=\"persona_csp\" code=\"proofing.code\" request_id=\"{request_id}\" cause={cause}");
        assert!(logs::hold(&line), "the operator is told: {line}");
        let (error, words, reason) = told(&browser).await;
        assert_eq!((error.as_str(), reason.as_str()), ("server_error", "proofing.misconfigured"), "{words}");
    }
    assert!(!logs::hold(testkit::CSP_SECRET), "the secret is in the log");
}

#[tokio::test]
async fn a_discovery_document_that_is_none_is_told_from_one_that_cannot_be_had_now() {
    let (server, party) = stage().await;
    let site = server.csp.site();
    for (status, name, code) in
        [(503, "unavailable", "csp.unavailable"), (404, "misconfigured", "csp.misconfigured")]
    {
        let browser = Browser::new(&party);
        confirmed(&party, &browser, &Pkce::fresh()).await;
        site.answers(status);
        let answer = browser.get("/oauth2/proofing/csp?idp=persona_csp").await.is(303);
        assert!(trouble(&browser, name).await.contains(code));
        let request_id = answer.header("x-request-id");
        assert!(logs::hold(&format!("csp=\"persona_csp\" code=\"{code}\" request_id=\"{request_id}\"")));
        site.answers(200);
    }
    site.says_text("<html>");
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    browser.get("/oauth2/proofing/csp?idp=persona_csp").await.is(303);
    trouble(&browser, "misconfigured").await;
}

/// Each page that ends a check names the request, which the log has, too.
#[tokio::test]
async fn every_page_that_ends_a_check_has_a_line_for_the_support_team() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    for (page, problem) in [
        (browser.get("/oauth2/proofing").await, "proofing_over"),
        (back(&server, &browser, "a.b.en").await, "proofing_elsewhere"),
        (browser.get("/oauth2/proofing/window?ticket=x").await, "proofing_elsewhere"),
        (browser.post("/oauth2/proofing/code", &[("code", "x")]).await, "proofing_over"),
    ] {
        page.is_problem(400, problem);
        let request_id = page.header("x-request-id");
        let line = format!("{problem}, <span translate=\"no\">{request_id}</span>");
        assert!(page.text().contains(&line), "{}", page.text());
        assert!(logs::hold(&format!("request_id=\"{request_id}\" reason=")), "{problem}");
    }
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
        trouble(&browser, "misconfigured").await;
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
    let (error, description, reason) = told(&browser).await;
    assert_eq!((error.as_str(), reason.as_str()), ("access_denied", "proofing.refused"));
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
