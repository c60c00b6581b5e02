//! Checkpoints: what the engine's log holds is copied into the database.
//!
//! The log begins anew when all of it has been copied and nobody wrote meanwhile. Copying it all takes as long as many
//! flushes, and everybody would wait; so it is copied on a connection of its own while others write, and only the
//! little that came meanwhile by the one that writes.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::Mutex;

use super::statement::aside;

/// So many pages are worth a copy: 4 MiB.
const SOME: i64 = 500;
/// So many are copied while everybody waits.
const FEW: i64 = 125;
/// A log of so many pages shall begin anew.
const LONG: i64 = 4000;
/// One of so many begins anew whoever has to wait, for else it would fill the disk.
const TOO_LONG: i64 = 4 * LONG;

/// As far as nobody who reads or writes is in the way.
const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";

/// The connection that copies while others write.
pub(super) struct Checkpoints(Arc<Mutex<Connection>>);

impl Checkpoints {
    pub(super) fn on(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(connection)))
    }

    /// Copies what has gathered, after a commit on the connection that writes.
    pub(super) fn after_commit(&self, writer: &Connection) {
        // Whatever was not copied stays in the log, and is copied after another commit.
        told(Log::after(writer, LOOK).and_then(|log| self.shorten(&log, writer)));
    }

    fn shorten(&self, log: &Log, writer: &Connection) -> rusqlite::Result<()> {
        let left = log.pages - log.copied;
        if log.pages >= TOO_LONG || log.pages >= LONG && left <= FEW {
            aside(|| Log::after(writer, COPY))?;
        } else if left >= SOME
            && let Ok(connection) = Arc::clone(&self.0).try_lock_owned()
        {
            tokio::task::spawn_blocking(move || told(Log::after(&connection, COPY)));
        }
        Ok(())
    }
}

/// The pages in the log, and how many of them have been copied.
struct Log {
    pages: i64,
    copied: i64,
}

impl Log {
    fn after(connection: &Connection, pragma: &str) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare_cached(pragma)?;
        statement.query_row([], |row| Ok(Self { pages: row.get("log")?, copied: row.get("checkpointed")? }))
    }
}

fn told<T>(copied: rusqlite::Result<T>) {
    if let Err(error) = copied {
        tracing::warn!(%error, "the log of the database was not copied into it");
    }
}

#[cfg(test)]
mod tests {
    use super::super::{checkpointer, make_for_owner_alone, reader, writer};
    use super::*;

    struct Stage {
        writer: Connection,
        reader: Connection,
        checkpoints: Checkpoints,
        _folder: tempfile::TempDir,
    }

    impl Stage {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("a.sqlite3");
            make_for_owner_alone(&file).expect("made");
            let writer = writer(&file).expect("opened");
            writer.execute_batch("CREATE TABLE t (bytes BLOB)").expect("made");
            let checkpoints = Checkpoints::on(checkpointer(&file).expect("opened"));
            Self { writer, reader: reader(&file).expect("opened"), checkpoints, _folder: folder }
        }

        /// Writes about a hundred pages; how many the log has then.
        fn write(&self) -> i64 {
            self.writer.execute("INSERT INTO t VALUES (zeroblob(800000))", []).expect("written");
            Log::after(&self.writer, LOOK).expect("looked").pages
        }

        async fn commit_is_over(&self) {
            self.checkpoints.after_commit(&self.writer);
            // What is copied on the side has been.
            drop(self.checkpoints.0.lock().await);
        }
    }

    #[tokio::test]
    async fn a_log_that_was_copied_begins_anew() {
        let stage = Stage::new();
        let mut lengths = Vec::new();
        for _ in 0..12 {
            lengths.push(stage.write());
            stage.commit_is_over().await;
        }
        assert!(lengths.iter().any(|pages| *pages >= SOME), "{lengths:?}");
        assert!(lengths.iter().all(|pages| *pages < 2 * SOME), "{lengths:?}");
    }

    #[tokio::test]
    async fn the_rest_of_a_long_log_is_copied_while_everybody_waits() {
        let stage = Stage::new();
        let mut lengths = Vec::new();
        for _ in 0..60 {
            // Whoever writes meanwhile leaves something to copy, like this reader.
            stage.reader.execute_batch("BEGIN; SELECT * FROM t LIMIT 1").expect("read");
            lengths.push(stage.write());
            if lengths.last() >= Some(&LONG) {
                stage.reader.execute_batch("COMMIT").expect("read");
            }
            stage.commit_is_over().await;
            if !stage.reader.is_autocommit() {
                stage.reader.execute_batch("COMMIT").expect("read");
            }
        }
        let longest = lengths.iter().copied().max();
        assert!(longest >= Some(LONG) && longest < Some(LONG + 2 * SOME), "{lengths:?}");
        assert!(lengths.last() < Some(&LONG), "{lengths:?}");
    }
}
