//! The worker: runs what the outbox holds.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use model::Timestamp;
use store::key_ring::Cause;
use store::{FORGOTTEN_AT_ONCE, Job, JobKind, KeyRing, Share, StoreError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{Connect, exports, locate, mail, webhooks};

/// How often the outbox is looked at when nobody calls: another process may have filled it.
const POLL: Duration = Duration::from_secs(1);
/// How often what lapsed is deleted.
const RETENTION: Duration = Duration::from_mins(10);
/// A file that nobody has written to for this long was left behind by a crash.
const ABANDONED: Duration = Duration::from_hours(24);
/// How long running jobs may take after the stop. What is cut off then is run again when its lease ends.
const STOP_TIME: Duration = Duration::from_secs(20);

/// How many jobs of a kind run here at a time, and how many of one organisation everywhere. Each kind has places of
/// its own, so that webhooks which nobody takes and exports without end never keep a patient's search waiting; and
/// no organisation takes all of them.
const fn share(kind: JobKind) -> Share {
    match kind {
        JobKind::Locate | JobKind::Deliver | JobKind::Mail => Share { free: 16, of_one: 8 },
        // Each may hold a page of records in memory.
        JobKind::Export => Share { free: 8, of_one: 4 },
    }
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobEnd {
    /// It is done, well or not; the outbox forgets it.
    Done,
    /// It shall be tried again after a while.
    Again(Duration),
}

/// Runs jobs.
#[derive(Clone)]
pub struct Worker {
    connect: Connect,
    rings: Vec<KeyRing>,
    rotate_after: Option<Duration>,
}

impl Worker {
    /// A worker for an engine.
    pub fn new(connect: Connect) -> Self {
        Self { connect, rings: Vec::new(), rotate_after: None }
    }

    /// Keeps signing keys too: makes those that are missing, and begins a rotation when one has signed for so long.
    /// Of any number of workers, one does.
    #[must_use]
    pub fn with_keys(self, rings: Vec<KeyRing>, rotate_after: Option<Duration>) -> Self {
        Self { rings, rotate_after, ..self }
    }

    /// Runs until `stop` resolves, then lets the running jobs end, within reason.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let places = JobKind::ALL.map(|kind| (kind, Arc::new(Semaphore::new(share(kind).free))));
        let mut running = JoinSet::new();
        let mut swept_at = Timestamp::from_millis(0);
        loop {
            self.start_due(&places, &mut running).await;
            if self.connect.clock.now().since(swept_at) > RETENTION {
                swept_at = self.connect.clock.now();
                self.sweep().await;
                let worker = self.clone();
                running.spawn(async move { worker.keep_keys().await });
            }
            tokio::select! {
                () = &mut stop => break,
                () = self.connect.store.outbox_filled() => {}
                Some(_) = running.join_next(), if !running.is_empty() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
        let ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIME, ended).await.is_err() {
            tracing::warn!("some jobs were still running and were cut off; they will be run again");
        }
    }

    /// Runs every job that is due now, and those that become due through them, to their end. For tests,
    /// which hold the clock.
    pub async fn run_until_idle(&self) -> Result<usize, StoreError> {
        let mut ran = 0;
        loop {
            let jobs = self.lease(&JobKind::ALL.map(|kind| (kind, share(kind).free))).await?;
            if jobs.is_empty() {
                return Ok(ran);
            }
            ran += jobs.len();
            join_all(jobs.into_iter().map(|job| run_job(self.connect.clone(), job))).await;
        }
    }

    /// Looks after the signing keys, as it does by itself every ten minutes.
    pub async fn keep_keys(&self) {
        join_all(self.rings.iter().map(|ring| async move {
            if let Err(error) = self.keep_ring(ring).await {
                tracing::error!(purpose = ring.purpose().name(), %error, "signing keys could not be kept");
            }
        }))
        .await;
    }

    async fn keep_ring(&self, ring: &KeyRing) -> Result<(), StoreError> {
        let now = self.connect.clock.now();
        ring.at(now).await?;
        let Some(age) = self.rotate_after else { return Ok(()) };
        let cause = Cause { actor: "worker", request_id: "" };
        for algorithm in ring.purpose().algorithms() {
            if let Some(rotated) = ring.rotate(*algorithm, age, cause, now).await? {
                let (purpose, kid) = (ring.purpose().name(), rotated.successor);
                tracing::info!(purpose, algorithm = algorithm.name(), kid, "a signing key has a successor");
            }
        }
        Ok(())
    }

    async fn start_due(&self, places: &[(JobKind, Arc<Semaphore>)], running: &mut JoinSet<()>) {
        let free: Vec<_> = places.iter().map(|(kind, free)| (*kind, free.available_permits())).collect();
        let jobs = match self.lease(&free).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                return;
            }
        };
        for job in jobs {
            let Some((_, free)) = places.iter().find(|(kind, _)| *kind == job.kind) else { continue };
            let Ok(permit) = Arc::clone(free).try_acquire_owned() else { continue };
            let connect = self.connect.clone();
            running.spawn(async move {
                run_job(connect, job).await;
                drop(permit);
            });
        }
    }

    /// Leases what is due of each kind, as far as there are free places for it.
    async fn lease(&self, free: &[(JobKind, usize)]) -> Result<Vec<Job>, StoreError> {
        let now = self.connect.clock.now();
        // An idle outbox costs a read, never a write; a busy worker asks nothing.
        if free.iter().all(|(_, free)| *free == 0) {
            return Ok(Vec::new());
        }
        let due = self.connect.store.read().await?.due_kinds(now).await?;
        let wanted: Vec<_> = free.iter().filter(|(kind, free)| *free > 0 && due.contains(kind)).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.connect.store.write().await?;
        let mut jobs = Vec::new();
        for (kind, free) in wanted {
            let share = Share { free: *free, ..share(*kind) };
            jobs.extend(tx.lease_jobs(*kind, share, self.connect.settings.job_lease, now).await?);
        }
        tx.commit().await?;
        Ok(jobs)
    }

    async fn sweep(&self) {
        if let Err(error) = forget(&self.connect).await {
            tracing::error!(%error, "what lapsed could not be deleted");
        }
    }
}

async fn run_job(connect: Connect, job: Job) {
    let work = async {
        match job.kind {
            JobKind::Locate => locate::run(&connect, &job).await,
            JobKind::Export => exports::run(&connect, &job).await,
            JobKind::Deliver => webhooks::run(&connect, &job.subject).await,
            JobKind::Mail => mail::run(&connect, &job).await,
        }
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = hold(&connect, &job) => return lost(&job),
    };
    let settled = match outcome {
        Ok(end) => settle(&connect, &job, end).await,
        Err(error) => Err(error),
    };
    if let Err(error) = settled {
        // The lease ends by itself and the job is run again.
        tracing::error!(kind = job.kind.as_str(), subject = job.subject, %error, "a job broke off");
    }
}

async fn settle(connect: &Connect, job: &Job, end: JobEnd) -> Result<(), StoreError> {
    let mut tx = connect.store.write().await?;
    let held = match end {
        JobEnd::Done => tx.finish_job(job).await?,
        JobEnd::Again(wait) => tx.postpone_job(job, connect.clock.now().plus(wait)).await?,
    };
    tx.commit().await?;
    if !held {
        lost(job);
    }
    Ok(())
}

/// Renews the lease of a job for as long as it runs; ends when the lease was lost.
async fn hold(connect: &Connect, job: &Job) {
    let lease = connect.settings.job_lease;
    loop {
        tokio::time::sleep(lease / 3).await;
        match extend(connect, job, connect.clock.now().plus(lease)).await {
            Ok(true) => {}
            Ok(false) => return,
            // The store may be back before the lease ends.
            Err(error) => {
                tracing::warn!(kind = job.kind.as_str(), subject = job.subject, %error, "a lease was not renewed");
            }
        }
    }
}

async fn extend(connect: &Connect, job: &Job, until: Timestamp) -> Result<bool, StoreError> {
    let mut tx = connect.store.write().await?;
    let held = tx.extend_lease(job, until).await?;
    tx.commit().await?;
    Ok(held)
}

fn lost(job: &Job) {
    tracing::warn!(kind = job.kind.as_str(), subject = job.subject, "another worker has taken the job over");
}

async fn forget(connect: &Connect) -> Result<(), StoreError> {
    let now = connect.clock.now();
    // In several transactions: on SQLite, everybody who writes waits for each.
    loop {
        let mut tx = connect.store.write().await?;
        let forgotten = tx.forget_lapsed(now).await?;
        tx.commit().await?;
        if forgotten < FORGOTTEN_AT_ONCE {
            break;
        }
    }
    let mut tx = connect.store.write().await?;
    tx.lapse_exports(now).await?;
    tx.commit().await?;
    exports::delete_ended(connect).await?;
    connect.store.objects().forget_unfinished(now.minus(ABANDONED)).await
}
