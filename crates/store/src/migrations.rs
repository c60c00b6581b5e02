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

async fn apply(tx: &mut Tx, name: &'static str, sql: &str) -> Result<()> {
    let checksum = SecretHash::of(sql);
    if let Some(row) = tx.fetch(APPLIED, args![name]).await? {
        let before: Vec<u8> = row.get("checksum")?;
        return if before == checksum.as_bytes() { Ok(()) } else { Err(StoreError::MigrationChanged(name)) };
    }
    tx.execute_script(sql.replace("{ROWKEY}", dialect::row_key(tx.engine()))).await?;
    tx.execute(RECORD, args![name, checksum.as_bytes()]).await?;
    Ok(())
}
