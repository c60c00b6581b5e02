//! What runs in the background: whose a job is, what becomes of one whose worker lost it, and what is
//! forgotten.

use std::path::Path;
use std::time::Duration;

use ambient::Clock;
use sandbox::world::Behaviour;
use sandbox::{Brake, World};
use testkit::{NOW, Setup, TestServer};

/// A server whose places can hold records back, and how to.
async fn braked(clock: Clock, job_lease: Duration) -> (TestServer, Brake) {
    let world = World::of(&[Behaviour::Answers]);
    let brake = world.brake.clone();
    (TestServer::with(Setup { world, clock, job_lease, ..Setup::default() }).await, brake)
}

/// Begins an export that will be held back; its task.
async fn held_export(server: &TestServer, brake: &Brake) -> (testkit::Party, String) {
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    brake.hold_after(0);
    let begun = party.export(&connections[0]).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task").to_owned();
    (party, task)
}

/// The names of export files, finished or not.
fn objects(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("objects")).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_takes_longer_than_its_lease_stays_its_workers() {
    let (server, brake) = braked(Clock::system(), Duration::from_secs(3)).await;
    let (party, task) = held_export(&server, &brake).await;
    let (worker, store) = (server.worker.clone(), server.store().clone());
    let working = tokio::spawn(async move { worker.run_until_idle().await.expect("the store works") });
    brake.reached().await;
    let lease_ends = async || store.read().await.expect("a transaction").next_job_at().await.expect("asked");
    let first = lease_ends().await;
    // Nobody is told of a renewal: it is looked for.
    let mut again = tokio::time::interval(Duration::from_millis(10));
    while lease_ends().await == first {
        again.tick().await;
    }
    assert!(lease_ends().await > first);
    assert_eq!(server.work().await, 0, "another worker finds nothing to do");
    brake.release();
    assert_eq!(working.await.expect("it ends"), 1);
    assert_eq!(party.export_status(&task).await["status"], "success");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_lost_its_job_stops_and_leaves_nothing_half_done() {
    let (server, brake) = braked(Clock::manual(NOW), Duration::from_millis(300)).await;
    let (party, task) = held_export(&server, &brake).await;
    let worker = server.worker.clone();
    let working = tokio::spawn(async move { worker.run_until_idle().await.expect("the store works") });
    brake.reached().await;
    assert!(objects(server.folder.path()).iter().all(|name| name.contains(".part")), "it is being written");

    // The clock says that the lease is over, and somebody else takes the job, unless it was just renewed.
    let taken = loop {
        server.advance(Duration::from_secs(1));
        let mut tx = server.store().write().await.expect("a transaction");
        let taken = tx.lease_jobs(1, Duration::from_mins(1), server.clock.now()).await.expect("leased").pop();
        tx.commit().await.expect("committed");
        if let Some(taken) = taken {
            break taken;
        }
    };
    assert_eq!(taken.attempt, 2);
    working.await.expect("it stops");
    assert_eq!(objects(server.folder.path()), Vec::<String>::new());
    assert_eq!(party.export_status(&task).await["status"], "pending");

    brake.release();
    let mut tx = server.store().write().await.expect("a transaction");
    assert!(tx.postpone_job(&taken, server.clock.now()).await.expect("given back"));
    tx.commit().await.expect("committed");
    assert_eq!(server.work().await, 1);
    assert_eq!(party.export_status(&task).await["status"], "success");
}

#[tokio::test]
async fn what_lapsed_is_forgotten() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    party.export(&connections[0]).send().await.is(200);
    server.work().await;
    party.push(&server.id_token()).await;
    assert_eq!(objects(server.folder.path()).len(), 1);
    let before = server.store().row_counts().await;
    assert!(before["pushed_requests"] > 0 && before["access_tokens"] > 0 && before["authorizations"] > 0);

    server.advance(Duration::from_hours(25));
    server.worker.run(std::future::ready(())).await;
    assert_eq!(objects(server.folder.path()), Vec::<String>::new());
    let after = server.store().row_counts().await;
    for table in ["pushed_requests", "access_tokens", "authorizations"] {
        assert_eq!(after[table], 0, "{table}");
    }
    assert_eq!((after["connections"], after["consents"], after["exports"]), (1, 1, 1));
}
