//! One way to run a statement on either engine.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    ConnectOptions as _, Connection as _, Decode, Either, Executor as _, Postgres, Row as _, Sqlite,
    Transaction, Type,
};

use crate::{Result, Store, dialect};

/// Which engine, and where.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// SQLite in the data directory.
    Embedded,
    /// PostgreSQL at a `postgres://` URL. The URL may hold a password and is never printed.
    Postgres(String),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Embedded => "Embedded",
            Self::Postgres(_) => "Postgres(..)",
        })
    }
}

pub(crate) enum Database {
    /// SQLite lets one writer in at a time; a pool of one queues them without polling.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Database {
    /// Opens the database; the file of the embedded one is made when absent.
    pub(crate) async fn open(url: &DatabaseUrl, file: &Path) -> Result<Self> {
        Self::connect(url, file, true).await
    }

    /// Opens a database that is there.
    pub(crate) async fn open_existing(url: &DatabaseUrl, file: &Path) -> Result<Self> {
        Self::connect(url, file, false).await
    }

    async fn connect(url: &DatabaseUrl, file: &Path, make: bool) -> Result<Self> {
        match url {
            DatabaseUrl::Embedded => open_sqlite(file, make).await,
            DatabaseUrl::Postgres(url) => {
                let options = PgConnectOptions::from_str(url)?;
                // A pool tries again for a while; at a start, a server that is not there is told at once.
                options.connect().await?.close().await?;
                let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10));
                Ok(Self::Postgres(pool.connect_lazy_with(options)))
            }
        }
    }

    /// Whether a query yields a row: for what must be known before there is a store.
    pub(crate) async fn yields_a_row(&self, sql: &'static str) -> Result<bool> {
        Ok(self.look_up(sql).await?.is_some())
    }

    /// The row of a query that stands alone: one errand, where a transaction takes three.
    pub(crate) async fn look_up(&self, sql: &'static str) -> Result<Option<Row>> {
        Ok(match self {
            Self::Sqlite { readers, .. } => sqlx::query(sql).fetch_optional(readers).await?.map(Row::Sqlite),
            Self::Postgres(pool) => sqlx::query(sql).fetch_optional(pool).await?.map(Row::Postgres),
        })
    }

    /// Whether the tables have been made.
    pub(crate) async fn has_tables(&self) -> Result<bool> {
        self.yields_a_row(dialect::has_tables(self.engine())).await
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) async fn begin_read(&self, store: &Store) -> Result<Tx> {
        let running = match self {
            Self::Sqlite { readers, .. } => Running::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => Running::Postgres(pool.begin().await?),
        };
        Ok(Tx { running, store: store.clone(), fills_outbox: false })
    }

    pub(crate) async fn begin_write(&self, store: &Store) -> Result<Tx> {
        let running = match self {
            // A transaction that starts as a reader and then writes fails at once when another writes.
            Self::Sqlite { writer, .. } => Running::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Running::Postgres(pool.begin().await?),
        };
        Ok(Tx { running, store: store.clone(), fills_outbox: false })
    }
}

async fn open_sqlite(file: &Path, make: bool) -> Result<Database> {
    if make {
        make_for_owner_alone(file)
            .map_err(|source| crate::StoreError::DataDir { path: file.to_owned(), source })?;
    }
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(make)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged single use must survive a power cut, not only a crash.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // Three pushed requests fit in a page, which 4 KiB hold one of.
        .page_size(8192)
        // What is deleted must not linger in free pages.
        .pragma("secure_delete", "ON")
        // Four times the usual: under load the copying of the log makes fewer callers wait.
        .pragma("wal_autocheckpoint", "4000")
        // The groups of pushes have a statement for each of their sizes.
        .statement_cache_capacity(256);
    // A connection to a file does not break while nobody looks.
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    let writer = pool().max_connections(1).connect_with(options.clone()).await?;
    let readers = pool().max_connections(4).connect_with(options.read_only(true)).await?;
    Ok(Database::Sqlite { writer, readers })
}

/// SQLite would make the file for everybody whom the process's umask lets in. What it puts beside the file, it
/// makes like the file.
fn make_for_owner_alone(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file).map(drop)
}

/// A running transaction. Dropped without [`Tx::commit`], it leaves no trace.
pub struct Tx {
    running: Running,
    pub(crate) store: Store,
    pub(crate) fills_outbox: bool,
}

enum Running {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Keeps what the transaction did, and only then tells the outbox's worker.
    pub async fn commit(self) -> Result<()> {
        match self.running {
            Running::Sqlite(tx) => tx.commit().await?,
            Running::Postgres(tx) => tx.commit().await?,
        }
        metrics::counter!("openias_store_commits_total").increment(1);
        if self.fills_outbox {
            self.store.announce_outbox();
        }
        Ok(())
    }

    /// Runs a statement; the number of rows it touched.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        Ok(match &mut self.running {
            Running::Sqlite(tx) => bind_sqlite(sql, args).execute(&mut **tx).await?.rows_affected(),
            Running::Postgres(tx) => bind_postgres(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs several statements in one text, which the embedded engine alone takes; the rows that the last touched.
    pub(crate) async fn execute_last(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        let Running::Sqlite(tx) = &mut self.running else {
            return self.execute(sql, args).await;
        };
        let mut last = 0;
        let mut outcomes = (&mut **tx).fetch_many(bind_sqlite(sql, args));
        while let Some(outcome) = outcomes.try_next().await? {
            if let Either::Left(done) = outcome {
                last = done.rows_affected();
            }
        }
        Ok(last)
    }

    /// Runs a statement that yields at most one row.
    pub(crate) async fn fetch(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>> {
        Ok(match &mut self.running {
            Running::Sqlite(tx) => bind_sqlite(sql, args).fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Running::Postgres(tx) => {
                bind_postgres(sql, args).fetch_optional(&mut **tx).await?.map(Row::Postgres)
            }
        })
    }

    /// Runs a statement and takes all its rows. Every such statement bounds its own result.
    pub(crate) async fn fetch_all(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>> {
        Ok(match &mut self.running {
            Running::Sqlite(tx) => {
                bind_sqlite(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Running::Postgres(tx) => {
                bind_postgres(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs the statements of a migration file.
    pub(crate) async fn execute_script(&mut self, sql: String) -> Result<()> {
        let script = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        match &mut self.running {
            Running::Sqlite(tx) => script.execute(&mut **tx).await.map(drop)?,
            Running::Postgres(tx) => script.execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.running {
            Running::Sqlite(_) => Engine::Sqlite,
            Running::Postgres(_) => Engine::Postgres,
        }
    }

    /// Has the engine parse and plan a statement without running it.
    #[cfg(test)]
    pub(crate) async fn prepare(&mut self, sql: &'static str) -> Result<()> {
        use sqlx::SqlStr;
        match &mut self.running {
            Running::Sqlite(tx) => (&mut **tx).prepare(SqlStr::from_static(sql)).await.map(drop)?,
            Running::Postgres(tx) => (&mut **tx).prepare(SqlStr::from_static(sql)).await.map(drop)?,
        }
        Ok(())
    }
}

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A value bound to `$n`. The options keep their type, which PostgreSQL wants to know of a NULL too.
pub(crate) enum Arg<'a> {
    Int(Option<i64>),
    Bool(bool),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
}

impl From<i64> for Arg<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Arg<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<model::Timestamp> for Arg<'_> {
    fn from(value: model::Timestamp) -> Self {
        Self::Int(Some(value.millis()))
    }
}

impl From<bool> for Arg<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<Option<&'a str>> for Arg<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Arg<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(Some(value))
    }
}

impl<'a> From<Option<&'a [u8]>> for Arg<'a> {
    fn from(value: Option<&'a [u8]>) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Arg<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

/// Writes `args![a, b]` as the arguments of a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        &[$($crate::database::Arg::from($value)),*][..]
    };
}
pub(crate) use args;

type SqliteQuery<'a> = sqlx::query::Query<'a, Sqlite, <Sqlite as sqlx::Database>::Arguments>;
type PostgresQuery<'a> = sqlx::query::Query<'a, Postgres, <Postgres as sqlx::Database>::Arguments>;

fn bind_sqlite(sql: &'static str, args: &[Arg<'_>]) -> SqliteQuery<'static> {
    args.iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Int(value) => query.bind(*value),
        Arg::Bool(value) => query.bind(*value),
        Arg::Text(value) => query.bind(value.map(str::to_owned)),
        Arg::Bytes(value) => query.bind(value.map(<[u8]>::to_vec)),
    })
}

fn bind_postgres(sql: &'static str, args: &[Arg<'_>]) -> PostgresQuery<'static> {
    args.iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Int(value) => query.bind(*value),
        Arg::Bool(value) => query.bind(*value),
        Arg::Text(value) => query.bind(value.map(str::to_owned)),
        Arg::Bytes(value) => query.bind(value.map(<[u8]>::to_vec)),
    })
}

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column by its name.
    pub(crate) fn get<'r, T>(&'r self, column: &'static str) -> Result<T>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A time.
    pub(crate) fn time(&self, column: &'static str) -> Result<model::Timestamp> {
        Ok(model::Timestamp::from_millis(self.get(column)?))
    }

    /// A time that may be absent.
    pub(crate) fn time_if_any(&self, column: &'static str) -> Result<Option<model::Timestamp>> {
        Ok(self.get::<Option<i64>>(column)?.map(model::Timestamp::from_millis))
    }

    /// Text that is read into a type of the model.
    pub(crate) fn read<T>(
        &self,
        table: &'static str,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T> {
        read(&self.get::<String>(column)?).ok_or(crate::StoreError::Damaged { table, column })
    }

    /// JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        table: &'static str,
        column: &'static str,
    ) -> Result<T> {
        serde_json::from_str(&self.get::<String>(column)?)
            .map_err(|_| crate::StoreError::Damaged { table, column })
    }
}

/// JSON text of a value that always has one.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
