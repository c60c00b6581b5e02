//! Letters: one attempt, and what follows from it.

use std::time::Duration;

use egress::MailFault;
use store::{Job, StoreError};

use crate::Connect;
use crate::worker::JobEnd;

/// A patient waits for the code: the first try again comes soon.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Sends a letter, or tries again for as long as it is of use.
pub(crate) async fn run(connect: &Connect, job: &Job) -> Result<JobEnd, StoreError> {
    let id = &job.subject;
    let found = connect.store.read().await?.letter(id, connect.clock.now()).await?;
    let Some(letter) = found else { return end(connect, id).await };
    let sent = match &connect.settings.mailer {
        Some(mailer) => mailer.send(&letter, id).await,
        None => Err(MailFault::NoRelay),
    };
    match sent {
        Ok(()) => end(connect, id).await,
        Err(fault @ MailFault::NotNow(..)) => {
            tracing::warn!(letter = id, attempt = job.attempt, %fault, "a letter was not sent");
            let doubled = FIRST_WAIT.saturating_mul(1 << job.attempt.clamp(1, 5) >> 1);
            Ok(JobEnd::Again(doubled.min(LONGEST_WAIT)))
        }
        Err(fault) => {
            tracing::error!(letter = id, %fault, "a letter cannot be sent");
            end(connect, id).await
        }
    }
}

async fn end(connect: &Connect, id: &str) -> Result<JobEnd, StoreError> {
    let mut tx = connect.store.write().await?;
    tx.drop_letter(id).await?;
    tx.commit().await?;
    Ok(JobEnd::Done)
}
