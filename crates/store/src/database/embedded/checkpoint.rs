//! Checkpoints: what the engine's log holds is copied into the database.
//!
//! The log begins anew when all of it has been copied and nobody wrote meanwhile. Copying it all takes as long as many
//! flushes, and everybody would wait; so it is copied on a connection of its own while others write, and only the
//! little that came meanwhile by the one that writes, which flushes the database then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use tokio::sync::Mutex;

use super::runtime::aside;

/// So many pages are worth a copy: 4 MiB.
const SOME: i64 = 500;
/// So many are copied while everybody waits.
const FEW: i64 = 125;
/// A log of so many pages shall begin anew.
const LONG: i64 = 4000;
/// With one of so many, whoever writes copies all he can after every commit. Only who reads for long can keep it from
/// beginning anew.
const TOO_LONG: i64 = 4 * LONG;

/// As far as nobody who reads or writes is in the way; waits for nobody.
const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// Tells how long the log is, and copies nothing.
const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";

/// The connection that copies while others write.
pub(super) struct Checkpoints {
    connection: Arc<Mutex<Connection>>,
    complaint: Arc<Complaint>,
}

impl Checkpoints {
    pub(super) fn on(connection: Connection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), complaint: Arc::default() }
    }

    /// Copies what has gathered, after a commit on the connection that writes.
    pub(super) fn after_commit(&self, writer: &Connection) {
        let log = match Log::after(writer, LOOK) {
            Ok(log) => log,
            Err(error) => return self.complaint.raise(&error),
        };
        if log.pages >= TOO_LONG || log.pages >= LONG && log.left() <= FEW {
            self.complaint.hear(aside(|| Log::after(writer, COPY)));
        } else if log.left() >= SOME
            && let Ok(connection) = Arc::clone(&self.connection).try_lock_owned()
        {
            let complaint = Arc::clone(&self.complaint);
            tokio::task::spawn_blocking(move || complaint.hear(Log::after(&connection, COPY)));
        }
    }
}

/// The pages in the log, and how many of them have been copied; less than none where another is copying just now.
struct Log {
    pages: i64,
    copied: i64,
}

impl Log {
    fn after(connection: &Connection, pragma: &str) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare_cached(pragma)?;
        statement.query_row([], |row| Ok(Self { pages: row.get("log")?, copied: row.get("checkpointed")? }))
    }

    fn left(&self) -> i64 {
        self.pages - self.copied
    }
}

/// Whether the operator was told that the log is not copied. Whatever was not copied stays in the log, and is tried
/// again after every commit: hundreds of times a second.
#[derive(Default)]
struct Complaint(AtomicBool);

impl Complaint {
    /// What came of a copy.
    fn hear(&self, copied: rusqlite::Result<Log>) {
        match copied {
            Err(error) => self.raise(&error),
            Ok(log) if log.pages >= TOO_LONG && log.left() > SOME => {
                self.raise(&"somebody has been reading for long");
            }
            Ok(log) if log.pages >= 0 => self.0.store(false, Ordering::Relaxed),
            Ok(_) => {}
        }
    }

    fn raise(&self, reason: &dyn std::fmt::Display) {
        if !self.0.swap(true, Ordering::Relaxed) {
            tracing::warn!(%reason, "the database's log is not copied into it and grows");
        }
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
            drop(self.checkpoints.connection.lock().await);
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

    #[tokio::test]
    async fn who_reads_for_long_keeps_it_growing_and_no_longer() {
        let stage = Stage::new();
        stage.reader.execute_batch("BEGIN; SELECT * FROM t LIMIT 1").expect("read");
        for _ in 0..8 {
            stage.write();
            stage.commit_is_over().await;
        }
        let grown = stage.write();
        assert!(grown > SOME, "{grown}");
        stage.reader.execute_batch("COMMIT").expect("read");
        stage.commit_is_over().await;
        assert!(stage.write() < grown);
    }

    #[test]
    fn a_complaint_stands_until_a_copy_succeeds() {
        let complaint = Complaint::default();
        let stands = |log: rusqlite::Result<(i64, i64)>| {
            complaint.hear(log.map(|(pages, copied)| Log { pages, copied }));
            complaint.0.load(Ordering::Relaxed)
        };
        assert!(stands(Err(rusqlite::Error::InvalidQuery)), "it failed");
        assert!(stands(Ok((-1, -1))), "another is copying");
        assert!(!stands(Ok((LONG, LONG - SOME))), "it was copied");
        assert!(stands(Ok((TOO_LONG, 0))), "somebody reads");
    }
}
