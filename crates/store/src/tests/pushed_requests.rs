//! Pushed requests: taken once, in time, by the client that pushed them.

use model::{AuthorizationRequest, ByProof, Credential, Secret, Timestamp};

use super::on_both_engines;
use super::sample::{ID_TOKEN, NOW, client, identity, in_a_minute, request, secret};
use crate::{ConfigurationVersion, NewPushedRequest, Push, Pushed, RequestReference, Store, TokenUse};

pub(super) async fn pushed(store: &Store, client: &Credential, secret: Secret) -> RequestReference {
    match push(store, client, None, secret).await {
        Pushed::Kept(reference) => reference,
        other => panic!("{other:?}"),
    }
}

/// Pushes a request now, with or without a token, as its client is now.
pub(super) async fn push(
    store: &Store,
    client: &Credential,
    token: Option<TokenUse<'_>>,
    secret: Secret,
) -> Pushed {
    let known = store.client_afresh(&client.public_id).await.expect("asked").expect("a client");
    push_as_judged(store, client, token, secret, known.version).await
}

pub(super) async fn push_as_judged(
    store: &Store,
    client: &Credential,
    token: Option<TokenUse<'_>>,
    secret: Secret,
    judged_by: ConfigurationVersion,
) -> Pushed {
    let push = Push {
        request: &NewPushedRequest {
            public_id: &client.public_id,
            request: &request(),
            expires_at: in_a_minute(),
        },
        assertion: None,
        proof: None,
        token,
        organization: &client.organization_id,
        request_id: "request-1",
        remarks: "tefca-2",
        judged_by,
    };
    store.push(&push, secret, NOW).await.expect("pushed")
}

pub(super) async fn take(
    store: &Store,
    reference: &RequestReference,
    client: &Credential,
    now: Timestamp,
) -> Option<AuthorizationRequest> {
    let mut tx = store.write().await.expect("a transaction");
    let taken = tx.take_pushed_request(reference, &client.public_id, now).await.expect("asked");
    tx.commit().await.expect("committed");
    taken
}

on_both_engines! {
    async fn one_is_taken_once_and_read_as_it_was_kept(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let reference = pushed(&stage.store, &client, secret(1)).await;
        let reference = RequestReference::parse(&reference.expose()).expect("reads back");
        let taken = take(&stage.store, &reference, &client, NOW).await.expect("taken");
        assert_eq!(taken.redirect_uri.as_deref(), Some("https://app.example/callback"));
        let ByProof::Proven(AuthorizationRequest { patient, .. }) = taken.by_proof() else { panic!("not proven") };
        assert_eq!(patient.id_token, ID_TOKEN);
        assert!(patient.demographics == identity().demographics);
        assert!(take(&stage.store, &reference, &client, NOW).await.is_none());
    }

    async fn what_lapsed_is_foreign_or_guessed_is_not_taken_and_costs_nothing(stage: &Stage) {
        let (client, stranger) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let reference = pushed(&stage.store, &client, secret(1)).await;
        let of_another_row = pushed(&stage.store, &client, secret(2)).await;
        let row = |reference: &RequestReference| reference.expose().split('.').next().expect("a row").to_owned();
        let crossed = format!("{}.{}", row(&of_another_row), secret(1).expose());
        let guessed = format!("{}.{}", row(&reference), secret(3).expose());
        for text in [crossed, guessed] {
            let wrong = RequestReference::parse(&text).expect("a reference");
            assert!(take(&stage.store, &wrong, &client, NOW).await.is_none());
        }
        assert!(take(&stage.store, &reference, &stranger, NOW).await.is_none());
        assert!(take(&stage.store, &reference, &client, in_a_minute()).await.is_none(), "at its end it is over");
        assert!(take(&stage.store, &reference, &client, NOW).await.is_some());
    }

    async fn one_whose_transaction_breaks_off_can_still_be_taken(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let reference = pushed(&stage.store, &client, secret(1)).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.take_pushed_request(&reference, &client.public_id, NOW).await.expect("asked").is_some());
        drop(tx);
        assert!(take(&stage.store, &reference, &client, NOW).await.is_some());
    }

    async fn one_that_the_decision_uses_up_is_looked_at_until_then_and_used_up_once(stage: &Stage) {
        let (client, stranger) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let reference = pushed(&stage.store, &client, secret(1)).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        for _ in 0..2 {
            let seen = tx.look_at_pushed_request(&reference, &client.public_id, NOW).await.expect("asked");
            assert_eq!(seen.and_then(|seen| seen.state).as_deref(), Some("xyz"));
        }
        assert!(tx.look_at_pushed_request(&reference, &stranger.public_id, NOW).await.expect("asked").is_none());
        let late = tx.look_at_pushed_request(&reference, &client.public_id, in_a_minute()).await.expect("asked");
        assert!(late.is_none());
        assert!(tx.use_up_pushed_request(reference.row(), in_a_minute()).await.expect("asked"), "the load was in time");
        assert!(!tx.use_up_pushed_request(reference.row(), NOW).await.expect("asked"));
        assert!(tx.look_at_pushed_request(&reference, &client.public_id, NOW).await.expect("asked").is_none());
    }
}
