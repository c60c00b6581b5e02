//! The outbox: leased, finished or given back by whoever holds the lease, and by nobody else.

use std::task::{Context, Waker};

use model::Timestamp;
use model::id::OrganizationId;

use super::on_both_engines;
use super::sample::{MINUTE, NOW, in_a_minute};
use crate::{Job, JobKind, Share, Store};

fn organization(number: u8) -> OrganizationId {
    OrganizationId::from_random([number; 16])
}

async fn enqueue(store: &Store, subject: &str, run_at: Timestamp) {
    enqueue_for(store, JobKind::Deliver, subject, 1, run_at).await;
}

async fn enqueue_for(store: &Store, kind: JobKind, subject: &str, number: u8, run_at: Timestamp) {
    let mut tx = store.write().await.expect("a transaction");
    tx.enqueue(kind, subject, &organization(number), run_at).await.expect("enqueued");
    tx.commit().await.expect("committed");
}

async fn lease(store: &Store, limit: usize, now: Timestamp) -> Vec<Job> {
    lease_share(store, JobKind::Deliver, Share { free: limit, of_one: 100 }, now).await
}

async fn lease_share(store: &Store, kind: JobKind, share: Share, now: Timestamp) -> Vec<Job> {
    let mut tx = store.write().await.expect("a transaction");
    let jobs = tx.lease_jobs(kind, share, MINUTE, now).await.expect("leased");
    tx.commit().await.expect("committed");
    jobs
}

/// Their subjects, sorted.
fn subjects(jobs: &[Job]) -> Vec<&str> {
    let mut subjects: Vec<_> = jobs.iter().map(|job| job.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects
}

async fn any_due(store: &Store, now: Timestamp) -> bool {
    store.read().await.expect("a transaction").has_due_job(now).await.expect("asked")
}

on_both_engines! {
    async fn a_job_is_leased_when_due_and_again_when_its_lease_ends(stage: &Stage) {
        enqueue(&stage.store, "a", NOW).await;
        assert!(!any_due(&stage.store, NOW.minus(MINUTE)).await && any_due(&stage.store, NOW).await);
        assert!(lease(&stage.store, 10, NOW.minus(MINUTE)).await.is_empty());
        let first = lease(&stage.store, 10, NOW).await;
        assert_eq!(first.iter().map(|job| (job.subject.as_str(), job.attempt)).collect::<Vec<_>>(), [("a", 1)]);
        assert!(lease(&stage.store, 10, NOW).await.is_empty(), "it is somebody's");
        assert!(!any_due(&stage.store, in_a_minute().minus(MINUTE / 2)).await);
        assert!(any_due(&stage.store, in_a_minute()).await, "the lease's end is when it falls due");
        assert_eq!(lease(&stage.store, 10, in_a_minute()).await[0].attempt, 2);
    }

    async fn only_the_holder_of_the_lease_may_finish_postpone_or_extend(stage: &Stage) {
        enqueue(&stage.store, "a", NOW).await;
        let lost = lease(&stage.store, 1, NOW).await.remove(0);
        let held = lease(&stage.store, 1, in_a_minute()).await.remove(0);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(!tx.finish_job(&lost).await.expect("asked"));
        assert!(!tx.postpone_job(&lost, NOW).await.expect("asked"));
        assert!(!tx.extend_lease(&lost, NOW.plus(9 * MINUTE)).await.expect("asked"));
        assert!(tx.extend_lease(&held, NOW.plus(9 * MINUTE)).await.expect("asked"));
        tx.commit().await.expect("committed");
        assert!(lease(&stage.store, 1, NOW.plus(8 * MINUTE)).await.is_empty(), "the lease was extended");
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.finish_job(&held).await.expect("asked"));
        assert!(!tx.finish_job(&held).await.expect("asked"));
        tx.commit().await.expect("committed");
        assert!(!any_due(&stage.store, NOW.plus(99 * MINUTE)).await);
    }

    async fn a_job_given_back_runs_again_at_its_time(stage: &Stage) {
        enqueue(&stage.store, "a", NOW).await;
        let job = lease(&stage.store, 1, NOW).await.remove(0);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.postpone_job(&job, NOW.plus(3 * MINUTE)).await.expect("asked"));
        tx.commit().await.expect("committed");
        assert!(any_due(&stage.store, NOW.plus(3 * MINUTE)).await);
        assert!(!any_due(&stage.store, NOW.plus(2 * MINUTE)).await);
        assert!(lease(&stage.store, 1, NOW.plus(2 * MINUTE)).await.is_empty());
        assert_eq!(lease(&stage.store, 1, NOW.plus(3 * MINUTE)).await[0].attempt, 2);
    }

    async fn what_is_there_is_not_enqueued_twice(stage: &Stage) {
        enqueue(&stage.store, "a", in_a_minute()).await;
        enqueue(&stage.store, "a", NOW).await;
        assert!(!any_due(&stage.store, NOW).await);
        assert_eq!(lease(&stage.store, 10, in_a_minute()).await.len(), 1);
    }

    async fn what_is_put_in_anew_is_not_taken_out_by_whoever_held_it(stage: &Stage) {
        enqueue(&stage.store, "a", NOW).await;
        let before = lease(&stage.store, 1, NOW).await.remove(0);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.requeue(JobKind::Deliver, "a", &organization(1), NOW).await.expect("requeued");
        assert!(!tx.finish_job(&before).await.expect("asked"));
        tx.commit().await.expect("committed");
        assert_eq!(lease(&stage.store, 1, NOW).await.len(), 1);
    }

    async fn the_oldest_are_leased_first_and_not_more_than_asked(stage: &Stage) {
        for (subject, run_at) in [("c", in_a_minute()), ("a", NOW.minus(MINUTE)), ("b", NOW)] {
            enqueue(&stage.store, subject, run_at).await;
        }
        let mut first: Vec<String> =
            lease(&stage.store, 2, in_a_minute()).await.into_iter().map(|job| job.subject).collect();
        first.sort();
        assert_eq!(first, ["a", "b"]);
        assert_eq!(lease(&stage.store, 2, in_a_minute()).await[0].subject, "c");
    }

    async fn each_kind_is_leased_for_itself(stage: &Stage) {
        enqueue_for(&stage.store, JobKind::Locate, "search", 1, in_a_minute()).await;
        enqueue_for(&stage.store, JobKind::Deliver, "webhook", 1, NOW).await;
        let due = async |now| {
            let mut tx = stage.store.read().await.expect("a transaction");
            tx.due_kinds(now).await.expect("asked")
        };
        assert_eq!(due(NOW).await, [JobKind::Deliver]);
        assert_eq!(due(in_a_minute()).await.len(), 2);
        let share = Share { free: 10, of_one: 10 };
        let leased = lease_share(&stage.store, JobKind::Locate, share, in_a_minute()).await;
        assert_eq!(subjects(&leased), ["search"]);
        assert_eq!(due(in_a_minute()).await, [JobKind::Deliver]);
    }

    async fn of_one_organisation_no_more_than_its_share_runs_and_waiting_counts_as_no_attempt(stage: &Stage) {
        for subject in ["a1", "a2", "a3", "a4"] {
            enqueue_for(&stage.store, JobKind::Export, subject, 1, NOW.minus(MINUTE)).await;
        }
        enqueue_for(&stage.store, JobKind::Export, "b1", 2, NOW).await;
        let share = Share { free: 10, of_one: 2 };
        let first = lease_share(&stage.store, JobKind::Export, share, NOW).await;
        assert_eq!(subjects(&first), ["a1", "a2", "b1"], "the later one of another does not wait");
        assert!(lease_share(&stage.store, JobKind::Export, share, NOW).await.is_empty(), "two are running");
        let mut tx = stage.store.write().await.expect("a transaction");
        let ended = first.iter().find(|job| job.subject == "a1").expect("leased");
        assert!(tx.finish_job(ended).await.expect("asked"));
        tx.commit().await.expect("committed");
        let next = lease_share(&stage.store, JobKind::Export, share, NOW).await;
        assert_eq!(next.iter().map(|job| (job.subject.as_str(), job.attempt)).collect::<Vec<_>>(), [("a3", 1)]);
        let late = lease_share(&stage.store, JobKind::Export, share, in_a_minute()).await;
        assert_eq!(late.len(), 3, "whose lease ended runs no more: two of one, one of the other");
    }

    async fn two_workers_share_the_jobs_between_them(stage: &Stage) {
        for number in 0..20 {
            enqueue(&stage.store, &number.to_string(), NOW).await;
        }
        let (one, other) = tokio::join!(lease(&stage.store, 20, NOW), lease(&stage.store, 20, NOW));
        let mut subjects: Vec<_> = one.iter().chain(&other).map(|job| job.subject.clone()).collect();
        subjects.sort();
        subjects.dedup();
        assert_eq!((one.len() + other.len(), subjects.len()), (20, 20));
    }

    async fn only_what_is_committed_wakes_the_worker(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.enqueue(JobKind::Export, "dropped", &organization(1), NOW).await.expect("enqueued");
        drop(tx);
        let mut woken = std::pin::pin!(stage.store.outbox_filled());
        assert!(woken.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        enqueue(&stage.store, "kept", NOW).await;
        woken.await;
    }
}
