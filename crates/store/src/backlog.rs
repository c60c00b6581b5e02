//! What waits and what was given up, in numbers: for whoever watches the installation.

use model::Timestamp;

use crate::Result;
use crate::database::Tx;
use crate::statement::statements;

statements! {
    OUTBOX = "SELECT COUNT(*) AS jobs, MIN(run_at) AS first_due FROM outbox";
    DEAD_DELIVERIES = "SELECT COUNT(*) AS deliveries FROM webhook_deliveries WHERE status = 'dead'";
    FAILED_EXPORTS = "SELECT COUNT(*) AS exports FROM exports WHERE status = 'failed'";
}

/// What waits and what was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs in the outbox: waiting, running, or to be tried again.
    pub jobs: i64,
    /// When the first of them is or was due.
    pub first_due: Option<Timestamp>,
    /// Deliveries of webhooks that were given up and can be sent again by hand.
    pub dead_deliveries: i64,
    /// Exports that ended without records.
    pub failed_exports: i64,
}

impl Tx {
    /// Counts what waits and what was given up.
    pub async fn backlog(&mut self) -> Result<Backlog> {
        let damaged = crate::StoreError::Damaged { table: "outbox", column: "run_at" };
        let outbox = self.fetch(OUTBOX, &[]).await?.ok_or(damaged)?;
        let dead = self.fetch(DEAD_DELIVERIES, &[]).await?;
        let failed = self.fetch(FAILED_EXPORTS, &[]).await?;
        Ok(Backlog {
            jobs: outbox.get("jobs")?,
            first_due: outbox.time_if_any("first_due")?,
            dead_deliveries: dead.map_or(Ok(0), |row| row.get("deliveries"))?,
            failed_exports: failed.map_or(Ok(0), |row| row.get("exports"))?,
        })
    }
}
