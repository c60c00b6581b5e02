//! Everything that is used once is used once, however many try at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use ambient::Entropy;
use model::id::{AccountId, ConnectionId};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::authorizations::{allowed, exchange};
use super::csp_tokens::{take_refresh_token, take_request};
use super::inquiries::approved;
use super::on_both_engines;
use super::proofings::{at_csp, coded, proofing, try_code};
use super::pushed_requests::{pushed, take};
use super::sample::{
    NOW, account_found, add_connection, authorization_request, client, consent, hash, in_a_minute, secret,
    template,
};
use super::sign_ins::begun;
use crate::{CspEnvironment, Happening, RefreshTaken, Store};

const RUNNERS: usize = 64;

/// How many of 64 simultaneous attempts succeed.
async fn winners<F, R>(store: &Store, attempt: F) -> usize
where
    F: Fn(Store) -> R,
    R: Future<Output = bool> + Send + 'static,
{
    let line = Arc::new(Barrier::new(RUNNERS));
    let mut runners = JoinSet::new();
    for _ in 0..RUNNERS {
        let (line, run) = (Arc::clone(&line), attempt(store.clone()));
        runners.spawn(async move {
            line.wait().await;
            run.await
        });
    }
    runners.join_all().await.into_iter().filter(|won| *won).count()
}

on_both_engines! {
    async fn of_a_pushed_request(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let reference = pushed(&stage.store, &client, secret(1)).await;
        let won = winners(&stage.store, |store| {
            let (reference, client) = (reference.clone(), client.clone());
            async move { take(&store, &reference, &client, NOW).await.is_some() }
        });
        assert_eq!(won.await, 1);
    }

    async fn of_the_tries_of_a_mailed_code(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = proofing(&stage.store, &client, 1).await;
        coded(&stage.store, &id, "ABC234").await;
        let guesses = winners(&stage.store, |store| {
            let id = id.clone();
            async move { try_code(&store, &id, "XYZ234", NOW).await.is_some() }
        });
        assert_eq!(guesses.await, 5);
        assert_eq!(try_code(&stage.store, &id, "ABC234", NOW).await, None, "no try is left for the right one");
    }

    async fn of_a_csps_answer(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = at_csp(&stage.store, &client, 1).await;
        let won = winners(&stage.store, |store| {
            let id = id.clone();
            async move {
                let mut tx = store.write().await.expect("a transaction");
                let taken = tx.take_proofing_leg(&id, &hash(200), NOW).await.expect("asked");
                tx.commit().await.expect("committed");
                taken
            }
        });
        assert_eq!(won.await, 1);
    }

    async fn of_a_code(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (id, _) = allowed(&stage.store, &client, 1).await;
        let won = winners(&stage.store, |store| {
            let id = id.clone();
            async move { exchange(&store, &id, NOW).await }
        });
        assert_eq!(won.await, 1);
    }

    async fn of_a_code_of_the_csp(stage: &Stage) {
        let inquiry = approved(&stage.store, 1).await;
        let won = winners(&stage.store, |store| {
            let inquiry = inquiry.clone();
            async move { super::super::inquiries::exchange(&store, &inquiry, NOW).await }
        });
        assert_eq!(won.await, 1);
    }

    async fn of_a_reference_that_two_people_claim(stage: &Stage) {
        let tx = stage.store.read().await.expect("a transaction");
        let reference = tx.account_reference(&template(1).hcid, "patient-7");
        drop(tx);
        let next = Arc::new(AtomicU8::new(0));
        let won = winners(&stage.store, |store| {
            let (reference, number) = (reference.clone(), next.fetch_add(1, Ordering::Relaxed));
            async move {
                let (person, fresh) = (number.to_string(), AccountId::from_random([number; 28]));
                let mut tx = store.write().await.expect("a transaction");
                let claim =
                    tx.claim_account(CspEnvironment::Sandbox, Some(&reference), &[&person], fresh, NOW).await;
                tx.commit().await.is_ok() && claim.expect("asked").is_some()
            }
        });
        assert_eq!(won.await, 1);
        assert_eq!(stage.store.row_counts().await["accounts"], 1);
    }

    async fn of_an_operators_sign_in(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.set_operator_sign_in(&hash(1), in_a_minute()).await.expect("set");
        tx.commit().await.expect("committed");
        let won = winners(&stage.store, |store| async move {
            let mut tx = store.write().await.expect("a transaction");
            let taken = tx.take_operator_sign_in(&hash(1), NOW).await.expect("asked");
            tx.commit().await.is_ok() && taken
        });
        assert_eq!(won.await, 1);
    }

    async fn of_a_line_that_is_written_now_and_then(stage: &Stage) {
        let won = winners(&stage.store, |store| async move {
            let mut tx = store.write().await.expect("a transaction");
            let happening =
                Happening { request_id: "", actor: "a", action: "refused", subject: "s", detail: "" };
            let written = tx.audit_now_and_then(happening, NOW).await.expect("asked");
            tx.commit().await.is_ok() && written
        });
        assert_eq!(won.await, 1);
        assert_eq!(stage.store.row_counts().await["audit"], 1);
    }

    async fn of_a_request_pushed_to_the_csp(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.push_csp_request(&hash(1), "env_a.atoc_b", &authorization_request(), in_a_minute()).await.expect("pushed");
        tx.commit().await.expect("committed");
        let won = winners(&stage.store, |store| async move {
            take_request(&store, &hash(1), "env_a.atoc_b", NOW).await.is_some()
        });
        assert_eq!(won.await, 1);
    }

    async fn of_an_account_that_is_connected(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let account = account_found(&consent, 1);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_account_found(&account).await.expect("added");
        tx.commit().await.expect("committed");
        let won = winners(&stage.store, |store| {
            let (client, consent, account) = (client.clone(), consent.clone(), account.clone());
            async move {
                let id = ConnectionId::from_random(Entropy::system().bytes());
                let mut tx = store.write().await.expect("a transaction");
                if !tx.connect_account(&account.id, &consent, &id).await.expect("asked") {
                    return false;
                }
                add_connection(&mut tx, &client, &account, &id).await;
                tx.commit().await.is_ok()
            }
        });
        assert_eq!(won.await, 1);
        assert_eq!(stage.store.row_counts().await["connections"], 1);
    }

    async fn of_a_sign_in(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let account = account_found(&consent(&stage.store, &client, 1).await, 1);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_account_found(&account).await.expect("added");
        tx.commit().await.expect("committed");
        begun(&stage.store, &account, 1).await;
        let won = winners(&stage.store, |store| async move {
            let mut tx = store.write().await.expect("a transaction");
            let taken = tx.take_sign_in(&hash(1), NOW).await.expect("asked").is_some();
            tx.commit().await.is_ok() && taken
        });
        assert_eq!(won.await, 1);
    }

    async fn of_a_refresh_token(stage: &Stage) {
        let inquiry = approved(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.commit().await.expect("committed");
        let won = winners(&stage.store, |store| async move {
            take_refresh_token(&store, &hash(1), NOW).await == RefreshTaken::Taken
        });
        assert_eq!(won.await, 1);
    }

    /// A copy of a spent token is used while its rightful successor is being renewed.
    async fn no_refresh_token_escapes_the_end_of_its_family(stage: &Stage) {
        let inquiry = approved(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.add_refresh_token(&hash(2), &inquiry, in_a_minute()).await.expect("added");
        tx.commit().await.expect("committed");
        assert_eq!(take_refresh_token(&stage.store, &hash(1), NOW).await, RefreshTaken::Taken);

        let mut renewing = stage.store.write().await.expect("a transaction");
        assert_eq!(renewing.take_refresh_token(&hash(2), NOW).await.expect("asked"), RefreshTaken::Taken);
        renewing.add_refresh_token(&hash(3), &inquiry, in_a_minute()).await.expect("added");
        let store = stage.store.clone();
        let mut copied = tokio::spawn(async move { take_refresh_token(&store, &hash(1), NOW).await });
        // On PostgreSQL it gets as far as it can without the other; on SQLite it has to wait.
        let early = tokio::time::timeout(Duration::from_millis(500), &mut copied).await;
        renewing.commit().await.expect("committed");
        let copied = match early {
            Ok(ended) => ended,
            Err(_) => copied.await,
        };
        assert_eq!(copied.expect("it ends"), RefreshTaken::Reused);
        assert_eq!(take_refresh_token(&stage.store, &hash(3), NOW).await, RefreshTaken::Ended);
    }
}
