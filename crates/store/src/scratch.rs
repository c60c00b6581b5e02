//! For tests alone: a PostgreSQL database of their own, and a look at the rows behind the store's back.
//!
//! The server is named by `OPENIAS_TEST_POSTGRES`. Where it is not set, tests on PostgreSQL are skipped and
//! say so in one line; with `OPENIAS_TEST_POSTGRES_REQUIRED=1` they fail instead.
#![expect(clippy::expect_used, reason = "what goes wrong here is the failure of the test that stands on it")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::str::FromStr as _;
use std::sync::Once;

use ambient::Entropy;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};

use crate::database::Database;
use crate::{DatabaseUrl, Store};

/// A fresh PostgreSQL database, dropped with this value.
pub struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// Makes one; none where no server is named.
    ///
    /// # Panics
    /// When the server does not answer, or is required and not named.
    pub async fn create() -> Option<Self> {
        let server = server()?;
        let name = format!("openias_test_{}", model::id::hex(&Entropy::system().bytes::<8>()));
        run(&server, format!("CREATE DATABASE {name}")).await;
        Some(Self { server, name })
    }

    /// Where it is.
    pub fn url(&self) -> DatabaseUrl {
        let (address, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (server, _) = address.rsplit_once('/').unwrap_or((address, ""));
        DatabaseUrl::Postgres(format!("{server}/{}?{parameters}", self.name))
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let (server, sql) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        // A drop cannot wait inside the test's own runtime.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(run(&server, sql));
        });
        let _ = dropped.join();
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing else tells a test where a server is")]
fn server() -> Option<String> {
    static SAID: Once = Once::new();
    let server = std::env::var("OPENIAS_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    if server.is_none() {
        let required = std::env::var("OPENIAS_TEST_POSTGRES_REQUIRED").is_ok_and(|value| value == "1");
        assert!(!required, "OPENIAS_TEST_POSTGRES is not set, and tests on PostgreSQL are required");
        // Past the test harness, which shows nothing of tests that pass.
        let say =
            || drop(writeln!(std::io::stderr(), "skipped: tests on PostgreSQL (set OPENIAS_TEST_POSTGRES)"));
        SAID.call_once(say);
    }
    server
}

async fn run(server: &str, sql: String) {
    let options = PgConnectOptions::from_str(server).expect("OPENIAS_TEST_POSTGRES holds a postgres:// URL");
    let mut connection = options.connect().await.expect("the test server answers");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the test server obeys");
}

impl Store {
    /// How many rows each table holds: equal before and after means that nothing was kept or forgotten.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn row_counts(&self) -> BTreeMap<String, i64> {
        let mut counts = BTreeMap::new();
        for table in self.tables().await {
            let count = self.texts(format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
            counts.insert(table, count.concat().parse().expect("a number"));
        }
        counts
    }

    /// All rows of all tables as the database shows them: text as it is, bytes in hexadecimal. What is sealed
    /// or hashed must not be readable in it.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn raw_rows(&self) -> String {
        let mut all = String::new();
        for table in self.tables().await {
            let sql = match &self.0.database {
                Database::Postgres(_) => format!("SELECT CAST(t AS TEXT) FROM {table} t"),
                Database::Embedded(_) => {
                    let columns = self
                        .texts(format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"));
                    format!("SELECT {} FROM {table}", columns.await.join(" || ' ' || "))
                }
            };
            all.extend(self.texts(sql).await.iter().map(|row| format!("{table} {}\n", row.to_lowercase())));
        }
        all
    }

    /// Closes every connection: from now on the database does not answer.
    #[cfg(test)]
    pub(crate) async fn hang_up(&self) {
        match &self.0.database {
            Database::Embedded(embedded) => embedded.close(),
            Database::Postgres(pool) => pool.close().await,
        }
    }

    async fn tables(&self) -> Vec<String> {
        let sql = match &self.0.database {
            Database::Postgres(_) => {
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'"
            }
            Database::Embedded(_) => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            }
        };
        self.texts(sql.to_owned()).await
    }

    /// The first column of every row that a query yields.
    async fn texts(&self, sql: String) -> Vec<String> {
        match &self.0.database {
            Database::Embedded(embedded) => embedded.texts(&sql).await.expect("the database answers"),
            Database::Postgres(pool) => {
                let rows =
                    sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await.expect("the database answers");
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }
}
