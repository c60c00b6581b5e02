//! What the CSP hands out: refresh tokens in families, userinfo tokens, pushed requests.

use model::{SecretHash, Timestamp};

use super::inquiries::approved;
use super::on_both_engines;
use super::sample::{NOW, authorization_request, hash, in_a_minute, secret};
use crate::{AuthorizationRequest, RefreshTaken, Store};

pub(super) async fn take_refresh_token(store: &Store, token: &SecretHash, now: Timestamp) -> RefreshTaken {
    let mut tx = store.write().await.expect("a transaction");
    let outcome = tx.take_refresh_token(token, now).await.expect("asked");
    tx.commit().await.expect("committed");
    outcome
}

pub(super) async fn take_request(
    store: &Store,
    reference: &SecretHash,
    client: &str,
    now: Timestamp,
) -> Option<AuthorizationRequest> {
    let mut tx = store.write().await.expect("a transaction");
    let taken = tx.take_csp_request(reference, client, now).await.expect("asked");
    tx.commit().await.expect("committed");
    taken
}

on_both_engines! {
    async fn a_refresh_token_is_used_once_and_a_second_use_ends_its_family(stage: &Stage) {
        let inquiry = approved(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.add_refresh_token(&hash(2), &inquiry, in_a_minute()).await.expect("added");
        assert_eq!(tx.refresh_inquiry(&hash(1)).await.expect("read"), Some(inquiry));
        assert_eq!(tx.refresh_inquiry(&hash(3)).await.expect("read"), None);
        tx.commit().await.expect("committed");
        assert_eq!(take_refresh_token(&stage.store, &hash(1), NOW).await, RefreshTaken::Taken);
        assert_eq!(take_refresh_token(&stage.store, &hash(1), NOW).await, RefreshTaken::Reused);
        assert_eq!(take_refresh_token(&stage.store, &hash(2), NOW).await, RefreshTaken::Ended);
    }

    async fn what_a_family_could_still_get_ends_with_it(stage: &Stage) {
        let inquiry = approved(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.add_userinfo_token(&hash(2), &inquiry, in_a_minute()).await.expect("added");
        assert!(tx.revoke_tokens(&inquiry, NOW).await.expect("asked"));
        assert!(!tx.revoke_tokens(&inquiry, NOW).await.expect("asked"), "once");
        // As another transaction does that had not seen the end yet.
        tx.add_refresh_token(&hash(3), &inquiry, in_a_minute()).await.expect("added");
        tx.add_userinfo_token(&hash(4), &inquiry, in_a_minute()).await.expect("added");
        tx.commit().await.expect("committed");
        for refresh in [1, 3] {
            assert_eq!(take_refresh_token(&stage.store, &hash(refresh), NOW).await, RefreshTaken::Ended);
        }
        let mut tx = stage.store.read().await.expect("a transaction");
        for userinfo in [2, 4] {
            assert_eq!(tx.userinfo_inquiry(&hash(userinfo), NOW).await.expect("read"), None);
        }
    }

    async fn a_refresh_token_that_lapsed_or_never_was_ends_nothing(stage: &Stage) {
        let inquiry = approved(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.commit().await.expect("committed");
        assert_eq!(take_refresh_token(&stage.store, &hash(1), in_a_minute()).await, RefreshTaken::Ended);
        assert_eq!(take_refresh_token(&stage.store, &hash(9), NOW).await, RefreshTaken::Ended);
        assert_eq!(take_refresh_token(&stage.store, &hash(1), NOW).await, RefreshTaken::Taken);
    }

    async fn a_userinfo_token_stands_for_its_inquiry_until_its_end(stage: &Stage) {
        let inquiry = approved(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_userinfo_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        assert_eq!(tx.userinfo_inquiry(&hash(1), NOW).await.expect("read"), Some(inquiry));
        assert_eq!(tx.userinfo_inquiry(&hash(1), in_a_minute()).await.expect("read"), None);
        assert_eq!(tx.userinfo_inquiry(&hash(2), NOW).await.expect("read"), None);
    }

    async fn a_pushed_request_is_taken_once_in_time_by_its_client(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        let (reference, client) = (secret(1).hash(), "env_example.atoc_1");
        tx.push_csp_request(&reference, client, &authorization_request(), in_a_minute()).await.expect("pushed");
        tx.commit().await.expect("committed");
        assert!(take_request(&stage.store, &reference, "env_example.atoc_2", NOW).await.is_none());
        assert!(take_request(&stage.store, &reference, client, in_a_minute()).await.is_none());
        let taken = take_request(&stage.store, &reference, client, NOW).await.expect("taken");
        assert_eq!(taken.code_challenge.as_deref(), Some("challenge"));
        assert_eq!(taken.login_hint.as_deref(), Some("planted-login-hint"));
        assert!(take_request(&stage.store, &reference, client, NOW).await.is_none());
    }
}
