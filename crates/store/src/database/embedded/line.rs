//! Connections that are lent one at a time, and one flush for all who stood in line for the one that writes: group
//! commit.
//!
//! Who ends a transaction hands the connection on with the engine's transaction still open; who comes next works in a
//! savepoint of it. The first to end sends for a flush, which stands in line like everybody: it commits for all who
//! were before it, and only then is any of them told. Alone, that is a flush at once. A store is used by one runtime:
//! a flush that ended with another would be waited for in vain.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, ffi};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::super::Arg;
use super::checkpoint::Checkpoints;
use super::runtime;
use super::statement::{Row, SqliteConnection};
use crate::{Result, StoreError};

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// Another process writes: how long to wait between tries, and how often.
const TURN: Duration = Duration::from_millis(5);
const TURNS: usize = 1000;

/// Connections, lent in the order in which they are asked for.
pub(in crate::database) struct Line {
    idle: Mutex<Vec<Seat>>,
    places: Arc<Semaphore>,
    checkpoints: Option<Checkpoints>,
}

/// A connection, and who waits for the flush of what has ended on it.
struct Seat {
    connection: SqliteConnection,
    ended: Vec<oneshot::Sender<Result<()>>>,
}

impl Line {
    /// `checkpoints` copy the log after a commit; readers need none.
    pub(super) fn of(connections: Vec<Connection>, checkpoints: Option<Checkpoints>) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(connections.len()));
        let seats = connections
            .into_iter()
            .map(|connection| Seat { connection: SqliteConnection::on(connection), ended: Vec::new() });
        Arc::new(Self { idle: Mutex::new(seats.collect()), places, checkpoints })
    }

    pub(in crate::database) async fn lend(line: &Arc<Self>) -> Result<Lent> {
        tokio::time::timeout(PATIENCE, Self::stand(line)).await.map_err(|_| StoreError::Busy)?
    }

    async fn stand(line: &Arc<Self>) -> Result<Lent> {
        let place = Arc::clone(&line.places).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let seat = line.idle().pop();
        Ok(Lent { seat, begun: Begun::Nothing, line: Arc::clone(line), _place: place })
    }

    /// Keeps on the disk what has ended on the connection that writes, after all who are in line now.
    async fn flush(line: Arc<Self>) {
        match Self::stand(&line).await {
            Ok(lent) => lent.flush(),
            // Who waits is told that nobody answers.
            Err(_) => line.idle().iter_mut().for_each(|seat| seat.ended.clear()),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Seat>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hangs up, for the test of what happens then.
    #[cfg(test)]
    pub(super) fn close(&self) {
        self.places.close();
    }
}

/// A connection for as long as somebody works with it. What was begun on it and has not ended is undone.
pub(in crate::database) struct Lent {
    /// None only while it is given back.
    seat: Option<Seat>,
    begun: Begun,
    line: Arc<Line>,
    _place: OwnedSemaphorePermit,
}

/// What the holder of a connection has begun.
#[derive(Clone, Copy, PartialEq)]
enum Begun {
    Nothing,
    /// A transaction that only reads.
    Reading,
    /// The engine's transaction, whose first part this is.
    First,
    /// A further part of it.
    Further,
}

impl Lent {
    pub(super) fn begun_to_read(mut self) -> Result<Self> {
        self.execute("BEGIN", &[])?;
        self.begun = Begun::Reading;
        Ok(self)
    }

    pub(super) async fn begun_to_write(mut self) -> Result<Self> {
        if !self.connection()?.is_idle() {
            self.execute("SAVEPOINT part", &[])?;
            self.begun = Begun::Further;
            return Ok(self);
        }
        for _ in 0..TURNS {
            match self.execute("BEGIN IMMEDIATE", &[]) {
                Err(StoreError::Embedded(error))
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) =>
                {
                    tokio::time::sleep(TURN).await;
                }
                begun => {
                    begun?;
                    self.begun = Begun::First;
                    return Ok(self);
                }
            }
        }
        Err(StoreError::Busy)
    }

    /// Keeps what was done since the beginning, on the disk when this returns.
    pub(in crate::database) async fn commit(mut self) -> Result<()> {
        match self.begun {
            Begun::Nothing | Begun::Reading => return self.execute("COMMIT", &[]).map(drop),
            Begun::First => _ = self.connection()?,
            Begun::Further => _ = self.execute("RELEASE part", &[])?,
        }
        let (tell, told) = oneshot::channel();
        if self.end(tell) {
            tokio::spawn(Line::flush(Arc::clone(&self.line)));
        }
        drop(self);
        told.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Waits for the flush from here on; whether nobody did before.
    fn end(&mut self, tell: oneshot::Sender<Result<()>>) -> bool {
        self.begun = Begun::Nothing;
        let Some(seat) = &mut self.seat else { return false };
        seat.ended.push(tell);
        seat.ended.len() == 1
    }

    /// Commits for all who have ended, and tells them. Those of an earlier flush may have been among these.
    fn flush(mut self) {
        let ended = self.seat.as_mut().map(|seat| mem::take(&mut seat.ended)).unwrap_or_default();
        if ended.is_empty() {
            return;
        }
        metrics::counter!("openias_store_commits_total").increment(1);
        runtime::wake_another_thread();
        let outcome = self.execute("COMMIT", &[]);
        for tell in ended {
            // Who has gone needs no answer.
            let _ = tell.send(match &outcome {
                Ok(_) => Ok(()),
                Err(StoreError::Embedded(rusqlite::Error::SqliteFailure(code, text))) => {
                    Err(rusqlite::Error::SqliteFailure(*code, text.clone()).into())
                }
                Err(_) => Err(undone()),
            });
        }
        if let (Ok(_), Some(checkpoints), Some(seat)) = (&outcome, &self.line.checkpoints, &self.seat) {
            seat.connection.checkpoint(checkpoints);
        }
    }

    /// Runs statements without arguments.
    pub(in crate::database) fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.connection()?.batch(sql)?)
    }

    /// Runs a statement; the number of rows it touched.
    pub(in crate::database) fn execute(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        Ok(self.connection()?.execute(sql, args)?)
    }

    /// Runs a statement and takes at most so many of its rows.
    pub(in crate::database) fn fetch(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        most: usize,
    ) -> Result<Vec<Row>> {
        Ok(self.connection()?.fetch(sql, args, most)?)
    }

    /// A full disk makes the engine undo a transaction by itself. What is asked for then must not count alone.
    pub(in crate::database) fn connection(&self) -> Result<&SqliteConnection> {
        let connection = &self.seat.as_ref().ok_or(StoreError::Closed)?.connection;
        if self.begun != Begun::Nothing && connection.is_idle() {
            return Err(undone());
        }
        Ok(connection)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut seat) = self.seat.take() else { return };
        let connection = &seat.connection;
        let undoes = match self.begun {
            Begun::Further => "ROLLBACK TO part; RELEASE part",
            Begun::Nothing if !seat.ended.is_empty() => "",
            _ => "ROLLBACK",
        };
        if !connection.is_idle() && connection.batch(undoes).is_err() {
            let _ = connection.batch("ROLLBACK");
        }
        if connection.is_idle() {
            for tell in seat.ended.drain(..) {
                let _ = tell.send(Err(undone()));
            }
        }
        self.line.idle().push(seat);
    }
}

/// The engine's own word for a transaction that was undone under its statements.
fn undone() -> StoreError {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK), None).into()
}
