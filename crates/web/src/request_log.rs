//! Failed calls on their way into the store: they wait in memory, a bounded number of them, and are written
//! together, so that no caller waits for it.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::id::OrganizationId;
use store::{FAILED_CALLS_KEPT, FailedCall, Store, StoreError};

use crate::App;

/// How many wait at most.
const MOST: usize = 2048;
/// How many of one organisation: nobody's failures push out another's.
const MOST_OF_ONE: usize = 256;
/// How often they are written.
const EVERY: Duration = Duration::from_secs(1);
/// Those that were not kept.
const DROPPED: &str = "openias_request_log_dropped_total";

/// What waits to be written.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    calls: Vec<FailedCall>,
    of: HashMap<OrganizationId, usize>,
}

impl RequestLog {
    /// Keeps a failed call, if there is room.
    pub(crate) fn note(&self, call: FailedCall) {
        let mut waiting = self.waiting();
        let of_one = waiting.of.get(&call.organization_id).copied().unwrap_or_default();
        if waiting.calls.len() >= MOST || of_one >= MOST_OF_ONE {
            drop(waiting);
            metrics::counter!(DROPPED).increment(1);
            return;
        }
        waiting.of.insert(call.organization_id.clone(), of_one + 1);
        waiting.calls.push(call);
    }

    /// Writes what waits, in one transaction.
    pub(crate) async fn flush(&self, store: &Store) -> Result<(), StoreError> {
        let Waiting { calls, of } = mem::take(&mut *self.waiting());
        if calls.is_empty() {
            return Ok(());
        }
        let written = write(store, &calls, &of).await;
        if written.is_err() {
            metrics::counter!(DROPPED).increment(calls.len() as u64);
        }
        written
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(
    store: &Store,
    calls: &[FailedCall],
    of: &HashMap<OrganizationId, usize>,
) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    for call in calls {
        tx.add_failed_call(call).await?;
    }
    for organization in of.keys() {
        tx.trim_failed_calls(organization, FAILED_CALLS_KEPT).await?;
    }
    tx.commit().await
}

/// Writes failed calls and refused pushes every second until `stop` resolves, and then once more. Whoever serves resolves it when the
/// last request has ended.
pub async fn keep_request_log(app: &App, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let stopped = tokio::select! {
            () = &mut stop => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        let now = app.clock().now();
        let end = if stopped { now.plus(Duration::from_hours(1)) } else { now };
        if let Err(error) = app.write_log_at(end).await {
            tracing::error!(%error, "failed calls or refused pushes could not be kept");
        }
        if stopped {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Mode, PublicId, Timestamp};

    #[test]
    fn only_so_many_wait_and_nobody_takes_all_places() {
        let log = RequestLog::default();
        let call = |number: u8| FailedCall {
            at: Timestamp::from_seconds(0),
            organization_id: OrganizationId::from_random([number; 16]),
            public_id: PublicId::from_random(Mode::Test, [number; 45]),
            request_id: String::new(),
            method: String::new(),
            route: String::new(),
            status: 400,
            error: String::new(),
            rule: String::new(),
        };
        (0..10_000).for_each(|_| log.note(call(1)));
        assert_eq!(log.waiting().calls.len(), MOST_OF_ONE);
        for number in 2..100 {
            (0..MOST_OF_ONE).for_each(|_| log.note(call(number)));
        }
        assert_eq!(log.waiting().calls.len(), MOST);
    }
}
