//! Accounts that the record locator found.

use model::id::ConnectionId;

use super::on_both_engines;
use super::sample::{account_found, client, connection, consent};
use crate::AuthorizationType;

on_both_engines! {
    async fn finding_one_again_changes_nothing(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let first = account_found(&consent, 1);
        let mut again = account_found(&consent, 1);
        again.id = account_found(&consent, 2).id;
        again.authorization_type = AuthorizationType::Facilitated;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_account_found(&first).await.expect("added");
        tx.add_account_found(&again).await.expect("found again");
        let found = tx.accounts_found(&consent).await.expect("read");
        assert_eq!(found.len(), 1);
        assert_eq!(format!("{:?}", found[0]), format!("{first:?}"));
        assert_eq!(found[0].remote_patient, "remote-patient-8472");
    }

    async fn one_is_seen_under_its_own_consent_alone(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (mine, other) = (consent(&stage.store, &client, 1).await, consent(&stage.store, &client, 2).await);
        let account = account_found(&mine, 1);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_account_found(&account).await.expect("added");
        assert!(tx.account_found(&account.id, &mine).await.expect("read").is_some());
        assert!(tx.account_found(&account.id, &other).await.expect("read").is_none());
        assert!(tx.accounts_found(&other).await.expect("read").is_empty());
    }

    async fn one_has_at_most_one_connection_and_is_freed_with_it(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let connection = connection(&stage.store, &client, &consent, 1).await;
        let account = account_found(&consent, 1).id;
        let mut tx = stage.store.write().await.expect("a transaction");
        let second = ConnectionId::from_random([9; 16]);
        assert!(!tx.connect_account(&account, &consent, &second).await.expect("asked"));
        let found = tx.account_found(&account, &consent).await.expect("read").expect("found");
        assert_eq!(found.connection_id.as_ref(), Some(&connection));
        tx.disconnect_account(&connection).await.expect("freed");
        let found = tx.account_found(&account, &consent).await.expect("read").expect("found");
        assert_eq!(found.connection_id, None);
    }
}
