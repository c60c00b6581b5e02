//! Brings a database to the shape this version expects, at start.

use model::SecretHash;

use crate::database::{Database, Tx, args};
use crate::dialect;
use crate::{Result, Store, StoreError};

const MIGRATIONS: &[(&str, &str)] =
    &[("0001_first_journey", include_str!("../migrations/0001_first_journey.sql"))];

const CREATE_LEDGER: &str =
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, checksum BYTEA NOT NULL)";
const APPLIED: &str = "SELECT checksum FROM migrations WHERE name = $1";
const RECORD: &str = "INSERT INTO migrations (name, checksum) VALUES ($1, $2)";

/// Runs what has not run yet, in one transaction.
pub(crate) async fn run(store: &Store, database: &Database) -> Result<()> {
    let mut tx = database.begin_write(store).await?;
    if let Some(lock) = dialect::migration_lock(tx.engine()) {
        tx.fetch(lock, &[]).await?;
    }
    tx.execute(CREATE_LEDGER, &[]).await?;
    for (name, sql) in MIGRATIONS {
        apply(&mut tx, name, sql).await?;
    }
    tx.commit().await
}

/// Whether everything has run, without running anything.
pub(crate) async fn check(store: &Store) -> Result<()> {
    let mut tx = store.read().await?;
    for (name, sql) in MIGRATIONS {
        if !is_applied(&mut tx, name, &SecretHash::of(sql)).await? {
            return Err(StoreError::MigrationPending(name));
        }
    }
    Ok(())
}

async fn apply(tx: &mut Tx, name: &'static str, sql: &str) -> Result<()> {
    let checksum = SecretHash::of(sql);
    if is_applied(tx, name, &checksum).await? {
        return Ok(());
    }
    let words = dialect::words(tx.engine());
    let script = words.iter().fold(sql.to_owned(), |sql, (word, text)| sql.replace(word, text));
    tx.execute_script(script).await?;
    tx.execute(RECORD, args![name, checksum.as_bytes()]).await?;
    Ok(())
}

async fn is_applied(tx: &mut Tx, name: &'static str, checksum: &SecretHash) -> Result<bool> {
    let Some(row) = tx.fetch(APPLIED, args![name]).await? else { return Ok(false) };
    let before: Vec<u8> = row.get("checksum")?;
    if before == checksum.as_bytes() { Ok(true) } else { Err(StoreError::MigrationChanged(name)) }
}
