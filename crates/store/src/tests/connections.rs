//! Connections.

use model::client::private_key;
use model::{Credential, Mode, PublicId};

use super::on_both_engines;
use super::sample::{MINUTE, NOW, client, connection, consent, export};
use crate::{ConnectionStatus, Store};

/// A credential of the same organisation in live mode, kept.
async fn live_credential(store: &Store, client: &Credential) -> Credential {
    let live = Credential {
        public_id: PublicId::from_random(Mode::Live, [9; 45]),
        private_key: private_key(Mode::Live, [9; 45]).hash(),
        ..client.clone()
    };
    let mut tx = store.write().await.expect("a transaction");
    tx.add_credential(&live, NOW).await.expect("added");
    tx.commit().await.expect("committed");
    live
}

on_both_engines! {
    async fn one_is_read_as_it_was_kept_by_its_organisation_alone(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let consent = consent(&stage.store, &one, 1).await;
        let id = connection(&stage.store, &one, &consent, 1).await;
        let export = export(&stage.store, &id, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.connection(&id, one.tenant()).await.expect("read").expect("found");
        assert_eq!((&kept.id, &kept.consent_id, &kept.public_id), (&id, &consent, &one.public_id));
        assert_eq!((kept.status, kept.created_at), (ConnectionStatus::Authorized, NOW));
        assert_eq!((kept.remote_patient.as_str(), kept.external_id.as_deref()), ("remote-patient-8472", Some("patient-7")));
        assert!(tx.connection(&id, other.tenant()).await.expect("read").is_none());
        assert!(tx.connections_of(&other.organization_id, 10).await.expect("read").is_empty());
        assert_eq!(tx.connections_of(&one.organization_id, 10).await.expect("read").len(), 1);
        assert_eq!(tx.connection_of_export(&export).await.expect("read").map(|found| found.id), Some(id));
    }

    async fn one_is_revoked_once_by_its_organisation(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let consent = consent(&stage.store, &one, 1).await;
        let id = connection(&stage.store, &one, &consent, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(!tx.revoke_connection(&id, other.tenant()).await.expect("asked"));
        assert!(tx.revoke_connection(&id, one.tenant()).await.expect("asked"));
        assert!(!tx.revoke_connection(&id, one.tenant()).await.expect("asked"));
        let kept = tx.connection(&id, one.tenant()).await.expect("read").expect("found");
        assert!(kept.status == ConnectionStatus::Revoked && !kept.usable_at(NOW));
    }

    async fn the_other_mode_of_its_organisation_neither_reads_nor_ends_it(stage: &Stage) {
        let test = client(&stage.store, 1).await;
        let live = live_credential(&stage.store, &test).await;
        let consent_given = consent(&stage.store, &live, 1).await;
        let id = connection(&stage.store, &live, &consent_given, 1).await;
        let export = export(&stage.store, &id, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.connection(&id, test.tenant()).await.expect("read").is_none());
        assert!(tx.export_of(&export, test.tenant()).await.expect("read").is_none());
        assert!(!tx.revoke_connection(&id, test.tenant()).await.expect("asked"));
        let seen = tx.connection_in_any_mode(&id, &test.organization_id).await.expect("read").expect("found");
        assert_eq!(seen.tenant(), live.tenant());
        assert!(tx.export_of(&export, live.tenant()).await.expect("read").is_some());
        assert!(tx.revoke_connection(&id, live.tenant()).await.expect("asked"));
    }

    async fn those_of_test_mode_are_read_page_by_page_with_their_consents(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let live = live_credential(&stage.store, &one).await;
        let consent_given = consent(&stage.store, &one, 1).await;
        let mut authorized = Vec::new();
        for number in 1..=3 {
            authorized.push(connection(&stage.store, &one, &consent_given, number).await);
        }
        connection(&stage.store, &live, &consent_given, 4).await;
        connection(&stage.store, &other, &consent(&stage.store, &other, 2).await, 5).await;
        let revoked = connection(&stage.store, &one, &consent_given, 6).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.revoke_connection(&revoked, one.tenant()).await.expect("asked"));
        let mut found = Vec::new();
        for length in [2, 1, 0] {
            let page = tx.test_connections_past(&one.organization_id, found.last(), 2).await.expect("read");
            assert!(page.len() == length && page.iter().all(|(_, consent)| consent.id == consent_given));
            found.extend(page.into_iter().map(|(id, _)| id));
        }
        assert_eq!(found, authorized);
    }

    async fn one_is_usable_until_its_consent_ends(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let id = connection(&stage.store, &client, &consent, 1).await;
        let mut tx = stage.store.read().await.expect("a transaction");
        let kept = tx.connection(&id, client.tenant()).await.expect("read").expect("found");
        assert!(kept.usable_at(NOW) && !kept.usable_at(NOW.plus(24 * 60 * MINUTE)));
    }
}
