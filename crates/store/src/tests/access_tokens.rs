//! Access tokens: what one stands for, until it lapses or is revoked.

use model::Timestamp;
use model::id::ConsentId;

use super::on_both_engines;
use super::sample::{MINUTE, NOW, client, consent, hash, in_a_minute, scope};
use crate::{AccessToken, AccessTokenKey, NewAccessToken, Store, Tx};

/// For whom the second one is.
const API: &str = "https://openias.example/v1";

async fn access_token(store: &Store, consent: &ConsentId, number: u8) {
    let mut tx = store.write().await.expect("a transaction");
    access_token_in(&mut tx, consent, number).await;
    tx.commit().await.expect("committed");
}

/// What the access token `secret(number)` is kept under, which lapses in a minute.
fn key(number: u8) -> AccessTokenKey {
    AccessTokenKey { expires_at: in_a_minute(), hash: hash(number) }
}

/// An access token that lapses in a minute: `secret(number)`.
pub(super) async fn access_token_in(tx: &mut Tx, consent: &ConsentId, number: u8) {
    let (second, api) = (number == 2, [API.to_owned()]);
    let new = NewAccessToken {
        key: &key(number),
        consent_id: consent,
        scope: &scope("openid"),
        audience: if second { &api } else { &[] },
        dpop_jkt: second.then_some("the key"),
        issued_at: NOW,
    };
    tx.add_access_token(&new).await.expect("added");
}

async fn find(tx: &mut Tx, key: &AccessTokenKey, now: Timestamp) -> Option<AccessToken> {
    tx.access_token(key, now).await.expect("read")
}

on_both_engines! {
    async fn one_stands_for_its_consent_until_its_end(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = consent(&stage.store, &client, 1).await;
        access_token(&stage.store, &id, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let found = find(&mut tx, &key(1), NOW).await.expect("found");
        assert_eq!((&found.consent.id, found.scope.as_str()), (&id, "openid"));
        assert_eq!((found.issued_at, found.expires_at), (NOW, in_a_minute()));
        assert!(find(&mut tx, &key(1), in_a_minute()).await.is_none());
        assert!(find(&mut tx, &key(2), NOW).await.is_none());
        let later = AccessTokenKey { expires_at: in_a_minute().plus(MINUTE), ..key(1) };
        assert!(find(&mut tx, &later, NOW).await.is_none(), "it lapses when it said");
        assert!(found.dpop_jkt.is_none() && found.audience.is_empty());
        drop(tx);
        access_token(&stage.store, &id, 2).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let bound = find(&mut tx, &key(2), NOW).await.expect("found");
        assert_eq!((bound.dpop_jkt.as_deref(), bound.audience), (Some("the key"), vec![API.to_owned()]));
    }

    async fn one_is_revoked_alone_with_its_consents_others_or_for_good(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (id, other) = (consent(&stage.store, &client, 1).await, consent(&stage.store, &client, 2).await);
        for number in 1..=3 {
            access_token(&stage.store, &id, number).await;
        }
        access_token(&stage.store, &other, 4).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.revoke_access_token(&key(1)).await.expect("asked"));
        assert!(!tx.revoke_access_token(&key(1)).await.expect("asked"));
        assert_eq!(tx.revoke_access_tokens_of(&id).await.expect("asked"), 2);
        assert!(find(&mut tx, &key(4), NOW).await.is_some());
        assert!(tx.revoke_consent_tokens(&other, NOW).await.expect("asked"));
        assert!(!tx.revoke_consent_tokens(&other, NOW).await.expect("asked"));
        assert!(find(&mut tx, &key(4), NOW).await.is_none());
        assert!(tx.consent(&other).await.expect("read").expect("kept").tokens_revoked);
    }

    async fn one_that_is_not_kept_is_remembered_as_revoked(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(!tx.was_revoked(&hash(1)).await.expect("asked"));
        for _ in 0..2 {
            tx.remember_revoked(&hash(1), in_a_minute()).await.expect("kept");
        }
        assert!(tx.was_revoked(&hash(1)).await.expect("asked"));
    }
}
