//! Signing keys.

use std::time::Duration;

use jose::Algorithm;
use model::Timestamp;

use super::on_both_engines;
use super::sample::NOW;
use crate::key_ring::{KEEP, LEAD};
use crate::{KeyPurpose, KeyStage, NewSigningKey, Store};

/// A fresh key.
fn pkcs8() -> Vec<u8> {
    ambient::ec_p256_keypair().expect("a key").to_vec()
}

fn key<'a>(purpose: KeyPurpose, kid: &'a str, pkcs8: &'a [u8]) -> NewSigningKey<'a> {
    NewSigningKey { purpose, algorithm: Algorithm::Es256, kid, pkcs8 }
}

async fn add(store: &Store, purpose: KeyPurpose, kid: &str, now: Timestamp) -> bool {
    let pkcs8 = pkcs8();
    let mut tx = store.write().await.expect("a transaction");
    let added = tx.add_signing_key(&key(purpose, kid, &pkcs8), now).await.expect("asked");
    tx.commit().await.expect("committed");
    added
}

async fn rotate(store: &Store, kid: &str, ripe: Timestamp, now: Timestamp) -> bool {
    let pkcs8 = pkcs8();
    let mut tx = store.write().await.expect("a transaction");
    let rotated =
        tx.rotate_signing_key(&key(KeyPurpose::Identity, kid, &pkcs8), ripe, now).await.expect("asked");
    tx.commit().await.expect("committed");
    rotated.is_some()
}

/// What became of the spare key; none where there was no key to end.
async fn end(store: &Store, kid: &str, spare: &str, now: Timestamp) -> Option<bool> {
    let pkcs8 = pkcs8();
    let mut tx = store.write().await.expect("a transaction");
    let ended = tx.end_signing_key(kid, &key(KeyPurpose::Identity, spare, &pkcs8), now).await.expect("asked");
    tx.commit().await.expect("committed");
    ended
}

/// Ids and stages of what is not forgotten, oldest first.
async fn stages(store: &Store, now: Timestamp) -> Vec<(String, KeyStage)> {
    let keys = store.read().await.expect("a transaction").signing_keys(now).await.expect("read");
    keys.into_iter().map(|key| (key.kid.clone(), key.stage(now))).collect()
}

fn are(stages: &[(String, KeyStage)], expected: &[(&str, KeyStage)]) -> bool {
    stages.iter().map(|(kid, stage)| (kid.as_str(), *stage)).eq(expected.iter().copied())
}

const SECOND: Duration = Duration::from_secs(1);

on_both_engines! {
    async fn the_first_key_of_a_line_stays_and_can_be_unsealed(stage: &Stage) {
        let kept = pkcs8();
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.add_signing_key(&key(KeyPurpose::Network, "first", &kept), NOW).await.expect("asked"));
        tx.commit().await.expect("committed");
        assert!(!add(&stage.store, KeyPurpose::Network, "second", NOW).await);
        assert!(add(&stage.store, KeyPurpose::Identity, "other", NOW).await, "another line");
        let mut tx = stage.store.read().await.expect("a transaction");
        let unsealed = tx.signing_key("first").await.expect("read").expect("found");
        let first = jose::SigningKey::from_pkcs8(Algorithm::Es256, &kept).expect("a key");
        assert_eq!(unsealed.kid(), first.kid());
        assert!(tx.signing_key("second").await.expect("read").is_none());
    }

    async fn a_key_is_published_then_signs_then_is_retired_then_forgotten(stage: &Stage) {
        use KeyStage::{Published, Retired, Signing};
        let store = &stage.store;
        add(store, KeyPurpose::Identity, "a", NOW).await;
        let begun = NOW.plus(SECOND);
        assert!(!rotate(store, "early", NOW.minus(SECOND), begun).await, "it has not signed for so long");
        assert!(rotate(store, "b", NOW, begun).await);
        assert!(!rotate(store, "c", begun, begun).await, "it has a successor");
        for (at, expected) in [
            (begun, &[("a", Signing), ("b", Published)][..]),
            (begun.plus(LEAD).minus(SECOND), &[("a", Signing), ("b", Published)]),
            (begun.plus(LEAD), &[("a", Retired), ("b", Signing)]),
            (begun.plus(LEAD).plus(KEEP).minus(SECOND), &[("a", Retired), ("b", Signing)]),
            (begun.plus(LEAD).plus(KEEP), &[("b", Signing)]),
        ] {
            assert!(are(&stages(store, at).await, expected), "{at:?}");
        }
        assert!(rotate(store, "c", begun.plus(LEAD), begun.plus(LEAD)).await, "it signs");
        let mut tx = store.write().await.expect("a transaction");
        let late = begun.plus(LEAD).plus(KEEP).plus(Duration::from_hours(1));
        assert_eq!(tx.forget_lapsed(late).await.expect("forgotten"), 1, "its row goes too");
    }

    async fn a_line_goes_on_whichever_of_its_keys_is_ended(stage: &Stage) {
        use KeyStage::{Published, Retired, Signing};
        let store = &stage.store;
        assert_eq!(end(store, "a", "spare", NOW).await, None, "there is none");
        add(store, KeyPurpose::Identity, "a", NOW).await;
        assert_eq!(end(store, "a", "b", NOW).await, Some(true), "the one key that signs");
        assert!(are(&stages(store, NOW).await, &[("b", Signing)]));
        assert_eq!(end(store, "a", "spare", NOW).await, None, "it was ended before");

        rotate(store, "c", NOW, NOW).await;
        assert_eq!(end(store, "c", "spare", NOW).await, Some(false), "the one that was to follow");
        assert!(are(&stages(store, NOW).await, &[("b", Signing)]));
        assert!(rotate(store, "d", NOW, NOW).await, "it may be followed again");
        assert_eq!(end(store, "b", "spare", NOW).await, Some(false), "the one that signs, with a successor");
        assert!(are(&stages(store, NOW).await, &[("d", Signing)]));

        rotate(store, "e", NOW, NOW).await;
        let signs = NOW.plus(LEAD);
        rotate(store, "f", signs, signs).await;
        assert!(are(&stages(store, signs).await, &[("d", Retired), ("e", Signing), ("f", Published)]));
        assert_eq!(end(store, "d", "spare", signs).await, Some(false), "one that signs no more");
        assert!(are(&stages(store, signs).await, &[("e", Signing), ("f", Published)]));
        let another_line = add(store, KeyPurpose::Network, "n", NOW).await;
        assert!(another_line);
        let pkcs8 = pkcs8();
        let mut tx = store.write().await.expect("a transaction");
        let ended = tx.end_signing_key("n", &key(KeyPurpose::Identity, "spare", &pkcs8), signs).await;
        assert_eq!(ended.expect("asked"), None, "another line's");
    }
}
