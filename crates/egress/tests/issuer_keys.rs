//! V16, V30 to V33: what an issuer's server does, and what becomes of its keys here.
#![expect(clippy::expect_used, reason = "what goes wrong here is the failure of the test that stands on it")]

use std::sync::Arc;
use std::time::Duration;

use jose::KeySet;
use model::Timestamp;
use openias_egress::{Client, FRESH, IssuerKeys, KeySource, KeysUnavailable, Origin, PAUSE, STALE};
use serde_json::{Value, json};
use testkit::issuer::Issuer;
use testkit::keys;

const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

fn jwk(number: usize) -> Value {
    keys::signing_key(number).public_jwk()
}

fn kid(number: usize) -> String {
    keys::signing_key(number).kid().to_owned()
}

fn renamed(number: usize, kid: &str) -> Value {
    let mut jwk = jwk(number);
    jwk["kid"] = json!(kid);
    jwk
}

fn keys_of(issuers: &[&Issuer]) -> IssuerKeys {
    let origins = issuers.iter().map(|issuer| Origin::parse(&issuer.url).expect("an origin"));
    IssuerKeys::new(Client::new(origins).expect("a client"))
}

/// Whether the key of that number is among what `of` yields.
async fn holds(keys: &IssuerKeys, issuer: &Issuer, number: usize, now: Timestamp) -> bool {
    let kid = kid(number);
    let set = keys.of(&issuer.url, Some(&kid), now).await.expect("keys");
    set.find(&kid).is_some()
}

#[tokio::test]
async fn any_number_of_callers_cost_one_fetch() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    let calls = (0..64).map(|_| {
        let (keys, url) = (keys.clone(), issuer.url.clone());
        tokio::spawn(async move { keys.of(&url, None, NOW).await.map(|set| set.keys().len()) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.expect("no panic"), Ok(1));
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn v16_unknown_key_ids_cost_one_fetch_a_minute() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    for flood in 0..100 {
        let set = keys.of(&issuer.url, Some(&format!("guess-{flood}")), NOW).await.expect("keys");
        assert!(set.find("guess").is_none());
    }
    assert_eq!(issuer.asked(), 1);
    let later = NOW.plus(PAUSE);
    for flood in 0..100 {
        keys.of(&issuer.url, Some(&format!("guess-{flood}")), later).await.expect("keys");
    }
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn v32_a_new_key_counts_at_once_and_an_old_one_no_longer() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.publishes(&[jwk(1)]);
    let later = NOW.plus(PAUSE);
    assert!(holds(&keys, &issuer, 0, later).await, "the old one, until somebody asks for the new one");
    assert!(holds(&keys, &issuer, 1, later).await);
    assert!(!holds(&keys, &issuer, 0, later).await);
}

#[tokio::test]
async fn keys_are_fetched_ahead_while_the_old_ones_serve() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    let due = NOW.plus(Duration::from_mins(9));
    // The test's runtime has one thread: what is fetched behind comes after the answer.
    assert!(holds(&keys, &issuer, 0, due).await);
    assert_eq!(issuer.asked(), 1);
    while issuer.asked() < 2 {
        tokio::task::yield_now().await;
    }
    issuer.falls_silent();
    assert!(holds(&keys, &issuer, 0, due).await, "and nobody waits for it");
}

#[tokio::test]
async fn v31_stale_keys_serve_for_a_day_and_then_nothing_does() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.answers(503);
    let mut now = NOW.plus(FRESH);
    while now < NOW.plus(STALE) {
        assert!(holds(&keys, &issuer, 0, now).await);
        now = now.plus(Duration::from_hours(6));
    }
    let unavailable = keys.of(&issuer.url, None, NOW.plus(STALE)).await.map(drop);
    assert!(matches!(unavailable, Err(KeysUnavailable::Discovery { .. })), "{unavailable:?}");
    issuer.answers(200);
    let resting = keys.of(&issuer.url, None, NOW.plus(STALE)).await.map(drop);
    assert_eq!(resting, unavailable, "it rests before it is asked again");
    assert!(holds(&keys, &issuer, 0, NOW.plus(STALE).plus(PAUSE)).await);
}

#[tokio::test]
async fn v30_a_set_without_a_usable_key_never_replaces_a_good_one() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    let mut now = NOW.plus(FRESH);
    for nothing in [r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "<html>", "", "[]"] {
        issuer.publishes_text(nothing);
        assert!(holds(&keys, &issuer, 0, now).await, "{nothing}");
        now = now.plus(FRESH);
    }
    let fresh = keys_of(&[&issuer]);
    assert!(matches!(fresh.of(&issuer.url, None, NOW).await, Err(KeysUnavailable::Keys { .. })));
}

#[tokio::test]
async fn v33_a_discovery_document_is_strict_json_that_names_its_keys() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let url = &issuer.url;
    let twice = format!(r#"{{"issuer":"{url}","issuer":"{url}","jwks_uri":"{url}/jwks"}}"#);
    for (document, words) in [
        (json!({"issuer": url}).to_string(), "names no jwks_uri"),
        (json!({"issuer": url, "jwks_uri": null}).to_string(), "names no jwks_uri"),
        (json!({"issuer": url, "jwks_uri": 7}).to_string(), "names no jwks_uri"),
        (json!({"jwks_uri": format!("{url}/jwks")}).to_string(), "names no issuer"),
        (json!("nothing").to_string(), "not strict JSON"),
        (twice, "names a member twice"),
    ] {
        issuer.says_text(&document);
        let refused = keys_of(&[&issuer]).of(url, None, NOW).await.expect_err(&document).to_string();
        assert!(refused.contains(words), "{refused}");
    }
    assert_eq!(issuer.asked(), 0);
}

#[tokio::test]
async fn v33_a_discovery_document_speaks_for_its_own_issuer_and_origin() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let jwks_uri = format!("{}/jwks", issuer.url);
    for (document, foreign) in [
        (json!({"issuer": "https://other.example", "jwks_uri": jwks_uri}), true),
        (json!({"issuer": format!("{}/", issuer.url), "jwks_uri": jwks_uri}), true),
        (json!({"issuer": issuer.url, "jwks_uri": "https://keys.example/jwks"}), false),
        (json!({"issuer": issuer.url, "jwks_uri": "/jwks"}), false),
    ] {
        issuer.says(&document);
        let expected = if foreign {
            KeysUnavailable::ForeignDocument(issuer.url.clone())
        } else {
            KeysUnavailable::ForeignKeys(issuer.url.clone())
        };
        let outcome = keys_of(&[&issuer]).of(&issuer.url, None, NOW).await.map(drop);
        assert_eq!(outcome, Err(expected), "{document}");
    }
    assert_eq!(issuer.asked(), 0);
}

#[tokio::test]
async fn a_broken_issuer_slows_nobody_else() {
    let (broken, good) = (Issuer::start(&[jwk(0)]).await, Issuer::start(&[jwk(1)]).await);
    broken.falls_silent();
    let keys = keys_of(&[&broken, &good]);
    let waiting = tokio::spawn({
        let (keys, url) = (keys.clone(), broken.url.clone());
        async move { keys.of(&url, None, NOW).await.map(drop) }
    });
    assert!(holds(&keys, &good, 1, NOW).await);
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn pinned_keys_and_a_pinned_address_need_no_discovery() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    issuer.says(&json!("nothing"));
    let by_address =
        keys_of(&[&issuer]).with(&issuer.url, KeySource::JwksUri(format!("{}/keys.json", issuer.url)));
    assert!(holds(&by_address, &issuer, 0, NOW).await);
    let document = json!({"keys": [jwk(1)]}).to_string();
    let pinned = Arc::new(KeySet::from_json(document.as_bytes()).expect("keys"));
    let pinned = keys_of(&[&issuer]).with(&issuer.url, KeySource::Pinned(pinned));
    assert!(holds(&pinned, &issuer, 1, NOW.plus(STALE).plus(STALE)).await);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn another_key_under_a_known_id_is_sounded() {
    testkit::logs::keep();
    let issuer = Issuer::start(&[renamed(0, "one")]).await;
    let alarm = format!("another key than before issuer={:?}", issuer.url);
    let keys = keys_of(&[&issuer]);
    keys.of(&issuer.url, Some("one"), NOW).await.expect("keys");
    issuer.publishes(&[renamed(0, "one"), jwk(1)]);
    keys.of(&issuer.url, Some("one"), NOW.plus(FRESH)).await.expect("keys");
    assert!(!testkit::logs::hold(&alarm));
    issuer.publishes(&[renamed(1, "one")]);
    keys.of(&issuer.url, Some("one"), NOW.plus(FRESH).plus(FRESH)).await.expect("keys");
    assert!(testkit::logs::hold(&alarm));
}
