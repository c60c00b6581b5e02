//! Which client assertions and DPoP proofs were used.

use std::time::Duration;

use model::Timestamp;

use super::on_both_engines;
use super::sample::{NOW, in_a_minute};
use crate::{AssertionUse, Signer, Store};

/// Whether something may be used at a time.
async fn uses(store: &Store, signer: Signer<'_>, token_id: &str, now: Timestamp) -> bool {
    let mut tx = store.write().await.expect("a transaction");
    let assertion = AssertionUse { signer, token_id, expires_at: now.plus(Duration::from_mins(1)) };
    let used = tx.use_assertion(&assertion, now).await.expect("used");
    tx.commit().await.expect("committed");
    used
}

on_both_engines! {
    async fn j11_an_assertion_counts_once_for_its_signer(stage: &Stage) {
        let store = &stage.store;
        assert!(uses(store, Signer::Client("one"), "a", NOW).await);
        assert!(!uses(store, Signer::Client("one"), "a", NOW).await);
        assert!(uses(store, Signer::Client("one"), "b", NOW).await, "another jti");
        assert!(uses(store, Signer::Client("two"), "a", NOW).await, "another client");
        assert!(uses(store, Signer::Key("one"), "a", NOW).await, "a key is no client");
        assert!(!uses(store, Signer::Key("one"), "a", NOW).await);
        assert!(uses(store, Signer::Client("on"), "ea", NOW).await, "where one part ends counts");
        assert!(uses(store, Signer::Client(""), "\u{e9}\u{1f600}", NOW).await);
    }

    async fn j11_a_jti_may_come_again_after_it_expired(stage: &Stage) {
        let key = Signer::Key("one");
        assert!(uses(&stage.store, key, "a", NOW).await);
        assert!(!uses(&stage.store, key, "a", in_a_minute().minus(Duration::from_millis(1))).await);
        assert!(uses(&stage.store, key, "a", in_a_minute()).await);
        assert!(!uses(&stage.store, key, "a", in_a_minute()).await, "the second use has a minute of its own");
    }

    async fn j11_the_same_one_never_counts_again(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        let assertion = AssertionUse { signer: Signer::Client("one"), token_id: "a", expires_at: in_a_minute() };
        for (now, counts) in [(NOW, true), (in_a_minute(), false), (in_a_minute().plus(Duration::from_mins(1)), false)] {
            assert_eq!(tx.use_assertion(&assertion, now).await.expect("asked"), counts, "{now:?}");
        }
    }

    async fn j11_of_many_at_once_one_gets_it(stage: &Stage) {
        let tries = (0..32).map(|_| {
            let store = stage.store.clone();
            tokio::spawn(async move { uses(&store, Signer::Key("one"), "a", NOW).await })
        });
        let mut winners = 0;
        for outcome in tries.collect::<Vec<_>>() {
            winners += usize::from(outcome.await.expect("no panic"));
        }
        assert_eq!(winners, 1);
    }

    async fn what_is_rolled_back_was_not_used(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        let assertion = AssertionUse { signer: Signer::Client("one"), token_id: "a", expires_at: in_a_minute() };
        assert!(tx.use_assertion(&assertion, NOW).await.expect("used"));
        drop(tx);
        assert!(uses(&stage.store, Signer::Client("one"), "a", NOW).await);
    }

    async fn what_expired_is_forgotten_once_no_clock_finds_it_valid(stage: &Stage) {
        assert!(uses(&stage.store, Signer::Client("one"), "a", NOW).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        let later = in_a_minute().plus(Duration::from_mins(2));
        assert_eq!(tx.forget_lapsed(later.minus(Duration::from_millis(1))).await.expect("asked"), 0);
        assert_eq!(tx.forget_lapsed(later).await.expect("forgotten"), 1);
        tx.commit().await.expect("committed");
    }
}
