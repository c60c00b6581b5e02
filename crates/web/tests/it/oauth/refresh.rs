//! The refresh grant: one successor for each token, none for a thief, one more for a lost answer.

use std::time::Duration;

use model::ClientPolicy;
use testkit::http::Call;
use testkit::{Party, Pkce, TestServer};

use super::flow::{OWN, allowed, claims, introspect, push, redeem, renew};

/// Tokens of a patient, with what renews them.
pub(super) async fn tokens(server: &TestServer, party: &Party) -> serde_json::Value {
    let pkce = Pkce::fresh();
    let code = allowed(party, push(server, party, &pkce, &[("nonce", "the nonce")]).send().await).await;
    redeem(party, &code, &pkce, &[]).send().await.is(200).json()
}

pub(super) fn text<'a>(tokens: &'a serde_json::Value, name: &str) -> &'a str {
    tokens[name].as_str().expect("text")
}

pub(super) fn refresh(party: &Party, token: &str) -> Call {
    renew(party, token, &[])
}

pub(super) async fn is_active(party: &Party, token: &str) -> bool {
    introspect(party, token).await["active"].as_bool().expect("a verdict")
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

/// The widget is given nothing to renew by, so that nobody renews as it does: by naming a client.
#[tokio::test]
async fn t7_a_token_is_of_no_use_to_whoever_proves_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let first = tokens(&server, &party).await;
    let callback = party.widget_callback();
    let bare = |token: &str, redirect_uri: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", party.public_id.as_str()),
            ("redirect_uri", redirect_uri),
        ];
        party.http.form("/oauth2/token", &fields)
    };
    for redirect_uri in [callback.as_str(), OWN, ""] {
        let call = bare(text(&first, "refresh_token"), redirect_uri);
        call.send().await.is_oauth_error(401, "invalid_client");
    }
    let renewed = refresh(&party, text(&first, "refresh_token")).send().await.is(200).json();
    server.advance(Duration::from_secs(11));
    // Nor does it end anything.
    bare(text(&first, "refresh_token"), &callback).send().await.is_oauth_error(401, "invalid_client");
    assert!(is_active(&party, text(&renewed, "access_token")).await);
    refresh(&party, text(&renewed, "refresh_token")).send().await.is(200);
}

#[tokio::test]
async fn t7_a_renewal_leaves_a_line() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let first = tokens(&server, &party).await;
    refresh(&party, text(&first, "refresh_token")).send().await.is(200);
    let trail = server.store().read().await.expect("a transaction").audit_trail(1).await.expect("read");
    let line = &trail[0];
    assert_eq!((line.action.as_str(), line.actor.as_str()), ("tokens.renewed", party.public_id.as_str()));
    assert_eq!(line.subject, claims(text(&first, "id_token"))["sid"].as_str().expect("a consent"));
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
    let scoped = |scope: &str| renew(&party, token, &[("scope", scope)]);
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
