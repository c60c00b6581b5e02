//! Keys of an issuer that this process is itself.
#![expect(clippy::expect_used, reason = "what goes wrong here is the failure of the test that stands on it")]

use std::sync::Arc;

use jose::KeySet;
use model::Timestamp;
use openias_egress::{AtHand, Client, IssuerKeys, KeySource, KeysAtHand, KeysUnavailable, PAUSE};
use serde_json::{Value, json};
use testkit::issuer::Issuer;
use testkit::keys;

const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

fn jwk(number: usize) -> Value {
    keys::signing_key(number).public_jwk()
}

async fn holds(keys: &IssuerKeys, issuer: &Issuer, number: usize, now: Timestamp) -> bool {
    let found = keys.of(&issuer.url, None, now).await.expect("keys");
    found.find(keys::signing_key(number).kid()).is_some()
}

/// Keys that this process has itself: one for each minute.
#[derive(Debug)]
struct Rotating;

impl AtHand for Rotating {
    fn keys<'a>(&'a self, _: Option<&'a str>, now: Timestamp) -> KeysAtHand<'a> {
        Box::pin(async move {
            let number = usize::from(now >= NOW.plus(PAUSE));
            if now >= NOW.plus(2 * PAUSE) {
                return Err("the store failed".to_owned());
            }
            let set = json!({"keys": [jwk(number)]}).to_string();
            Ok(Arc::new(KeySet::from_json(set.as_bytes()).expect("a key set")))
        })
    }
}

#[tokio::test]
async fn keys_at_hand_are_asked_for_each_time_and_never_kept() {
    let issuer = Issuer::start(&[jwk(2)]).await;
    let keys = IssuerKeys::new(Client::new([])).with(&issuer.url, KeySource::AtHand(Arc::new(Rotating)));
    assert!(holds(&keys, &issuer, 0, NOW).await);
    let later = NOW.plus(PAUSE);
    assert!(holds(&keys, &issuer, 1, later).await && !holds(&keys, &issuer, 0, later).await);
    let failed = keys.of(&issuer.url, None, NOW.plus(2 * PAUSE)).await.map(drop);
    assert!(matches!(failed, Err(KeysUnavailable::Keys { .. })), "{failed:?}");
    assert_eq!(issuer.asked(), 0, "nobody is asked");
}
