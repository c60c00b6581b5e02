//! The standard flow: from a request without an ID token to a proven patient's consent.

mod binding;
mod code;
mod failures;
mod journey;
mod mail;
mod tabs;
mod window;

use model::{ClientPolicy, Mode};
use serde_json::{Value, json};
use testkit::{Answer, Browser, PATIENT, Party, Pkce, Setup, TestServer};

/// A server with a CSP to send patients to, and a client that may.
async fn stage() -> (TestServer, Party) {
    let server = TestServer::with(Setup { proofing: true, ..Setup::default() }).await;
    let party = hosted(&server, server.party().await).await;
    (server, party)
}

/// A party whose patients are proven here.
async fn hosted(server: &TestServer, party: Party) -> Party {
    let policy = ClientPolicy { hosted_proofing: true, ..ClientPolicy::default() };
    server.set_policy(&party, policy).await;
    party
}

/// Pushes a request without an ID token, with these parameters besides.
async fn try_push(party: &Party, more: &[(&str, &str)]) -> Answer {
    let fields = [&[("scope", "openid profile email"), ("response_type", "code")], more].concat();
    party.signed(party.http.form("/oauth2/par", &fields)).send().await
}

async fn push(party: &Party, more: &[(&str, &str)]) -> String {
    let pushed = try_push(party, more).await.is(201);
    pushed.json()["request_uri"].as_str().expect("a request_uri").to_owned()
}

/// The claims with which the CSP answers the request that this browser was sent there with.
fn claims(server: &TestServer, nonce: &str) -> Value {
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["nonce"] = json!(nonce);
    claims
}

/// Takes a browser to the page where a CSP is chosen; the e-mail is [`PATIENT`]'s.
async fn confirmed(party: &Party, browser: &Browser, pkce: &Pkce) {
    let request_uri = push(party, &[]).await;
    let first = browser.authorize(party, &request_uri, pkce).await.is(303);
    assert_eq!(first.header("location"), format!("/oauth2/proofing?check={}&lang=en", check(&first)));
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    browser.post("/oauth2/proofing/code", &[("code", "test 22")]).await.is(303);
}

/// The check that a redirect to one of our own pages names.
fn check(answer: &Answer) -> String {
    let (_, rest) = answer.header("location").split_once("?check=").expect("a check");
    rest.split('&').next().expect("its name").to_owned()
}

/// What the browser carries to the CSP.
struct Way {
    state: String,
    nonce: String,
}

/// Sends the browser to the CSP.
async fn departed(browser: &Browser) -> Way {
    let away = browser.get("/oauth2/proofing/csp?idp=persona_csp").await.is(303);
    let parameter = |name| away.parameter(name).expect(name);
    Way { state: parameter("state"), nonce: parameter("nonce") }
}

/// Brings the browser back from the CSP with a code.
async fn back(server: &TestServer, browser: &Browser, state: &str) -> Answer {
    let iss = &server.csp.issuer;
    browser.get_with("/oauth2/proofing/callback", &[("code", "c"), ("state", state), ("iss", iss)]).await
}

/// What the audit trail says of patients, newest first: action and detail.
async fn trail(server: &TestServer) -> Vec<String> {
    let mut tx = server.store().read().await.expect("a transaction");
    let filter = store::AuditFilter { actor: Some("patient"), ..store::AuditFilter::default() };
    let page = tx.audit_page(filter, store::Place::Latest, 50).await.expect("read");
    page.rows
        .into_iter()
        .map(|entry| format!("{} {}", entry.action, entry.detail).trim().to_owned())
        .collect()
}

#[tokio::test]
async fn a_client_whose_patients_are_proven_here_pushes_no_id_token() {
    let (server, party) = stage().await;
    let pushed = try_push(&party, &[("login_hint", PATIENT)]).await.is(201);
    assert_eq!(pushed.json()["expires_in"], 90);
    try_push(&party, &[("idp", "persona_csp")]).await.is(201);
    let elsewhere = try_push(&party, &[("idp", "clear_csp")]).await;
    elsewhere.is_oauth_error(400, "invalid_request");
    let told = elsewhere.json()["error_description"].to_string();
    assert!(told.contains("at the CSP that idp names, but at persona_csp"), "{told}");
    let other = server.party().await;
    for idp in [&[][..], &[("idp", "persona_csp")], &[("idp", "okta_csp")]] {
        let refused = try_push(&other, idp).await;
        refused.is_oauth_error(400, "invalid_request");
        assert!(refused.text().contains("(par.idp_id_token)"), "{}", refused.text());
    }
    // Whoever may send patients may still bring an ID token.
    party.session(&server.id_token()).await;
}

#[tokio::test]
async fn bringing_no_identity_needs_no_right_to_bring_one() {
    let (server, party) = stage().await;
    server.change_organization(|organization| organization.test.byoi = false).await;
    try_push(&party, &[]).await.is(201);
    party.par(&server.id_token()).send().await.is_oauth_error(400, "unauthorized_client");
    server.change_organization(|organization| organization.test.tefca = false).await;
    try_push(&party, &[]).await.is_oauth_error(400, "unauthorized_client");
}

#[tokio::test]
async fn where_nothing_is_set_up_the_client_is_told() {
    let server = TestServer::start().await;
    let party = hosted(&server, server.party().await).await;
    let refused = try_push(&party, &[]).await;
    refused.is_oauth_error(400, "unauthorized_client");
    assert!(refused.text().contains("(proofing.not_set_up)"), "{}", refused.text());
    // Real patients' addresses are confirmed by mail, which this server cannot send.
    let live = model::Entitlements { tefca: true, byoi: true };
    let server = TestServer::with(Setup { proofing: true, live, ..Setup::default() }).await;
    let party = server.party_of(&server.organization.id, Mode::Live).await;
    let party = hosted(&server, party).await;
    try_push(&party, &[]).await.is_oauth_error(400, "unauthorized_client");
}
