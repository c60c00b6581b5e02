//! Which tokens were used, and by whom.

use model::{PublicId, Timestamp};

use super::on_both_engines;
use super::sample::{NOW, client};
use crate::{Store, TokenUse};

/// Whether a client may use a token now.
async fn uses(
    store: &Store,
    public_id: &PublicId,
    token_id: &str,
    once: bool,
    expires_at: Timestamp,
) -> bool {
    let mut tx = store.write().await.expect("a transaction");
    let token = TokenUse { issuer: "https://csp.example", token_id, public_id, once, expires_at };
    let used = tx.use_token(&token).await.expect("used");
    tx.commit().await.expect("committed");
    used
}

on_both_engines! {
    async fn a_token_is_one_clients_and_comes_again_where_it_may(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await.public_id, client(&stage.store, 2).await.public_id);
        let store = &stage.store;
        assert!(uses(store, &one, "a", false, NOW).await);
        assert!(uses(store, &one, "a", false, NOW).await);
        assert!(!uses(store, &one, "a", true, NOW).await, "once is the rule by now");
        assert!(!uses(store, &other, "a", false, NOW).await);
        assert!(uses(store, &other, "b", true, NOW).await);
        assert!(!uses(store, &other, "b", true, NOW).await);
    }

    async fn of_many_at_once_one_gets_it_where_once_is_the_rule(stage: &Stage) {
        let one = client(&stage.store, 1).await.public_id;
        let tries = (0..32).map(|_| {
            let (store, one) = (stage.store.clone(), one.clone());
            tokio::spawn(async move { uses(&store, &one, "a", true, NOW).await })
        });
        let mut winners = 0;
        for outcome in tries.collect::<Vec<_>>() {
            winners += usize::from(outcome.await.expect("no panic"));
        }
        assert_eq!(winners, 1);
    }

    async fn what_expired_is_forgotten(stage: &Stage) {
        let one = client(&stage.store, 1).await.public_id;
        assert!(uses(&stage.store, &one, "a", true, NOW).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        let later = NOW.plus(std::time::Duration::from_hours(2));
        assert_eq!(tx.forget_lapsed(later).await.expect("forgotten"), 1);
        tx.commit().await.expect("committed");
        assert!(uses(&stage.store, &one, "a", true, NOW).await);
    }
}
