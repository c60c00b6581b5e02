//! SQLite, in this process. A statement takes microseconds, less than handing it to another thread, and runs where it
//! is asked for; what waits for the disk does not.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{FromSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Arg;
use crate::{Result, StoreError};

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// Another process writes: how long to wait between tries, and how often.
const TURN: Duration = Duration::from_millis(5);
const TURNS: usize = 1000;
const READERS: usize = 4;

/// Its connections. SQLite lets one writer in at a time: who writes stands in line for that connection.
pub(crate) struct Embedded {
    pub(super) writer: Arc<Line>,
    pub(super) readers: Arc<Line>,
}

impl Embedded {
    pub(super) async fn open(file: &Path, make: bool) -> Result<Self> {
        if make {
            make_for_owner_alone(file)
                .map_err(|source| StoreError::DataDir { path: file.to_owned(), source })?;
        }
        let file = file.to_owned();
        off_the_runtime(move || {
            let writer = writer(&file)?;
            let readers = (0..READERS).map(|_| reader(&file)).collect::<rusqlite::Result<_>>()?;
            Ok(Self { writer: Line::of(vec![writer]), readers: Line::of(readers) })
        })
        .await
    }

    pub(super) async fn begin_read(&self) -> Result<Lent> {
        let lent = Line::lend(&self.readers).await?;
        lent.execute("BEGIN", &[])?;
        Ok(lent)
    }

    /// A transaction that starts as a reader and then writes would fail at once when another writes.
    pub(super) async fn begin_write(&self) -> Result<Lent> {
        let lent = Line::lend(&self.writer).await?;
        for _ in 0..TURNS {
            match lent.execute("BEGIN IMMEDIATE", &[]) {
                Err(StoreError::Embedded(error))
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) =>
                {
                    tokio::time::sleep(TURN).await;
                }
                begun => return begun.map(|_| lent),
            }
        }
        Err(StoreError::Busy)
    }

    /// The first column of every row that a query yields, which holds text.
    #[cfg(any(test, feature = "scratch"))]
    pub(crate) async fn texts(&self, sql: &str) -> Result<Vec<String>> {
        let lent = Line::lend(&self.readers).await?;
        let mut statement = lent.connection()?.prepare(sql)?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Hangs up, for the test of what happens then.
    #[cfg(test)]
    pub(crate) fn close(&self) {
        self.writer.places.close();
        self.readers.places.close();
    }
}

/// Runs what takes its time on a thread for that.
async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    // It does not come back when the runtime ends in the middle, or when it panics.
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Busy)?
}

/// SQLite would make the file for everybody whom the process's umask lets in. What it puts beside the file, it
/// makes like the file.
fn make_for_owner_alone(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file).map(drop)
}

fn writer(file: &Path) -> rusqlite::Result<Connection> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Three pushed requests fit in a page, which 4 KiB hold one of.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An acknowledged single use must survive a power cut, not only a crash.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted must not linger in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    // As much as four times the usual pages: under load the copying of the log makes fewer callers wait.
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    // From here on, who waits for another process waits without holding a thread.
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

fn reader(file: &Path) -> rusqlite::Result<Connection> {
    open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn open(file: &Path, how: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, how | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // The groups of pushes have a statement for each of their sizes.
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

/// Connections that are lent one at a time, in the order in which they are asked for.
pub(super) struct Line {
    idle: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
}

impl Line {
    fn of(connections: Vec<Connection>) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(connections.len()));
        Arc::new(Self { idle: Mutex::new(connections), places })
    }

    pub(super) async fn lend(line: &Arc<Self>) -> Result<Lent> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&line.places).acquire_owned()).await;
        let place = place.map_err(|_| StoreError::Busy)?.map_err(|_| StoreError::Closed)?;
        let connection = line.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Lent { connection, line: Arc::clone(line), _place: place })
    }
}

/// A connection for as long as somebody works with it. What was begun on it and not committed is undone at the end.
pub(super) struct Lent {
    /// None only while it is given back.
    connection: Option<Connection>,
    line: Arc<Line>,
    _place: OwnedSemaphorePermit,
}

impl Lent {
    /// Keeps what was done since the beginning, on the disk when this returns.
    pub(super) async fn commit(self) -> Result<()> {
        off_the_runtime(move || self.execute("COMMIT", &[]).map(drop)).await
    }

    /// Runs statements without arguments.
    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.connection()?.execute_batch(sql)?)
    }

    /// Runs a statement; the number of rows it touched.
    pub(super) fn execute(&self, sql: &str, args: &[Arg<'_>]) -> Result<u64> {
        Ok(bound(self.connection()?, sql, args)?.raw_execute()? as u64)
    }

    /// Runs a statement and takes at most so many of its rows.
    pub(super) fn fetch(&self, sql: &str, args: &[Arg<'_>], most: usize) -> Result<Vec<Row>> {
        let mut statement = bound(self.connection()?, sql, args)?;
        let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while found.len() < most
            && let Some(row) = rows.next()?
        {
            let values = (0..names.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
            found.push(Row { names: Arc::clone(&names), values });
        }
        Ok(found)
    }

    /// Has the engine parse and plan a statement.
    #[cfg(test)]
    pub(super) fn prepare(&self, sql: &str) -> Result<()> {
        Ok(self.connection()?.prepare(sql).map(drop)?)
    }

    fn connection(&self) -> Result<&Connection> {
        self.connection.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !connection.is_autocommit() {
            // It can only fail where the engine has undone everything by itself.
            let _ = connection.execute_batch("ROLLBACK");
        }
        self.line.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

/// A statement, prepared now or before, with its arguments.
fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    args: &[Arg<'_>],
) -> rusqlite::Result<CachedStatement<'c>> {
    // `$1` is a name here, which is looked up; `?1` is a place.
    let mut statement = connection.prepare_cached(&sql.replace('$', "?"))?;
    for (at, arg) in args.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, arg)?;
    }
    Ok(statement)
}

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(value)) => ValueRef::Integer(*value),
            Self::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Self::Text(Some(value)) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(Some(value)) => ValueRef::Blob(value),
            Self::Int(None) | Self::Text(None) | Self::Bytes(None) => ValueRef::Null,
        }))
    }
}

/// A row, taken out of its statement.
pub(crate) struct Row {
    names: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// The value of a column by its name.
    pub(super) fn get<T: FromSql>(&self, column: &str) -> rusqlite::Result<T> {
        let at = self.names.iter().position(|name| name == column);
        let found = at.and_then(|at| Some((at, ValueRef::from(self.values.get(at)?))));
        let (at, value) = found.ok_or_else(|| rusqlite::Error::InvalidColumnName(column.to_owned()))?;
        T::column_result(value).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(at, value.data_type(), Box::new(error))
        })
    }
}
