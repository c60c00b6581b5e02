//! All goes well.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{ClientPolicy, RequestUse};
use testkit::{Browser, CSP_SECRET, PATIENT, Pkce, forge};

use super::{back, claims, confirmed, departed, push, stage, trail};

#[tokio::test]
async fn a_patient_without_an_id_token_gets_to_consent_and_the_app_to_a_session() {
    let (server, party) = stage().await;
    let (browser, pkce) = (Browser::new(&party), Pkce::fresh());
    let request_uri = push(&party, &[("login_hint", PATIENT)]).await;
    browser.authorize(&party, &request_uri, &pkce).await.is(303);

    let page = browser.get("/oauth2/proofing").await.is(200);
    assert!(page.text().contains(&format!("value=\"{PATIENT}\"")), "the app's hint is filled in");
    assert!(page.header("content-security-policy").ends_with("frame-ancestors 'none'"));
    assert_eq!(page.header("cache-control"), "no-store");
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    let page = browser.get("/oauth2/proofing").await.is(200).text();
    assert!(page.contains("TEST22") && page.contains("/oauth2/proofing/code"), "the test code is shown");
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    let page = browser.get("/oauth2/proofing?lang=es").await.is(200).text();
    assert!(page.contains("idp=persona_csp&amp;check=") && page.contains("&amp;lang=es"), "{page}");

    let away = browser.get("/oauth2/proofing/csp?idp=persona_csp&lang=es").await.is(303);
    let parameter = |name| away.parameter(name).unwrap_or_default();
    assert!(away.location().as_str().starts_with(&format!("{}/authorize?tenant=1&", server.csp.issuer)));
    let callback = format!("{}/oauth2/proofing/callback", server.http.base());
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", forge::CLIENT_ID),
        ("redirect_uri", &callback),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
        ("acr_values", "ial2"),
        ("ui_locales", "es"),
    ] {
        assert_eq!(parameter(name), value, "{name}");
    }
    assert_eq!(
        (parameter("state").rsplit_once('.').map(|(_, tag)| tag.to_owned()), parameter("nonce").len()),
        (Some("es".to_owned()), 43)
    );

    server.csp.gives(&server.csp.sign(&claims(&server, &parameter("nonce"))));
    let before = browser.cookies();
    let home = back(&server, &browser, &parameter("state")).await.is(303);
    let left = format!("/oauth2/proofing?check={}&lang=es", super::check(&home));
    assert_eq!(home.header("location"), left, "the address is left behind");
    let asked = server.csp.site().received();
    let [asked] = asked.as_slice() else { panic!("the code was redeemed {} times", asked.len()) };
    let form: std::collections::BTreeMap<_, _> =
        url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    assert_eq!((form["grant_type"].as_str(), form["code"].as_str()), ("authorization_code", "c"));
    assert_eq!(form["redirect_uri"], callback);
    assert_eq!(Pkce::of(&form["code_verifier"]).challenge, parameter("code_challenge"));
    let encoded: String = url::form_urlencoded::byte_serialize(CSP_SECRET.as_bytes()).collect();
    let basic = STANDARD.encode(format!("{}:{encoded}", forge::CLIENT_ID));
    assert_eq!(asked.authorization, format!("Basic {basic}"));

    assert_ne!(browser.cookies(), before, "a new handle takes over");
    let page = browser.get("/oauth2/proofing").await.is(200);
    assert!(page.text().contains("Camila"));
    assert!(page.header("content-security-policy").ends_with("frame-ancestors 'none'"));
    let handle = page.hidden("handle");
    let decided = browser
        .post("/oauth2/authorize/decision", &[("handle", &handle), ("decision", "allow")])
        .await
        .is(303);
    assert_eq!(decided.parameter("state").as_deref(), Some("the state"));
    let code = decided.parameter("code").expect("a code");
    let tokens = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    party.bridge("org", tokens["access_token"].as_str().expect("a token")).await;

    assert_eq!(
        trail(&server).await,
        [
            "consent.given",
            "proofing.proven tefca-2 note=token.ssn",
            "proofing.sent_to_csp persona_csp",
            "proofing.email_confirmed",
            "proofing.code_sent",
            "proofing.begun",
        ]
    );
}

#[tokio::test]
async fn another_verified_address_is_noted_and_no_reason_to_refuse() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let way = departed(&browser).await;
    let mut claims = server.csp.claims_of("ahackett@gmail.com", server.hcid(), server.clock.now());
    claims["nonce"] = way.nonce.as_str().into();
    server.csp.gives(&server.csp.sign(&claims));
    back(&server, &browser, &way.state).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("name=\"decision\""));
    assert!(trail(&server).await[0].ends_with("note=proofing.another_email"));
}

#[tokio::test]
async fn loading_again_goes_on_where_it_was() {
    let (server, party) = stage().await;
    let (browser, pkce) = (Browser::new(&party), Pkce::fresh());
    let request_uri = push(&party, &[]).await;
    browser.authorize(&party, &request_uri, &pkce).await.is(303);
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    // The request is used, here and nowhere else it can be gone on with.
    browser.authorize(&party, &request_uri, &pkce).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("TEST22"));
    Browser::new(&party).authorize(&party, &request_uri, &pkce).await.is_problem(400, "request_uri");
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    // Back at our page without having been at the CSP: it can be chosen again, and the last choice counts.
    let (first, last) = (departed(&browser).await, departed(&browser).await);
    server.csp.gives(&server.csp.sign(&claims(&server, &last.nonce)));
    back(&server, &browser, &first.state).await.is_problem(400, "proofing_elsewhere");
    back(&server, &browser, &last.state).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("name=\"decision\""));
    // So it does where the request was taken.
    let asked = browser.authorize(&party, &request_uri, &pkce).await.is(200);
    assert!(asked.text().contains("name=\"decision\""));
    // Back to the CSP, which sends the patient here once more: the decision still waits.
    back(&server, &browser, &last.state).await.is(303);
    assert_eq!(server.csp.site().received().len(), 1);
}

/// Where the decision uses the request up, too.
#[tokio::test]
async fn a_request_that_may_be_loaded_again_begins_few_proofings_and_one_in_a_browser() {
    let (server, party) = stage().await;
    let policy =
        ClientPolicy { hosted_proofing: true, request_use: RequestUse::Authorize, ..ClientPolicy::default() };
    server.set_policy(&party, policy).await;
    let (browser, pkce) = (Browser::new(&party), Pkce::fresh());
    let request_uri = push(&party, &[]).await;
    browser.authorize(&party, &request_uri, &pkce).await.is(303);
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    browser.authorize(&party, &request_uri, &pkce).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("TEST22"));
    for _ in 1..10 {
        Browser::new(&party).authorize(&party, &request_uri, &pkce).await.is(303);
    }
    assert_eq!(server.store().row_counts().await["proofings"], 10);
    Browser::new(&party).authorize(&party, &request_uri, &pkce).await.is_problem(400, "request_uri");
    browser.authorize(&party, &request_uri, &pkce).await.is(303);
    assert_eq!(server.store().row_counts().await["proofings"], 10);
}

#[tokio::test]
async fn a_patient_who_waits_too_long_with_the_decision_finds_nothing_left() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let way = departed(&browser).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    back(&server, &browser, &way.state).await.is(303);
    server.advance(Duration::from_mins(15));
    browser.get("/oauth2/proofing").await.is_problem(400, "nothing_to_decide");
}
