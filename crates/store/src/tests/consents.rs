//! Consents.

use super::on_both_engines;
use super::sample::{ID_TOKEN, MINUTE, NOW, client, consent, identity};

on_both_engines! {
    async fn one_is_found_by_its_id_and_by_its_person(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let (id, _) = (consent(&stage.store, &one, 1).await, consent(&stage.store, &other, 2).await);
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.consent(&id).await.expect("read").expect("found");
        assert_eq!((&kept.id, &kept.organization_id, &kept.public_id), (&id, &one.organization_id, &one.public_id));
        assert_eq!(kept.identity.id_token, ID_TOKEN);
        assert!(kept.identity.demographics == identity().demographics);
        let (issuer, subject) = (identity().issuer, identity().subject);
        let of_person = tx.consents_of(&one.organization_id, &issuer, &subject).await.expect("read");
        assert_eq!(of_person.iter().map(|consent| &consent.id).collect::<Vec<_>>(), [&id]);
        assert!(tx.consents_of(&one.organization_id, &issuer, "act_other").await.expect("read").is_empty());
    }

    async fn one_holds_until_its_end(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = consent(&stage.store, &client, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.consent(&id).await.expect("read").expect("found");
        let end = NOW.plus(24 * 60 * MINUTE);
        assert!(kept.holds_at(NOW) && kept.holds_at(end.minus(MINUTE)) && !kept.holds_at(end));
    }
}
