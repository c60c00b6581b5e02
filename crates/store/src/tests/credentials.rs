//! API credentials.

use super::on_both_engines;
use super::sample::{client, credential, hash, organization};

on_both_engines! {
    async fn one_is_found_by_its_id_and_by_its_key(stage: &Stage) {
        let kept = client(&stage.store, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let by_id = tx.credential(&kept.public_id).await.expect("read").expect("found");
        let by_key = tx.credential_by_private_key(&kept.private_key).await.expect("read").expect("found");
        let listed = tx.credentials_of(&kept.organization_id).await.expect("read");
        assert_eq!(listed.len(), 1);
        for found in [by_id, by_key].iter().chain(&listed) {
            assert_eq!(format!("{found:?}"), format!("{kept:?}"));
            assert!(found.private_key.matches(&kept.private_key));
        }
        assert!(tx.credential_by_private_key(&hash(9)).await.expect("read").is_none());
        assert!(tx.credential(&credential(&organization(2), 2).public_id).await.expect("read").is_none());
    }

    async fn only_its_organisation_switches_one_off(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(!tx.set_credential_active(&other.organization_id, &one.public_id, false).await.expect("asked"));
        assert!(tx.credential(&one.public_id).await.expect("read").expect("found").active);
        assert!(tx.set_credential_active(&one.organization_id, &one.public_id, false).await.expect("asked"));
        assert!(!tx.credential(&one.public_id).await.expect("read").expect("found").active);
    }
}
