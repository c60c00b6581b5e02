//! How an operator gets into the portal.

use super::on_both_engines;
use super::sample::{NOW, hash, in_a_minute};

on_both_engines! {
    async fn the_latest_sign_in_counts_and_is_no_session(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.set_operator_sign_in(&hash(1), in_a_minute()).await.expect("set");
        tx.set_operator_sign_in(&hash(2), in_a_minute()).await.expect("set");
        assert!(!tx.is_operator_sign_in(&hash(1), NOW).await.expect("asked"));
        assert!(tx.is_operator_sign_in(&hash(2), NOW).await.expect("asked"));
        assert!(!tx.is_operator_sign_in(&hash(2), in_a_minute()).await.expect("asked"));
        assert!(!tx.is_operator_session(&hash(2), NOW).await.expect("asked"));
        for (token, now) in [(hash(1), NOW), (hash(2), in_a_minute())] {
            assert!(!tx.take_operator_sign_in(&token, now).await.expect("asked"));
        }
        assert!(tx.take_operator_sign_in(&hash(2), NOW).await.expect("asked"));
        assert!(!tx.take_operator_sign_in(&hash(2), NOW).await.expect("asked"), "it was used");
        assert!(!tx.is_operator_sign_in(&hash(2), NOW).await.expect("asked"));
    }

    async fn a_session_lasts_until_it_is_ended_or_lapses(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_operator_session(&hash(1), in_a_minute()).await.expect("added");
        assert!(tx.is_operator_session(&hash(1), NOW).await.expect("asked"));
        assert!(!tx.is_operator_session(&hash(1), in_a_minute()).await.expect("asked"));
        assert!(!tx.is_operator_sign_in(&hash(1), NOW).await.expect("asked"));
        tx.set_operator_sign_in(&hash(2), in_a_minute()).await.expect("set");
        tx.end_operator_session(&hash(2)).await.expect("asked");
        assert!(tx.is_operator_sign_in(&hash(2), NOW).await.expect("asked"), "a sign-in is no session to end");
        tx.end_operator_session(&hash(1)).await.expect("ended");
        assert!(!tx.is_operator_session(&hash(1), NOW).await.expect("asked"));
    }
}
