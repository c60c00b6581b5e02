//! Consents.

use super::on_both_engines;
use super::sample::{ID_TOKEN, MINUTE, NOW, client, consent, identity};

on_both_engines! {
    async fn one_is_found_by_its_id(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (id, _) = (consent(&stage.store, &client, 1).await, consent(&stage.store, &client, 2).await);
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.consent(&id).await.expect("read").expect("found");
        assert_eq!((&kept.id, &kept.organization_id, &kept.public_id), (&id, &client.organization_id, &client.public_id));
        assert_eq!(kept.identity.id_token, ID_TOKEN);
        assert!(kept.identity.demographics == identity().demographics);
    }

    async fn one_holds_until_its_end(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = consent(&stage.store, &client, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.consent(&id).await.expect("read").expect("found");
        let end = NOW.plus(24 * 60 * MINUTE);
        assert!(kept.holds_at(NOW) && kept.holds_at(end.minus(MINUTE)) && !kept.holds_at(end));
    }

    async fn the_key_of_the_first_proof_is_remembered(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (id, other) = (consent(&stage.store, &client, 1).await, consent(&stage.store, &client, 2).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        for key in ["the first", "the second"] {
            tx.bind_consent(&id, key).await.expect("bound");
        }
        assert_eq!(tx.consent(&id).await.expect("read").expect("kept").dpop_jkt.as_deref(), Some("the first"));
        assert_eq!(tx.consent(&other).await.expect("read").expect("kept").dpop_jkt, None);
    }
}
