//! The refresh grant: one successor for each token, none for a thief, one more for a lost answer.

use std::time::Duration;

use model::ClientPolicy;
use testkit::http::Call;
use testkit::{Party, Pkce, TestServer};

const OWN: &str = "https://app.example/authorized";

/// Tokens of a patient, with what renews them.
pub(super) async fn tokens(server: &TestServer, party: &Party) -> serde_json::Value {
    let (pkce, id_token) = (Pkce::fresh(), server.id_token());
    let pushed = party.signed(party.http.form(
        "/oauth2/par",
        &[
            ("scope", "openid profile email offline_access"),
            ("response_type", "code"),
            ("idp", "persona_csp"),
            ("idp_id_token", &id_token),
            ("redirect_uri", OWN),
            ("code_challenge", &pkce.challenge),
            ("code_challenge_method", "S256"),
            ("nonce", "the nonce"),
        ],
    ));
    let request_uri = pushed.send().await.is(201).json()["request_uri"].as_str().expect("text").to_owned();
    let page = party.authorize(&[("request_uri", request_uri.as_str())]).await.is(200);
    let code = party.decide(&page.hidden("handle"), "allow").await.is(303).parameter("code").expect("a code");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", pkce.verifier.as_str()),
        ("redirect_uri", OWN),
    ];
    party.signed(party.http.form("/oauth2/token", &fields)).send().await.is(200).json()
}

pub(super) fn text<'a>(tokens: &'a serde_json::Value, name: &str) -> &'a str {
    tokens[name].as_str().expect("text")
}

pub(super) fn refresh(party: &Party, token: &str) -> Call {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    party.signed(party.http.form("/oauth2/token", &fields))
}

pub(super) async fn is_active(party: &Party, token: &str) -> bool {
    let asked = party.signed(party.http.form("/oauth2/introspect", &[("token", token)]));
    asked.send().await.is(200).json()["active"].as_bool().expect("a verdict")
}

#[tokio::test]
async fn t7_a_token_brings_a_successor_and_what_was_granted() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let first = tokens(&server, &party).await;
    assert_eq!(text(&first, "scope"), "openid profile email offline_access");
    server.advance(Duration::from_mins(5));
    let renewed = refresh(&party, text(&first, "refresh_token")).send().await.is(200);
    assert_eq!(renewed.header("cache-control"), "no-store");
    let renewed = renewed.json();
    assert_ne!(text(&renewed, "refresh_token"), text(&first, "refresh_token"));
    let (before, after) = (claims(text(&first, "id_token")), claims(text(&renewed, "id_token")));
    for same in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert_eq!((before["nonce"].as_str(), after["nonce"].as_str()), (Some("the nonce"), None));
    assert!(after["iat"].as_u64() > before["iat"].as_u64());
    assert!(is_active(&party, text(&renewed, "access_token")).await);
}

#[tokio::test]
async fn t7_a_token_that_was_used_ends_its_family() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let first = tokens(&server, &party).await;
    let renewed = refresh(&party, text(&first, "refresh_token")).send().await.is(200).json();
    let further = refresh(&party, text(&renewed, "refresh_token")).send().await.is(200).json();
    // In time for a retry, but its successor is used.
    refresh(&party, text(&first, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
    refresh(&party, text(&further, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
    for tokens in [&first, &renewed, &further] {
        assert!(!is_active(&party, text(tokens, "access_token")).await);
    }
    let trail = server.store().read().await.expect("a transaction").audit_trail(1).await.expect("read");
    assert_eq!(
        (trail[0].action.as_str(), trail[0].detail.as_str()),
        ("tokens.revoked", "refresh_token_reused")
    );
}

#[tokio::test]
async fn t7_a_lost_answer_is_given_again_for_a_moment() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let first = tokens(&server, &party).await;
    let lost = refresh(&party, text(&first, "refresh_token")).send().await.is(200).json();
    server.advance(Duration::from_secs(9));
    let again = refresh(&party, text(&first, "refresh_token")).send().await.is(200).json();
    assert_eq!(text(&again, "refresh_token"), text(&lost, "refresh_token"), "the same successor");
    assert_ne!(text(&again, "access_token"), text(&lost, "access_token"));
    server.advance(Duration::from_secs(1));
    refresh(&party, text(&first, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
    refresh(&party, text(&lost, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn t7_a_client_may_have_no_retry_at_all() {
    let server = TestServer::start().await;
    let party = server.party().await;
    server.set_policy(&party, ClientPolicy { refresh_retry: 0, ..ClientPolicy::default() }).await;
    let first = tokens(&server, &party).await;
    refresh(&party, text(&first, "refresh_token")).send().await.is(200);
    refresh(&party, text(&first, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn t7_it_is_the_clients_own_and_narrows_alone() {
    let server = TestServer::start().await;
    let (party, stranger) = (server.party().await, server.party().await);
    let first = tokens(&server, &party).await;
    let token = text(&first, "refresh_token");
    refresh(&stranger, token).send().await.is_oauth_error(400, "invalid_grant");
    let scoped = |scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        party.signed(party.http.form("/oauth2/token", &fields))
    };
    scoped("openid phone").send().await.is_oauth_error(400, "invalid_scope");
    let narrowed = scoped("openid").send().await.is(200).json();
    assert_eq!(text(&narrowed, "scope"), "openid");
    let read =
        party.http.get("/oauth2/userinfo").bearer(text(&narrowed, "access_token")).send().await.is(200);
    assert_eq!(read.json().as_object().map(serde_json::Map::len), Some(1), "the subject alone");
}

#[tokio::test]
async fn t7_its_life_is_counted_from_proofing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let mut last = tokens(&server, &party).await;
    for _ in 0..8 {
        server.advance(Duration::from_hours(11 * 24));
        last = refresh(&party, text(&last, "refresh_token")).send().await.is(200).json();
    }
    server.advance(Duration::from_hours(2 * 24));
    refresh(&party, text(&last, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn t4_a_code_used_twice_revokes_what_it_brought() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let pkce = Pkce::fresh();
    let code = party.allow(&party.push(&server.id_token()).await, &pkce).await;
    let session = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    assert!(is_active(&party, text(&session, "access_token")).await);
    let wrong = Pkce::fresh();
    party.redeem(&code, &wrong.verifier).send().await.is_oauth_error(400, "invalid_grant");
    assert!(is_active(&party, text(&session, "access_token")).await, "a guess revokes nothing");
    party.redeem(&code, &pkce.verifier).send().await.is_oauth_error(400, "invalid_grant");
    assert!(!is_active(&party, text(&session, "access_token")).await);
}

pub(super) fn claims(id_token: &str) -> serde_json::Value {
    use base64::Engine as _;
    let payload = id_token.split('.').nth(1).expect("a payload");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&claims).expect("claims")
}
