//! Forgetting what lapsed, and nothing else.

use super::authorizations::allowed;
use super::inquiries::approved;
use super::on_both_engines;
use super::pushed_requests::pushed;
use super::sample::{
    MINUTE, NOW, account_found, authorization_request, client, consent, hash, in_a_minute, secret,
};
use super::sign_ins::begun;

on_both_engines! {
    async fn what_lapsed_is_deleted_and_what_lasts_is_kept(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        pushed(&stage.store, &client, secret(1)).await;
        allowed(&stage.store, &client, 1).await;
        let consent = consent(&stage.store, &client, 2).await;
        let inquiry = approved(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_access_token(&hash(1), &consent, in_a_minute()).await.expect("added");
        tx.push_csp_request(&hash(1), "client", &authorization_request(), in_a_minute()).await.expect("added");
        tx.add_userinfo_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.set_operator_sign_in(&hash(1), in_a_minute()).await.expect("added");
        let account = account_found(&consent, 1);
        tx.add_account_found(&account).await.expect("added");
        tx.commit().await.expect("committed");
        begun(&stage.store, &account, 1).await;

        let before = stage.store.row_counts().await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert_eq!(tx.forget_lapsed(NOW.plus(MINUTE / 2)).await.expect("asked"), 0);
        tx.commit().await.expect("committed");
        assert_eq!(stage.store.row_counts().await, before);

        let mut tx = stage.store.write().await.expect("a transaction");
        assert_eq!(tx.forget_lapsed(in_a_minute()).await.expect("forgotten"), 8);
        tx.commit().await.expect("committed");
        let after = stage.store.row_counts().await;
        let changed: Vec<&str> =
            before.keys().filter(|table| before[*table] != after[*table]).map(String::as_str).collect();
        assert_eq!(changed, [
            "access_tokens",
            "authorizations",
            "csp_pushed_requests",
            "operator_sessions",
            "pushed_requests",
            "refresh_tokens",
            "sign_ins",
            "userinfo_tokens",
        ]);
    }
}
