//! Inquiries: forward only, once, in time.

use model::Timestamp;
use model::id::InquiryId;

use super::on_both_engines;
use super::sample::{MINUTE, NOW, account, hash, identity, in_a_minute, inquiry, template};
use crate::{InquiryStage, Store};

/// Approves an inquiry; its code is `secret(100 + number)` and lives for a minute.
pub(super) async fn approved(store: &Store, number: u8) -> InquiryId {
    let id = inquiry(store, number).await;
    let mut tx = store.write().await.expect("a transaction");
    assert!(tx.name_person(&id, &identity().demographics, NOW).await.expect("asked"));
    assert!(tx.approve_inquiry(&id, &hash(100 + number), in_a_minute(), NOW).await.expect("asked"));
    tx.commit().await.expect("committed");
    id
}

pub(super) async fn exchange(store: &Store, id: &InquiryId, now: Timestamp) -> bool {
    let mut tx = store.write().await.expect("a transaction");
    let exchanged = tx.exchange_inquiry(id, now).await.expect("asked");
    tx.commit().await.expect("committed");
    exchanged
}

on_both_engines! {
    async fn one_moves_from_a_name_to_a_code_to_tokens(stage: &Stage) {
        let (id, account) = (inquiry(&stage.store, 1).await, account(&stage.store, 1).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        let open = tx.open_inquiry(&hash(1), NOW).await.expect("read").expect("open");
        assert_eq!((&open.id, open.stage, open.person, open.decided_at), (&id, InquiryStage::Started, None, None));
        assert_eq!(open.request.nonce.as_deref(), Some("nonce"));
        assert_eq!((&open.request.login_hint, &open.account_id), (&None, &None));
        assert_eq!(open.reference, Some(tx.account_reference(&template(1).hcid, "planted-login-hint")));

        assert!(!tx.approve_inquiry(&id, &hash(101), in_a_minute(), NOW).await.expect("asked"), "nobody is named");
        assert!(tx.name_person(&id, &identity().demographics, NOW).await.expect("asked"));
        assert!(tx.name_person(&id, &identity().demographics, NOW).await.expect("asked"), "again, after a slip");
        assert!(tx.approve_inquiry(&id, &hash(101), in_a_minute(), NOW).await.expect("asked"));
        assert!(tx.open_inquiry(&hash(1), NOW).await.expect("read").is_none());

        let decided = tx.inquiry_by_code(&hash(101)).await.expect("read").expect("found");
        assert_eq!((decided.stage, decided.decided_at), (InquiryStage::Approved, Some(NOW)));
        assert!(decided.person == Some(identity().demographics));
        assert!(!tx.give_inquiry_account(&id, &account).await.expect("asked"), "its code was not redeemed");
        assert!(!tx.reject_inquiry(&id).await.expect("asked"));
        assert!(tx.exchange_inquiry(&id, NOW).await.expect("asked"));
        assert!(tx.give_inquiry_account(&id, &account).await.expect("asked"));
        assert!(!tx.give_inquiry_account(&id, &account).await.expect("asked"), "once");
        assert!(!tx.reject_inquiry(&id).await.expect("asked"), "it has its account");
        let exchanged = tx.inquiry(&id).await.expect("read").expect("found");
        assert_eq!((exchanged.stage, exchanged.account_id), (InquiryStage::Exchanged, Some(account)));
    }

    async fn an_ended_one_stays_as_it_ended(stage: &Stage) {
        for (number, ending) in [(1, InquiryStage::Declined), (2, InquiryStage::Failed)] {
            let id = inquiry(&stage.store, number).await;
            let mut tx = stage.store.write().await.expect("a transaction");
            assert!(tx.end_inquiry(&id, ending, NOW).await.expect("asked"));
            assert!(!tx.end_inquiry(&id, InquiryStage::Declined, NOW).await.expect("asked"));
            assert!(!tx.name_person(&id, &identity().demographics, NOW).await.expect("asked"));
            assert!(!tx.approve_inquiry(&id, &hash(101), in_a_minute(), NOW).await.expect("asked"));
            assert!(!tx.exchange_inquiry(&id, NOW).await.expect("asked"));
            assert_eq!(tx.inquiry(&id).await.expect("read").expect("found").stage, ending);
            tx.commit().await.expect("committed");
        }
    }

    async fn one_that_lapsed_does_not_move(stage: &Stage) {
        let id = inquiry(&stage.store, 1).await;
        let late = in_a_minute();
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.open_inquiry(&hash(1), late).await.expect("read").is_none());
        assert!(!tx.name_person(&id, &identity().demographics, late).await.expect("asked"));
        assert!(!tx.end_inquiry(&id, InquiryStage::Declined, late).await.expect("asked"));
        assert!(tx.name_person(&id, &identity().demographics, NOW).await.expect("asked"));
        assert!(!tx.approve_inquiry(&id, &hash(101), late.plus(MINUTE), late).await.expect("asked"));
    }

    async fn a_code_is_redeemed_once_and_in_time(stage: &Stage) {
        let id = approved(&stage.store, 1).await;
        assert!(!exchange(&stage.store, &id, in_a_minute()).await);
        assert!(exchange(&stage.store, &id, NOW).await);
        assert!(!exchange(&stage.store, &id, NOW).await);
        let mut tx = stage.store.read().await.expect("a transaction");
        assert!(tx.inquiry_by_code(&hash(9)).await.expect("read").is_none());
    }

    async fn a_rejected_one_gets_no_account(stage: &Stage) {
        let (id, account) = (approved(&stage.store, 1).await, account(&stage.store, 1).await);
        assert!(exchange(&stage.store, &id, NOW).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.reject_inquiry(&id).await.expect("asked"));
        assert!(!tx.reject_inquiry(&id).await.expect("asked"));
        assert!(!tx.give_inquiry_account(&id, &account).await.expect("asked"));
        assert!(!tx.exchange_inquiry(&id, NOW).await.expect("asked"));
        assert_eq!(tx.inquiry(&id).await.expect("read").expect("found").stage, InquiryStage::Failed);
    }
}
