//! Which tokens were used, and by whom.

use model::{Credential, Timestamp};

use super::on_both_engines;
use super::pushed_requests::push;
use super::sample::{NOW, client, secret};
use crate::{Pushed, Store, TokenUse};

/// Whether a client may use a token now.
async fn uses(store: &Store, client: &Credential, token_id: &str, once: bool, expires_at: Timestamp) -> bool {
    let token = TokenUse { issuer: "https://csp.example", token_id, once, expires_at };
    match push(store, client, Some(token), secret(1)).await {
        Pushed::Kept(_) => true,
        Pushed::Replayed => false,
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn a_token_is_one_clients_and_comes_again_where_it_may(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let store = &stage.store;
        assert!(uses(store, &one, "a", false, NOW).await);
        assert!(uses(store, &one, "a", false, NOW).await);
        assert!(!uses(store, &one, "a", true, NOW).await, "once is the rule by now");
        assert!(!uses(store, &other, "a", false, NOW).await);
        assert!(uses(store, &other, "b", true, NOW).await);
        assert!(!uses(store, &other, "b", true, NOW).await);
        assert_eq!(store.row_counts().await["pushed_requests"], 3, "what is refused leaves nothing");
    }

    async fn of_many_at_once_one_gets_it_where_once_is_the_rule(stage: &Stage) {
        let one = client(&stage.store, 1).await;
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

    async fn of_two_clients_at_once_one_gets_it_however_often_it_asks(stage: &Stage) {
        let clients = [client(&stage.store, 1).await, client(&stage.store, 2).await];
        let tries = (0..32).map(|number| {
            let (store, which) = (stage.store.clone(), number % 2);
            let client = clients[which].clone();
            tokio::spawn(async move { (which, uses(&store, &client, "a", false, NOW).await) })
        });
        let mut winners = Vec::new();
        for outcome in tries.collect::<Vec<_>>() {
            let (which, won) = outcome.await.expect("no panic");
            winners.extend(won.then_some(which));
        }
        assert_eq!(winners.len(), 16);
        assert!(winners.iter().all(|which| *which == winners[0]), "{winners:?}");
    }

    async fn what_expired_is_forgotten(stage: &Stage) {
        let one = client(&stage.store, 1).await;
        assert!(uses(&stage.store, &one, "a", true, NOW).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        let later = NOW.plus(std::time::Duration::from_hours(2));
        assert_eq!(tx.forget_lapsed(later).await.expect("forgotten"), 2);
        tx.commit().await.expect("committed");
        assert!(uses(&stage.store, &one, "a", true, NOW).await);
    }
}
