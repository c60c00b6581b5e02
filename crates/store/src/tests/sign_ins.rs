//! Sign-ins at providers.

use model::id::AccountFoundId;

use super::on_both_engines;
use super::sample::{NOW, account_found, client, connection, consent, hash, in_a_minute, secret};
use crate::{SignIn, Store};

/// Keeps a sign-in to an account for a minute; its state is `secret(number)`.
pub(super) async fn begun(store: &Store, account: &crate::AccountFound, number: u8) {
    let sign_in = SignIn {
        account_id: account.id.clone(),
        consent_id: account.consent_id.clone(),
        external_id: Some("patient-7".to_owned()),
        verifier: secret(100 + number),
    };
    let mut tx = store.write().await.expect("a transaction");
    tx.add_sign_in(&hash(number), &sign_in, in_a_minute()).await.expect("added");
    tx.commit().await.expect("committed");
}

on_both_engines! {
    async fn one_is_taken_once_and_in_time(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let account = account_found(&consent(&stage.store, &client, 1).await, 1);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_account_found(&account).await.expect("added");
        tx.commit().await.expect("committed");
        begun(&stage.store, &account, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.take_sign_in(&hash(2), NOW).await.expect("asked").is_none());
        assert!(tx.take_sign_in(&hash(1), in_a_minute()).await.expect("asked").is_none());
        let taken = tx.take_sign_in(&hash(1), NOW).await.expect("asked").expect("taken");
        assert_eq!((taken.account_id, taken.consent_id), (account.id, account.consent_id));
        assert_eq!((taken.external_id.as_deref(), taken.verifier.expose()), (Some("patient-7"), secret(101).expose()));
        assert!(tx.take_sign_in(&hash(1), NOW).await.expect("asked").is_none());
    }

    async fn the_patient_is_named_until_the_account_is_connected(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        connection(&stage.store, &client, &consent, 1).await;
        let open = account_found(&consent, 2);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_account_found(&open).await.expect("added");
        assert!(tx.name_remote_patient(&open.id, "another").await.expect("asked"));
        assert!(!tx.name_remote_patient(&account_found(&consent, 1).id, "another").await.expect("asked"));
        assert!(!tx.name_remote_patient(&AccountFoundId::from_random([9; 16]), "another").await.expect("asked"));
        let kept = tx.account_found(&open.id, &consent).await.expect("read").expect("found");
        assert_eq!(kept.remote_patient, "another");
    }

    async fn what_opens_a_connection_again_is_replaced_and_goes_with_it(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let id = connection(&stage.store, &client, &consent, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.connection_refresh_token(&id).await.expect("read").is_none());
        for number in [1, 2] {
            tx.keep_connection_refresh_token(&id, &secret(number)).await.expect("kept");
            let kept = tx.connection_refresh_token(&id).await.expect("read").expect("found");
            assert_eq!(kept.expose(), secret(number).expose());
        }
        assert!(tx.revoke_connection(&id, client.tenant()).await.expect("asked"));
        assert!(tx.connection_refresh_token(&id).await.expect("read").is_none());
        tx.keep_connection_refresh_token(&id, &secret(3)).await.expect("asked");
        assert!(tx.connection_refresh_token(&id).await.expect("read").is_none(), "it was revoked meanwhile");
    }
}
