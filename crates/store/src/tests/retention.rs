//! Forgetting what lapsed, and nothing else.

use std::time::Duration;

use model::Mode;
use model::id::{AccountId, InquiryId};

use super::access_tokens::access_token_in;
use super::authorizations::allowed;
use super::failed_calls::failed;
use super::inquiries::{approved, exchange};
use super::on_both_engines;
use super::proofings::proofing;
use super::pushed_requests::pushed;
use super::sample::{
    MINUTE, NOW, account, account_found, authorization_request, client, consent, endpoint, hash, identity,
    in_a_minute, inquiry, secret, template,
};
use super::sign_ins::begun;
use super::webhooks::{delivery, happen};
use crate::{CspEnvironment, DeliveryStatus, RefreshTaken, Store};

const DAY: Duration = Duration::from_hours(24);

/// An inquiry whose code was redeemed for a fresh account.
async fn exchanged(store: &Store, number: u8) -> InquiryId {
    let (id, account) = (approved(store, number).await, account(store, number).await);
    assert!(exchange(store, &id, NOW).await);
    let mut tx = store.write().await.expect("a transaction");
    assert!(tx.give_inquiry_account(&id, &account).await.expect("asked"));
    tx.commit().await.expect("committed");
    id
}

on_both_engines! {
    async fn what_lapsed_is_deleted_and_what_lasts_is_kept(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        pushed(&stage.store, &client, secret(1)).await;
        allowed(&stage.store, &client, 1).await;
        let consent = consent(&stage.store, &client, 2).await;
        let inquiry = exchanged(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        access_token_in(&mut tx, &consent, 1).await;
        tx.add_consent_refresh_token(&hash(1), &consent, NOW, in_a_minute()).await.expect("added");
        tx.remember_revoked(&hash(1), in_a_minute()).await.expect("added");
        tx.push_csp_request(&hash(1), "client", &authorization_request(), in_a_minute()).await.expect("added");
        tx.add_userinfo_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.set_operator_sign_in(&hash(1), in_a_minute()).await.expect("added");
        let account = account_found(&consent, 1);
        tx.add_account_found(&account).await.expect("added");
        tx.commit().await.expect("committed");
        begun(&stage.store, &account, 1).await;
        proofing(&stage.store, &client, 1).await;

        let before = stage.store.row_counts().await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert_eq!(tx.forget_lapsed(in_a_minute().plus(59 * MINUTE)).await.expect("asked"), 0);
        tx.commit().await.expect("committed");
        assert_eq!(stage.store.row_counts().await, before);

        let mut tx = stage.store.write().await.expect("a transaction");
        assert_eq!(tx.forget_lapsed(in_a_minute().plus(60 * MINUTE)).await.expect("forgotten"), 13);
        tx.commit().await.expect("committed");
        let after = stage.store.row_counts().await;
        let changed: Vec<&str> =
            before.keys().filter(|table| before[*table] != after[*table]).map(String::as_str).collect();
        assert_eq!(changed, [
            "access_tokens",
            "accounts",
            "audit",
            "authorizations",
            "consent_refresh_tokens",
            "csp_pushed_requests",
            "inquiries",
            "operator_sessions",
            "proofings",
            "pushed_requests",
            "refresh_tokens",
            "revoked_tokens",
            "sign_ins",
            "userinfo_tokens",
        ]);
    }
    async fn an_inquiry_is_kept_while_a_token_of_it_may_be_used(stage: &Stage) {
        let (renewable, revoked, read) =
            (exchanged(&stage.store, 1).await, exchanged(&stage.store, 2).await, exchanged(&stage.store, 3).await);
        inquiry(&stage.store, 4).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_refresh_token(&hash(1), &renewable, NOW.plus(90 * DAY)).await.expect("added");
        for number in [2, 3] {
            tx.add_refresh_token(&hash(number), &revoked, NOW.plus(90 * DAY)).await.expect("added");
        }
        tx.add_userinfo_token(&hash(4), &read, NOW.plus(DAY)).await.expect("added");
        assert_eq!(tx.take_refresh_token(&hash(1), NOW).await.expect("asked"), RefreshTaken::Taken);
        assert_eq!(tx.take_refresh_token(&hash(2), NOW).await.expect("asked"), RefreshTaken::Taken);
        assert_eq!(tx.take_refresh_token(&hash(2), NOW).await.expect("asked"), RefreshTaken::Reused);

        let forgotten = tx.forget_lapsed(NOW.plus(DAY / 2)).await.expect("forgotten");
        assert_eq!(forgotten, 5, "two inquiries, the account of one, its tokens");
        assert!(tx.inquiry(&revoked).await.expect("read").is_none());
        assert!(tx.inquiry(&read).await.expect("read").is_some());
        assert_eq!(tx.forget_lapsed(NOW.plus(2 * DAY)).await.expect("forgotten"), 3);
        assert!(tx.inquiry(&renewable).await.expect("read").is_some());
        let reused = tx.take_refresh_token(&hash(1), NOW.plus(2 * DAY)).await.expect("asked");
        assert_eq!(reused, RefreshTaken::Reused, "a second use is still told apart");
        assert_eq!(tx.forget_lapsed(NOW.plus(91 * DAY)).await.expect("forgotten"), 3);
        tx.commit().await.expect("committed");
        let after = stage.store.row_counts().await;
        assert_eq!((after["inquiries"], after["accounts"], after["refresh_tokens"]), (0, 0, 0));
    }

    async fn an_account_with_a_reference_is_found_again_after_its_inquiries(stage: &Stage) {
        account(&stage.store, 9).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let reference = tx.account_reference(&template(1).hcid, "patient-7");
        let fresh = |number| AccountId::from_random([number; 28]);
        let sandbox = CspEnvironment::Sandbox;
        let first = tx.claim_account(sandbox, Some(&reference), &["a person"], fresh(1), NOW).await;
        assert_eq!(tx.forget_lapsed(NOW.plus(91 * DAY)).await.expect("forgotten"), 1);
        let again = tx.claim_account(sandbox, Some(&reference), &["a person"], fresh(2), NOW).await;
        assert_eq!(again.expect("asked"), first.expect("asked"));
    }

    async fn an_inquiry_that_nobody_went_through_is_gone_when_it_lapses(stage: &Stage) {
        inquiry(&stage.store, 1).await;
        let named = inquiry(&stage.store, 2).await;
        approved(&stage.store, 3).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.name_person(&named, &identity().demographics, NOW).await.expect("asked"));
        assert_eq!(tx.forget_lapsed(in_a_minute().minus(Duration::from_millis(1))).await.expect("asked"), 0);
        assert_eq!(tx.forget_lapsed(in_a_minute()).await.expect("forgotten"), 2);
        tx.commit().await.expect("committed");
        let after = stage.store.row_counts().await;
        assert_eq!((after["inquiries"], after["accounts"]), (1, 0));
    }

    async fn a_failed_call_is_kept_for_two_weeks(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_failed_call(&failed(&client, 1, NOW)).await.expect("added");
        let weeks = NOW.plus(14 * DAY);
        assert_eq!(tx.forget_lapsed(weeks.minus(MINUTE)).await.expect("asked"), 0);
        assert_eq!(tx.forget_lapsed(weeks).await.expect("forgotten"), 1);
    }

    async fn an_event_is_kept_for_thirty_days_and_for_as_long_as_somebody_missed_it(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        endpoint(&stage.store, &client, Mode::Test, 1).await;
        endpoint(&stage.store, &client, Mode::Live, 2).await;
        for (number, mode) in [(1, Mode::Test), (2, Mode::Test), (3, Mode::Test), (4, Mode::Live)] {
            assert_eq!(happen(&stage.store, &client, mode, number).await, 1);
        }
        let mut tx = stage.store.write().await.expect("a transaction");
        for (number, status) in [(1, DeliveryStatus::Success), (2, DeliveryStatus::Dead), (4, DeliveryStatus::Success)] {
            let at = if number == 4 { NOW.plus(DAY) } else { NOW };
            tx.record_attempt(&delivery(number), status, None, None, at).await.expect("recorded");
        }
        let month = NOW.plus(30 * DAY);
        assert_eq!(tx.forget_lapsed(month.minus(MINUTE)).await.expect("asked"), 0);
        assert_eq!(tx.forget_lapsed(month).await.expect("forgotten"), 2, "the event and its delivery");
        assert!(tx.delivery(&delivery(1)).await.expect("read").is_none());
        assert_eq!(tx.forget_lapsed(month.plus(300 * DAY)).await.expect("forgotten"), 2);
        for kept in [2, 3] {
            assert!(tx.delivery(&delivery(kept)).await.expect("read").is_some(), "given up or under way");
        }
    }
}
