//! Authorizations: decided once, redeemed once, each in time.

use model::id::ConsentId;
use model::{AuthorizationRequest, Credential, Timestamp};

use super::on_both_engines;
use super::sample::{MINUTE, NOW, authorization, client, consent, hash, identity, in_a_minute};
use crate::{NewAuthorizationCode, Store, Tx};

/// Allows an authorization; its code is `secret(number)` and lives for a minute.
pub(super) async fn allowed(store: &Store, client: &Credential, number: u8) -> (String, ConsentId) {
    let (id, consent) = (authorization(store, client, number).await, consent(store, client, number).await);
    let mut tx = store.write().await.expect("a transaction");
    assert!(allow(&mut tx, &id, (number, &consent), in_a_minute(), NOW).await);
    tx.commit().await.expect("committed");
    (id, consent)
}

async fn allow(
    tx: &mut Tx,
    id: &str,
    (number, consent_id): (u8, &ConsentId),
    expires_at: Timestamp,
    now: Timestamp,
) -> bool {
    let (hash, request) = (&hash(number), &AuthorizationRequest::default());
    tx.allow(id, &NewAuthorizationCode { hash, consent_id, request, expires_at }, now).await.expect("asked")
}

pub(super) async fn exchange(store: &Store, id: &str, now: Timestamp) -> bool {
    let mut tx = store.write().await.expect("a transaction");
    let exchanged = tx.exchange_code(id, now).await.expect("asked");
    tx.commit().await.expect("committed");
    exchanged
}

on_both_engines! {
    async fn one_is_read_as_it_was_kept_until_it_is_decided(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = authorization(&stage.store, &client, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let waiting = tx.awaiting_consent(&hash(1), NOW).await.expect("read").expect("waits");
        assert_eq!((waiting.id.as_str(), &waiting.public_id), (id.as_str(), &client.public_id));
        assert_eq!(waiting.pushed_id, 1);
        assert_eq!(waiting.request.redirect_uri.as_deref(), Some("https://app.example/callback"));
        assert!(waiting.request.patient.demographics == identity().demographics);
        assert!(tx.awaiting_consent(&hash(2), NOW).await.expect("read").is_none());
        assert!(tx.awaiting_consent(&hash(1), in_a_minute()).await.expect("read").is_none());
        assert!(tx.deny(&id, NOW).await.expect("asked"));
        assert!(tx.awaiting_consent(&hash(1), NOW).await.expect("read").is_none());
    }

    async fn a_decision_stands(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (allowed, consent) = allowed(&stage.store, &client, 1).await;
        let denied = authorization(&stage.store, &client, 2).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.deny(&denied, NOW).await.expect("asked"));
        assert!(!tx.deny(&denied, NOW).await.expect("asked"));
        assert!(!allow(&mut tx, &denied, (3, &consent), in_a_minute(), NOW).await);
        assert!(!tx.deny(&allowed, NOW).await.expect("asked"));
        assert!(!allow(&mut tx, &allowed, (3, &consent), in_a_minute(), NOW).await);
        assert!(tx.authorization_code(&hash(3)).await.expect("read").is_none());
    }

    async fn a_decision_comes_too_late_at_the_end(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let id = authorization(&stage.store, &client, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(!tx.deny(&id, in_a_minute()).await.expect("asked"));
        assert!(!allow(&mut tx, &id, (3, &consent), in_a_minute().plus(MINUTE), in_a_minute()).await);
        assert!(allow(&mut tx, &id, (3, &consent), in_a_minute(), NOW).await);
    }

    async fn a_code_is_redeemed_once_and_in_time(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (id, consent) = allowed(&stage.store, &client, 1).await;
        assert!(!exchange(&stage.store, &id, in_a_minute()).await);
        assert!(exchange(&stage.store, &id, NOW).await);
        assert!(!exchange(&stage.store, &id, NOW).await);
        let mut tx = stage.store.read().await.expect("a transaction");
        let used = tx.authorization_code(&hash(1)).await.expect("read").expect("still told apart from a guess");
        assert_eq!((used.authorization_id, used.consent.id, used.exchanged), (id, consent, true));
        let (read, known) = (used.consent.identity, identity());
        assert_eq!((read.issuer, read.subject, read.proofed_at), (known.issuer, known.subject, known.proofed_at));
    }

    async fn what_was_not_allowed_cannot_be_redeemed(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = authorization(&stage.store, &client, 1).await;
        assert!(!exchange(&stage.store, &id, NOW).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.deny(&id, NOW).await.expect("asked"));
        assert!(!tx.exchange_code(&id, NOW).await.expect("asked"));
    }
}
