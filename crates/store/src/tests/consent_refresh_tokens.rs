//! Refresh tokens of a consent: used once, in time, and not after a revocation.

use super::on_both_engines;
use super::sample::{NOW, client, consent, hash, in_a_minute, secret};

on_both_engines! {
    async fn one_is_used_once_and_in_time(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = consent(&stage.store, &client, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_consent_refresh_token(&hash(1), &id, NOW, in_a_minute()).await.expect("added");
        let kept = tx.consent_refresh_token(&hash(1)).await.expect("read").expect("kept");
        assert!(kept.holds_at(NOW) && !kept.holds_at(in_a_minute()));
        assert_eq!((kept.consent.id, kept.issued_at, kept.used_at), (id, NOW, None));
        assert!(!tx.use_consent_refresh_token(&hash(1), in_a_minute()).await.expect("asked"));
        assert!(tx.is_consent_refresh_token_unused(&hash(1)).await.expect("asked"));
        assert!(tx.use_consent_refresh_token(&hash(1), NOW).await.expect("asked"));
        assert!(!tx.use_consent_refresh_token(&hash(1), NOW).await.expect("asked"));
        assert!(!tx.is_consent_refresh_token_unused(&hash(1)).await.expect("asked"));
        let used = tx.consent_refresh_token(&hash(1)).await.expect("read").expect("kept");
        assert!(!used.holds_at(NOW) && used.used_at == Some(NOW));
        assert!(tx.consent_refresh_token(&hash(2)).await.expect("read").is_none());
    }

    async fn one_ends_with_its_consents_tokens(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = consent(&stage.store, &client, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_consent_refresh_token(&hash(1), &id, NOW, in_a_minute()).await.expect("added");
        assert!(tx.revoke_consent_tokens(&id, NOW).await.expect("asked"));
        assert!(!tx.use_consent_refresh_token(&hash(1), NOW).await.expect("asked"));
    }

    async fn a_successor_is_the_same_each_time_and_no_others(stage: &Stage) {
        let successor = |number| stage.store.refresh_successor(&secret(number)).expose().to_owned();
        assert_eq!(successor(1), successor(1));
        assert_ne!(successor(1), successor(2));
        assert_eq!(successor(1).len(), 43);
    }
}
