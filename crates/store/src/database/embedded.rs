//! SQLite, in this process. A statement takes microseconds, less than handing it to another thread, and runs where it
//! is asked for. So does a flush, while another thread looks after everybody else: to hand it on would cost a tenth of a
//! push, and waiting for a processor.

mod checkpoint;
mod line;
mod runtime;
mod statement;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use checkpoint::Checkpoints;
pub(super) use line::{Lent, Line};
pub(crate) use statement::Row;

use crate::{Result, StoreError};

const READERS: usize = 4;

/// Its connections. SQLite lets one writer in at a time: who writes stands in line for that connection.
pub(crate) struct Embedded {
    pub(super) readers: Arc<Line>,
    // Closed last: who may write copies the log into the database then and removes it, and who may only read leaves it.
    pub(super) writer: Arc<Line>,
}

impl Embedded {
    pub(super) async fn open(file: &Path, make: bool) -> Result<Self> {
        if make {
            make_for_owner_alone(file)
                .map_err(|source| StoreError::DataDir { path: file.to_owned(), source })?;
        }
        let file = file.to_owned();
        off_the_runtime(move || {
            let (writer, checkpoints) = (writer(&file)?, Checkpoints::on(checkpointer(&file)?));
            let readers = (0..READERS).map(|_| reader(&file)).collect::<rusqlite::Result<_>>()?;
            Ok(Self { readers: Line::of(readers, None), writer: Line::of(vec![writer], Some(checkpoints)) })
        })
        .await
    }

    pub(super) async fn begin_read(&self) -> Result<Lent> {
        Line::lend(&self.readers).await?.begun_to_read()
    }

    /// A transaction that starts as a reader and then writes would fail at once when another writes.
    pub(super) async fn begin_write(&self) -> Result<Lent> {
        Line::lend(&self.writer).await?.begun_to_write().await
    }

    /// The first column of every row that a query yields, which holds text.
    #[cfg(any(test, feature = "scratch"))]
    pub(crate) async fn texts(&self, sql: &str) -> Result<Vec<String>> {
        Ok(Line::lend(&self.readers).await?.connection()?.texts(sql)?)
    }

    /// Hangs up, for the test of what happens then.
    #[cfg(test)]
    pub(crate) fn close(&self) {
        self.writer.close();
        self.readers.close();
    }
}

/// Runs what takes its time on a thread for that.
async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    // It does not come back when the runtime ends in the middle, or when it panics.
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Busy)?
}

/// SQLite would make the file for everybody whom the process's umask lets in, and a copy that was put in its place is
/// often no better. What SQLite puts beside the file, it makes like the file.
fn make_for_owner_alone(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file)?;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(permissions.mode() & 0o700);
        file.set_permissions(permissions)?;
    }
    Ok(())
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
    // By itself the engine copies its log within a commit, while everybody waits.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // In KiB, as they are needed: the ends of tables and the indexes by which codes and tokens are found.
    connection.pragma_update(None, "cache_size", -8192)?;
    // From here on, who waits for another process waits without holding a thread.
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

fn checkpointer(file: &Path) -> rusqlite::Result<Connection> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn reader(file: &Path) -> rusqlite::Result<Connection> {
    open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn open(file: &Path, how: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, how | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // Else some statements would be planned anew for each of their arguments.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // The groups of pushes have a statement for each of their sizes.
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}
