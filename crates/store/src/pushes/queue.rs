//! The line in front of the disk: bounded, and emptied by writers that take whatever has gathered.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};

use super::group::{self, Failed};
use super::{Row, Verdict, Waiting};
use crate::database::Engine;
use crate::row_keys::RowKind;
use crate::{Inner, Result, Store, StoreError};

/// How many may wait. More than can be written within [`PATIENCE`] would only be told later.
const PLACES: usize = 1024;
/// How long to wait for a place.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many are written together: one more costs little, and what waits longer has a greater group after it.
const GROUP: usize = 128;
/// How often a row looks for another key when its own is taken.
const KEYS_TRIED: usize = 3;

/// Where pushes go in.
pub(crate) struct Queue(mpsc::Sender<Waiting>);

/// Where pushes come out.
pub(crate) struct Exit(mpsc::Receiver<Waiting>);

impl Queue {
    pub(crate) fn new() -> (Self, Exit) {
        let (sender, receiver) = mpsc::channel(PLACES);
        (Self(sender), Exit(receiver))
    }

    pub(super) async fn send(&self, waiting: Waiting) -> Result<()> {
        match tokio::time::timeout(PATIENCE, self.0.reserve()).await {
            Ok(Ok(place)) => {
                place.send(waiting);
                Ok(())
            }
            _ => Err(StoreError::Busy),
        }
    }
}

/// Starts the writers, which end with the store. SQLite has one place for them. PostgreSQL makes one flush of
/// several commits by itself, if they come at the same time.
pub(crate) fn start(store: &Store, exit: Exit) {
    let writers = match store.0.database.engine() {
        Engine::Sqlite => 1,
        Engine::Postgres => 4,
    };
    let exit = Arc::new(Mutex::new(exit.0));
    for _ in 0..writers {
        tokio::spawn(write_all(Arc::downgrade(&store.0), Arc::clone(&exit)));
    }
}

async fn write_all(store: Weak<Inner>, exit: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    let mut group = Vec::with_capacity(GROUP);
    loop {
        // Ends when nobody can push any more and all is written.
        if gather(&mut *exit.lock().await, &mut group).await == 0 {
            return;
        }
        let Some(store) = store.upgrade().map(Store) else { return };
        // Whoever hung up before it was begun does not want it.
        group.retain(|waiting| !waiting.reply.is_closed());
        write(&store, &mut group).await;
    }
}

/// Takes what waits, and what everybody brings who is ready to push: a group costs little more for one more in it.
/// Nothing waits for a clock.
async fn gather(exit: &mut mpsc::Receiver<Waiting>, group: &mut Vec<Waiting>) -> usize {
    let mut taken = exit.recv_many(group, GROUP).await;
    while taken > 0 && group.len() < GROUP {
        tokio::task::yield_now().await;
        if exit.is_empty() {
            break;
        }
        taken = exit.recv_many(group, GROUP - group.len()).await;
    }
    group.len()
}

/// Writes a group, and tells everybody in it. If it fails as a whole, each is written by itself: one bad row takes
/// nobody else down.
async fn write(store: &Store, group: &mut Vec<Waiting>) {
    let (mut rows, replies): (Vec<Row>, Vec<_>) =
        group.drain(..).map(|waiting| (waiting.row, waiting.reply)).unzip();
    for row in &mut rows {
        row.id = store.row_keys().next(RowKind::Pushed, row.pushed_at);
    }
    match group::write(store, &rows).await {
        Ok(verdicts) => {
            metrics::counter!("openias_store_pushes_total").increment(verdicts.len() as u64);
            for (reply, verdict) in replies.into_iter().zip(verdicts) {
                // Who hung up meanwhile hears nothing.
                let _ = reply.send(Ok(verdict));
            }
        }
        Err(Failed::ToBegin(error)) => {
            // They may come again; what is wrong, the operator is told once.
            tracing::error!(%error, pushes = replies.len(), "no transaction for what was pushed");
            for reply in replies {
                let _ = reply.send(Err(StoreError::Busy));
            }
        }
        Err(_) => {
            for (mut row, reply) in rows.into_iter().zip(replies) {
                let _ = reply.send(write_alone(store, &mut row).await);
            }
        }
    }
}

/// Writes one row. It may have been written already, when the answer to a commit was lost: then it is found under
/// its key.
pub(crate) async fn write_alone(store: &Store, row: &mut Row) -> Result<Verdict> {
    for _ in 0..KEYS_TRIED {
        match group::write(store, std::slice::from_ref(row)).await {
            Ok(verdicts) => return verdicts.first().copied().ok_or(StoreError::Busy),
            Err(Failed::KeyTaken) => row.id = store.row_keys().next(RowKind::Pushed, row.pushed_at),
            Err(Failed::ToBegin(error) | Failed::Later(error)) => return Err(error),
        }
    }
    Err(StoreError::Busy)
}
