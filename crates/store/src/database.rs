//! One way to run a statement on either engine.

mod embedded;

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use rusqlite::types::FromSql;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{ConnectOptions as _, Connection as _, Decode, Postgres, Row as _, Transaction, Type};

pub(crate) use embedded::Embedded;
use embedded::{Lent, Line};

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
    Embedded(Embedded),
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
            DatabaseUrl::Embedded => Embedded::open(file, make).await.map(Self::Embedded),
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

    /// The row of a query that stands alone, outside of any transaction.
    pub(crate) async fn look_up(&self, sql: &'static str) -> Result<Option<Row>> {
        Ok(match self {
            Self::Embedded(embedded) => {
                Line::lend(&embedded.readers).await?.fetch(sql, &[], 1)?.pop().map(Row::Embedded)
            }
            Self::Postgres(pool) => sqlx::query(sql).fetch_optional(pool).await?.map(Row::Postgres),
        })
    }

    /// Whether the tables have been made.
    pub(crate) async fn has_tables(&self) -> Result<bool> {
        self.yields_a_row(dialect::has_tables(self.engine())).await
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Embedded(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) async fn begin_read(&self, store: &Store) -> Result<Tx> {
        let running = match self {
            Self::Embedded(embedded) => Running::Embedded(embedded.begin_read().await?),
            Self::Postgres(pool) => Running::Postgres(pool.begin().await?),
        };
        Ok(Tx { running, store: store.clone(), fills_outbox: false })
    }

    pub(crate) async fn begin_write(&self, store: &Store) -> Result<Tx> {
        let running = match self {
            Self::Embedded(embedded) => Running::Embedded(embedded.begin_write().await?),
            Self::Postgres(pool) => Running::Postgres(pool.begin().await?),
        };
        Ok(Tx { running, store: store.clone(), fills_outbox: false })
    }
}

/// A running transaction. Dropped without [`Tx::commit`], it leaves no trace. One that may write sees what others have
/// ended and no disk holds yet: whoever says yes for what it read commits first, and so waits for their flush.
pub struct Tx {
    running: Running,
    pub(crate) store: Store,
    pub(crate) fills_outbox: bool,
}

enum Running {
    Embedded(Lent),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Keeps what the transaction did, and only then tells the outbox's worker.
    pub async fn commit(self) -> Result<()> {
        match self.running {
            Running::Embedded(lent) => lent.commit().await?,
            Running::Postgres(tx) => {
                tx.commit().await?;
                metrics::counter!("openias_store_commits_total").increment(1);
            }
        }
        if self.fills_outbox {
            self.store.announce_outbox();
        }
        Ok(())
    }

    /// Runs a statement; the number of rows it touched.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        Ok(match &mut self.running {
            Running::Embedded(lent) => lent.execute(sql, args)?,
            Running::Postgres(tx) => bind(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a statement that yields at most one row.
    pub(crate) async fn fetch(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>> {
        Ok(match &mut self.running {
            Running::Embedded(lent) => lent.fetch(sql, args, 1)?.pop().map(Row::Embedded),
            Running::Postgres(tx) => bind(sql, args).fetch_optional(&mut **tx).await?.map(Row::Postgres),
        })
    }

    /// Runs a statement and takes all its rows. Every such statement bounds its own result.
    pub(crate) async fn fetch_all(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>> {
        Ok(match &mut self.running {
            Running::Embedded(lent) => {
                lent.fetch(sql, args, usize::MAX)?.into_iter().map(Row::Embedded).collect()
            }
            Running::Postgres(tx) => {
                bind(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs the statements of a migration file.
    pub(crate) async fn execute_script(&mut self, sql: String) -> Result<()> {
        match &mut self.running {
            Running::Embedded(lent) => lent.batch(&sql)?,
            Running::Postgres(tx) => {
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut **tx).await.map(drop)?;
            }
        }
        Ok(())
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.running {
            Running::Embedded(_) => Engine::Sqlite,
            Running::Postgres(_) => Engine::Postgres,
        }
    }

    /// Has the engine parse and plan a statement without running it.
    #[cfg(test)]
    pub(crate) async fn prepare(&mut self, sql: &'static str) -> Result<()> {
        use sqlx::{Executor as _, SqlStr};
        match &mut self.running {
            Running::Embedded(lent) => Ok(lent.connection()?.prepare(sql)?),
            Running::Postgres(tx) => Ok((&mut **tx).prepare(SqlStr::from_static(sql)).await.map(drop)?),
        }
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

type Query = sqlx::query::Query<'static, Postgres, <Postgres as sqlx::Database>::Arguments>;

fn bind(sql: &'static str, args: &[Arg<'_>]) -> Query {
    args.iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Int(value) => query.bind(*value),
        Arg::Bool(value) => query.bind(*value),
        Arg::Text(value) => query.bind(value.map(str::to_owned)),
        Arg::Bytes(value) => query.bind(value.map(<[u8]>::to_vec)),
    })
}

/// A row of either engine.
pub(crate) enum Row {
    Embedded(embedded::Row),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column by its name.
    pub(crate) fn get<'r, T>(&'r self, column: &'static str) -> Result<T>
    where
        T: FromSql + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Embedded(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
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
