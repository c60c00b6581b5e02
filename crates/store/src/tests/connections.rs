//! Connections.

use super::on_both_engines;
use super::sample::{MINUTE, NOW, client, connection, consent, export};
use crate::ConnectionStatus;

on_both_engines! {
    async fn one_is_read_as_it_was_kept_by_its_organisation_alone(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let consent = consent(&stage.store, &one, 1).await;
        let id = connection(&stage.store, &one, &consent, 1).await;
        let export = export(&stage.store, &id, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.connection(&id, &one.organization_id).await.expect("read").expect("found");
        assert_eq!((&kept.id, &kept.consent_id, &kept.public_id), (&id, &consent, &one.public_id));
        assert_eq!((kept.status, kept.created_at), (ConnectionStatus::Authorized, NOW));
        assert_eq!((kept.remote_patient.as_str(), kept.external_id.as_deref()), ("remote-patient-8472", Some("patient-7")));
        assert!(tx.connection(&id, &other.organization_id).await.expect("read").is_none());
        assert!(tx.connections_of(&other.organization_id, 10).await.expect("read").is_empty());
        assert_eq!(tx.connections_of(&one.organization_id, 10).await.expect("read").len(), 1);
        assert_eq!(tx.connections_under(&consent).await.expect("read").len(), 1);
        assert_eq!(tx.connection_of_export(&export).await.expect("read").map(|found| found.id), Some(id));
    }

    async fn one_is_revoked_once_by_its_organisation(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let consent = consent(&stage.store, &one, 1).await;
        let id = connection(&stage.store, &one, &consent, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(!tx.revoke_connection(&id, &other.organization_id, NOW).await.expect("asked"));
        assert!(tx.revoke_connection(&id, &one.organization_id, NOW).await.expect("asked"));
        assert!(!tx.revoke_connection(&id, &one.organization_id, NOW).await.expect("asked"));
        let kept = tx.connection(&id, &one.organization_id).await.expect("read").expect("found");
        assert!(kept.status == ConnectionStatus::Revoked && !kept.usable_at(NOW));
        assert!(tx.connections_under(&consent).await.expect("read").is_empty());
    }

    async fn one_is_usable_until_its_consent_ends(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let id = connection(&stage.store, &client, &consent, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.connection(&id, &client.organization_id).await.expect("read").expect("found");
        assert!(kept.usable_at(NOW) && !kept.usable_at(NOW.plus(24 * 60 * MINUTE)));
    }
}
