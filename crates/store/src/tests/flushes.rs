//! Transactions of the embedded engine that share a flush: kept together, told together, undone each by itself.

use std::pin::Pin;
use std::task::{Context, Waker};

use model::id::ConnectionId;

use super::Stage;
use super::sample::{NOW, account_found, client, consent};
use crate::{Happening, Result, Store, Tx};

/// A transaction that does something.
async fn happening(store: &Store, action: &str) -> Tx {
    let mut tx = store.write().await.expect("a transaction");
    add(&mut tx, action).await;
    tx
}

async fn add(tx: &mut Tx, action: &str) {
    let happening = Happening { request_id: "id", actor: "a", action, subject: "s", detail: "" };
    tx.audit(happening, NOW).await.expect("added");
}

/// What is on the disk, and so can be read.
async fn kept(store: &Store) -> Vec<String> {
    let mut tx = store.read().await.expect("a transaction");
    tx.audit_trail(10).await.expect("read").into_iter().map(|entry| entry.action).rev().collect()
}

fn is_waiting<T>(future: &mut Pin<Box<impl Future<Output = T>>>) -> bool {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

/// A transaction that has ended before another that stood in line: its end, and the other.
async fn one_after_the_other(store: &Store) -> (Pin<Box<impl Future<Output = Result<()>>>>, Tx) {
    let first = happening(store, "first").await;
    let mut second = Box::pin(happening(store, "second"));
    assert!(is_waiting(&mut second), "one writes at a time");
    let mut first = Box::pin(first.commit());
    assert!(is_waiting(&mut first), "the flush comes after those in line");
    (first, second.await)
}

#[tokio::test]
async fn who_stood_in_line_is_kept_by_the_same_flush() {
    let Stage { store, .. } = &Stage::sqlite().await;
    let (mut first, second) = one_after_the_other(store).await;
    assert!(is_waiting(&mut first) && kept(store).await.is_empty());
    second.commit().await.expect("kept");
    assert_eq!(kept(store).await, ["first", "second"]);
    first.await.expect("kept");
}

#[tokio::test]
async fn who_gives_up_undoes_his_own_part() {
    let Stage { store, .. } = &Stage::sqlite().await;
    let (first, second) = one_after_the_other(store).await;
    drop(second);
    first.await.expect("kept");
    assert_eq!(kept(store).await, ["first"]);
    happening(store, "third").await.commit().await.expect("kept");
    assert_eq!(kept(store).await, ["first", "third"]);
}

#[tokio::test]
async fn what_has_ended_is_kept_though_nobody_waits_for_it() {
    let Stage { store, .. } = &Stage::sqlite().await;
    let (first, second) = one_after_the_other(store).await;
    drop(first);
    drop(second);
    happening(store, "third").await.commit().await.expect("kept");
    assert_eq!(kept(store).await, ["first", "third"]);
}

/// A full disk makes the engine do that.
#[tokio::test]
async fn nobody_is_told_yes_when_the_engine_undoes_all() {
    let Stage { store, .. } = &Stage::sqlite().await;
    let (first, mut second) = one_after_the_other(store).await;
    second.execute("ROLLBACK", &[]).await.expect("undone");
    second.execute("DELETE FROM audit", &[]).await.expect_err("it would count alone");
    second.commit().await.expect_err("undone");
    first.await.expect_err("undone");
    happening(store, "third").await.commit().await.expect("kept");
    assert_eq!(kept(store).await, ["third"]);
}

#[tokio::test]
async fn nobody_is_told_yes_when_the_flush_fails() {
    let Stage { store, .. } = &Stage::sqlite().await;
    let consent = consent(store, &client(store, 1).await, 1).await;
    let account = account_found(&consent, 1);
    let mut tx = store.write().await.expect("a transaction");
    tx.add_account_found(&account).await.expect("added");
    tx.commit().await.expect("kept");

    let (first, mut second) = one_after_the_other(store).await;
    let connection = ConnectionId::from_random([7; 16]);
    let claimed = second.connect_account(&account.id, &consent, &connection).await;
    assert!(claimed.expect("claimed"), "the connection is looked for when the transaction ends");
    second.commit().await.expect_err("there is no such connection");
    first.await.expect_err("it went down with it");
    happening(store, "third").await.commit().await.expect("kept");
    assert_eq!(kept(store).await.last().map(String::as_str), Some("third"));
    assert!(!kept(store).await.contains(&"first".to_owned()));
}
