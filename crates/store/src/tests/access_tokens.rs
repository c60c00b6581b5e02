//! Access tokens of the widget's session.

use super::on_both_engines;
use super::sample::{NOW, client, consent, hash, in_a_minute};

on_both_engines! {
    async fn one_stands_for_its_consent_until_its_end(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = consent(&stage.store, &client, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_access_token(&hash(1), &id, in_a_minute()).await.expect("added");
        let found = tx.consent_by_access_token(&hash(1), NOW).await.expect("read").expect("found");
        assert_eq!(found.id, id);
        assert!(tx.consent_by_access_token(&hash(1), in_a_minute()).await.expect("read").is_none());
        assert!(tx.consent_by_access_token(&hash(2), NOW).await.expect("read").is_none());
    }
}
