//! The outbox: work that a committed transaction promised, carried past crashes.
//!
//! A job is leased, not locked: whoever dies with it leaves it to be leased again when the lease ends. A
//! worker that lost its lease can neither finish nor postpone the job, because `attempts` has moved on.

use std::time::Duration;

use model::Timestamp;
use model::id::OrganizationId;

use crate::Result;
use crate::database::{Tx, args};
use crate::dialect;
use crate::statement::statements;

const TABLE: &str = "outbox";

statements! {
    ENQUEUE = "INSERT INTO outbox (kind, subject, organization_id, run_at, leased_until, attempts)
        VALUES ($1, $2, $3, $4, 0, 0)
        ON CONFLICT (kind, subject) DO NOTHING";
    REQUEUE = "INSERT INTO outbox (kind, subject, organization_id, run_at, leased_until, attempts)
        VALUES ($1, $2, $3, $4, 0, 0)
        ON CONFLICT (kind, subject) DO UPDATE SET run_at = $4, leased_until = 0, attempts = outbox.attempts + 1";
    DONE = "DELETE FROM outbox WHERE kind = $1 AND subject = $2 AND attempts = $3";
    POSTPONE = "UPDATE outbox SET run_at = $4, leased_until = 0 WHERE kind = $1 AND subject = $2 AND attempts = $3";
    DUE = "SELECT DISTINCT kind FROM outbox WHERE run_at <= $1 AND leased_until <= $1 LIMIT 10";
    EXTEND = "UPDATE outbox SET leased_until = $4 WHERE kind = $1 AND subject = $2 AND attempts = $3";
}

/// What a job does with its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Look for a patient's records; the subject is a record locator task.
    Locate,
    /// Fetch the records of an export.
    Export,
    /// Send a webhook; the subject is a delivery.
    Deliver,
    /// Send a letter.
    Mail,
}

impl JobKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Locate, Self::Export, Self::Deliver, Self::Mail];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Locate => "locate",
            Self::Export => "export",
            Self::Deliver => "deliver",
            Self::Mail => "mail",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How many jobs of a kind may run.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// How many are leased now, at most.
    pub free: usize,
    /// How many of one organisation may be leased at a time, by all workers together.
    pub of_one: usize,
}

/// A leased job.
#[derive(Clone, Debug)]
pub struct Job {
    /// What to do.
    pub kind: JobKind,
    /// With what.
    pub subject: String,
    /// Which attempt this is, from 1; also the proof of holding the lease.
    pub attempt: i64,
}

impl Tx {
    /// Puts a job into the outbox; a job that is there already stays as it is.
    pub async fn enqueue(
        &mut self,
        kind: JobKind,
        subject: &str,
        organization: &OrganizationId,
        run_at: Timestamp,
    ) -> Result<()> {
        self.execute(ENQUEUE, args![kind.as_str(), subject, organization.as_str(), run_at]).await?;
        self.fills_outbox = true;
        Ok(())
    }

    /// Puts a job into the outbox anew. Whoever holds it from before loses the lease, so that finishing the
    /// earlier run does not take the new one out.
    pub(crate) async fn requeue(
        &mut self,
        kind: JobKind,
        subject: &str,
        organization: &OrganizationId,
        run_at: Timestamp,
    ) -> Result<()> {
        self.execute(REQUEUE, args![kind.as_str(), subject, organization.as_str(), run_at]).await?;
        self.fills_outbox = true;
        Ok(())
    }

    /// Leases due jobs of a kind until `now + lease`, the oldest first, and of each organisation no more than
    /// its share. What waits for its turn is not touched, so that waiting counts as no attempt.
    pub async fn lease_jobs(
        &mut self,
        kind: JobKind,
        share: Share,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Job>> {
        let statement = dialect::lease_jobs(self.engine());
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (free, of_one) = (number(share.free), number(share.of_one));
        let rows =
            self.fetch_all(statement, args![now.plus(lease), now, free, kind.as_str(), of_one]).await?;
        rows.iter()
            .map(|row| {
                Ok(Job {
                    kind: row.read(TABLE, "kind", JobKind::parse)?,
                    subject: row.get("subject")?,
                    attempt: row.get("attempts")?,
                })
            })
            .collect()
    }

    /// Takes a finished job out; false when the lease was lost.
    pub async fn finish_job(&mut self, job: &Job) -> Result<bool> {
        Ok(self.execute(DONE, args![job.kind.as_str(), &job.subject, job.attempt]).await? == 1)
    }

    /// Gives a job back to be tried again at `run_at`; false when the lease was lost.
    pub async fn postpone_job(&mut self, job: &Job, run_at: Timestamp) -> Result<bool> {
        Ok(self.execute(POSTPONE, args![job.kind.as_str(), &job.subject, job.attempt, run_at]).await? == 1)
    }

    /// Holds on to a job that takes longer than its lease; false when the lease was lost.
    pub async fn extend_lease(&mut self, job: &Job, until: Timestamp) -> Result<bool> {
        Ok(self.execute(EXTEND, args![job.kind.as_str(), &job.subject, job.attempt, until]).await? == 1)
    }

    /// The kinds of which a job is due that nobody holds.
    pub async fn due_kinds(&mut self, now: Timestamp) -> Result<Vec<JobKind>> {
        let rows = self.fetch_all(DUE, args![now]).await?;
        rows.iter().map(|row| row.read(TABLE, "kind", JobKind::parse)).collect()
    }

    /// Whether a job is due that nobody holds.
    pub async fn has_due_job(&mut self, now: Timestamp) -> Result<bool> {
        Ok(!self.due_kinds(now).await?.is_empty())
    }
}
