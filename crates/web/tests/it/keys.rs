//! Signing keys that rotate under a running server.

use std::time::Duration;

use jose::{Algorithm, Compact, KeySet};
use store::KeyRing;
use store::key_ring::{Cause, KEEP, LEAD, REFRESH};
use testkit::{Party, Pkce, ROTATE_AFTER, TestServer};

use crate::csp::{Relying, token};

const CAUSE: Cause<'static> = Cause { actor: "operator", request_id: "test" };
const SECOND: Duration = Duration::from_secs(1);

/// What `/jwks.json` or another key set holds now, and its entity tag.
async fn published(server: &TestServer, path: &str) -> (KeySet, String) {
    let answer = server.http.get(path).send().await.is(200);
    (KeySet::from_json(&answer.body).expect("keys"), answer.header("etag").to_owned())
}

async fn id_token(server: &TestServer, party: &Party) -> String {
    let pkce = Pkce::fresh();
    let code = party.allow(&party.push(&server.id_token()).await, &pkce).await;
    let tokens = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    token(&tokens, "id_token").to_owned()
}

fn kid(token: &str) -> String {
    Compact::parse(token).expect("a token").key_id().expect("a key id").to_owned()
}

fn verifies(token: &str, keys: &KeySet) -> bool {
    Compact::parse(token).expect("a token").verify(keys, &[Algorithm::Es256, Algorithm::Rs256]).is_ok()
}

/// Begins a rotation as another node would: its ring is not the server's.
async fn rotate(server: &TestServer, ring: &KeyRing, algorithm: Algorithm) -> store::Rotated {
    let elsewhere = KeyRing::new(server.store().clone(), ring.purpose());
    let rotated = elsewhere.rotate(algorithm, Duration::ZERO, CAUSE, server.clock.now()).await;
    rotated.expect("asked").expect("rotated")
}

#[tokio::test]
async fn d5_a_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_expired() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let first = id_token(&server, &party).await;
    let (before, tag) = published(&server, "/jwks.json").await;
    server.advance(SECOND);
    let rotated = rotate(&server, &server.app.identity.keys, Algorithm::Es256).await;
    assert_eq!(rotated.predecessor, kid(&first));

    server.advance(REFRESH);
    let (both, fresh_tag) = published(&server, "/jwks.json").await;
    assert_eq!(both.keys().len(), before.keys().len() + 1);
    assert!(both.find(&rotated.successor).is_some() && before.find(&rotated.successor).is_none());
    assert_ne!(tag, fresh_tag);
    let changed = server.http.get("/jwks.json").header("if-none-match", &tag).send().await;
    changed.is(200);

    server.advance(LEAD.saturating_sub(REFRESH + SECOND));
    let last = id_token(&server, &party).await;
    assert_eq!(kid(&last), rotated.predecessor);
    server.advance(SECOND);
    let next = id_token(&server, &party).await;
    assert_eq!(kid(&next), rotated.successor);
    assert!(verifies(&next, &both), "whoever fetched before it signed can verify it");

    server.advance(KEEP.saturating_sub(SECOND));
    let (keys, _) = published(&server, "/jwks.json").await;
    assert!([&first, &last, &next].into_iter().all(|token| verifies(token, &keys)));
    server.advance(SECOND + REFRESH);
    let (keys, _) = published(&server, "/jwks.json").await;
    assert!(!verifies(&last, &keys) && verifies(&next, &keys));
    assert_eq!(keys.keys().len(), before.keys().len());
}

#[tokio::test]
async fn the_authorization_server_follows_its_own_csp() {
    let server = TestServer::start().await;
    let (relying, party) = (Relying::party(&server).await, server.party().await);
    let before = relying.tokens().await;
    server.advance(SECOND);
    let rotated = rotate(&server, &server.app.csp.sandbox_keys, Algorithm::Rs256).await;
    server.advance(LEAD);
    let after = relying.tokens().await;
    let (before, after) = (token(&before, "id_token"), token(&after, "id_token"));
    assert_eq!((kid(before), kid(after)), (rotated.predecessor, rotated.successor.clone()));
    party.push(after).await;
    party.push(before).await;

    // A leaked key counts nowhere any more, not even here, where nobody fetches.
    let elsewhere = KeyRing::new(server.store().clone(), server.app.csp.sandbox_keys.purpose());
    elsewhere.end(&rotated.successor, CAUSE, server.clock.now()).await.expect("asked").expect("ended");
    server.advance(REFRESH);
    let (fields, fresh) = (("idp", "persona_csp"), relying.tokens().await);
    let push = |id_token: &str| {
        let scope = ("scope", "openid profile email");
        let form = [scope, ("response_type", "code"), fields, ("idp_id_token", id_token)];
        party.signed(party.http.form("/oauth2/par", &form)).send()
    };
    push(after).await.is_oauth_error(400, "invalid_request");
    push(token(&fresh, "id_token")).await.is(201);
}

#[tokio::test]
async fn the_network_takes_assertions_of_the_old_and_the_new_key() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let found = async || {
        server.located(&party).await.1["discovered_patient_accounts"]
            .as_object()
            .map_or(0, serde_json::Map::len)
    };
    let before = found().await;
    assert!(before > 0);
    server.advance(SECOND);
    rotate(&server, &server.app.connect.network.keys, Algorithm::Rs256).await;
    for span in [LEAD.saturating_sub(SECOND), SECOND, KEEP] {
        server.advance(span);
        assert_eq!(found().await, before, "{} s later", span.as_secs());
    }
}

#[tokio::test]
async fn the_worker_rotates_what_has_signed_for_long_enough() {
    let server = TestServer::start().await;
    server.worker.keep_keys().await;
    assert_eq!(server.store().row_counts().await["signing_keys"], 5, "nothing is due");
    server.advance(ROTATE_AFTER);
    // Two workers, as on two nodes.
    let other = server.worker.clone();
    tokio::join!(server.worker.keep_keys(), other.keep_keys());
    assert_eq!(server.store().row_counts().await["signing_keys"], 10, "a successor each");
    let trail = server.store().read().await.expect("a transaction").audit_trail(99).await.expect("read");
    for action in ["key.published", "key.retired"] {
        let by_worker = trail.iter().filter(|line| line.action == action && line.actor == "worker").count();
        assert_eq!(by_worker, 5, "{action}");
    }
}
