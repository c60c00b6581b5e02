//! What runs in the background: whose a job is, what becomes of one whose worker lost it, and what is
//! forgotten.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ambient::Clock;
use model::id::ExportId;
use sandbox::world::Behaviour;
use sandbox::{Brake, World};
use store::{JobKind, Share, Tx};
use testkit::catcher::Manner;
use testkit::{Catcher, NOW, Setup, TestServer};

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
    let lease_ends = server.clock.now().plus(Duration::from_secs(3));
    let is_over = async || {
        let mut tx = store.read().await.expect("a transaction");
        tx.has_due_job(lease_ends).await.expect("asked")
    };
    assert!(is_over().await);
    // Nobody is told of a renewal: it is looked for.
    let mut again = tokio::time::interval(Duration::from_millis(10));
    while is_over().await {
        again.tick().await;
    }
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
    let one = Share { free: 1, of_one: 1 };
    let taken = loop {
        server.advance(Duration::from_secs(1));
        let mut tx = server.store().write().await.expect("a transaction");
        let taken = tx.lease_jobs(JobKind::Export, one, Duration::from_mins(1), server.clock.now());
        let taken = taken.await.expect("leased").pop();
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

/// Ends a held export behind its worker's back, lets the worker end too, and counts the files that are left.
async fn files_after(end: impl AsyncFnOnce(&mut Tx, &ExportId)) -> usize {
    let (server, brake) = braked(Clock::manual(NOW), Duration::from_mins(2)).await;
    let (_, task) = held_export(&server, &brake).await;
    let worker = server.worker.clone();
    let working = tokio::spawn(async move { worker.run_until_idle().await.expect("the store works") });
    brake.reached().await;
    let mut tx = server.store().write().await.expect("a transaction");
    end(&mut tx, &ExportId::parse(&task).expect("an id")).await;
    tx.commit().await.expect("committed");
    brake.release();
    working.await.expect("it ends");
    objects(server.folder.path()).len()
}

#[tokio::test]
async fn a_file_that_comes_too_late_is_kept_only_by_an_export_that_has_it() {
    let failed = async |tx: &mut Tx, id: &ExportId| {
        assert!(tx.fail_export(id, "resource_invalid_content").await.expect("asked"));
    };
    assert_eq!(files_after(failed).await, 0);
    let succeeded = async |tx: &mut Tx, id: &ExportId| {
        let lapses = NOW.plus(Duration::from_hours(24));
        assert!(tx.succeed_export(id, &BTreeMap::new(), lapses).await.expect("asked"));
    };
    assert_eq!(files_after(succeeded).await, 1);
}

/// A server with an export file; the party, the connection and the file's URL.
async fn exported() -> (TestServer, testkit::Party, String, String) {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    server.work().await;
    let status = party.export_status(begun["data"]["task_id"].as_str().expect("a task")).await;
    let url = status["download_links"][0]["url"].as_str().expect("a link").to_owned();
    assert_eq!(objects(server.folder.path()).len(), 1);
    (server, party, connections[0].clone(), url)
}

/// Deletes what lapsed.
async fn sweep(server: &TestServer) {
    server.worker.run(std::future::ready(())).await;
}

#[tokio::test]
async fn the_file_of_a_revoked_connection_is_deleted_soon() {
    let (server, party, connection, url) = exported().await;
    let path = format!("/v1/bridge/org_connection/{connection}");
    party.signed(server.http.bare(http::Method::DELETE, &path)).send().await.is(200);
    sweep(&server).await;
    assert_eq!(objects(server.folder.path()), Vec::<String>::new());
    party.signed(server.http.get(&url)).send().await.is_bridge_error(409, "connection_revoked");
}

#[tokio::test]
async fn a_file_that_lapsed_is_deleted_after_a_crash_and_after_a_new_export() {
    let (server, _, _, _) = exported().await;
    server.advance(Duration::from_hours(24));
    let mut tx = server.store().write().await.expect("a transaction");
    assert_eq!(tx.lapse_exports(server.clock.now()).await.expect("lapsed"), 1);
    tx.commit().await.expect("committed, and then the process died");
    sweep(&server).await;
    assert_eq!(objects(server.folder.path()), Vec::<String>::new());

    let (server, party, connection, _) = exported().await;
    server.advance(Duration::from_hours(24));
    party.export(&connection).send().await.is(200);
    sweep(&server).await;
    let finished: Vec<String> =
        objects(server.folder.path()).into_iter().filter(|name| name.starts_with("2026-05-28")).collect();
    assert_eq!(finished, Vec::<String>::new());
}

#[tokio::test]
async fn a_search_that_breaks_off_every_time_ends_as_failed() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    let task = party.bridge("record_locator", &session).await["task_id"].take();
    let share = Share { free: 1, of_one: 1 };
    for attempt in 1..=5 {
        let mut tx = server.store().write().await.expect("a transaction");
        let lease = Duration::from_mins(1);
        let jobs = tx.lease_jobs(JobKind::Locate, share, lease, server.clock.now()).await.expect("leased");
        tx.commit().await.expect("committed, and then the process died");
        assert_eq!(jobs[0].attempt, attempt);
        server.advance(lease);
    }
    assert_eq!(server.work().await, 1);
    let status = party.bridge(&format!("record_locator/{}", task.as_str().expect("a task")), &session).await;
    assert_eq!(
        (status["status"].as_str(), status["outcome"].as_str()),
        (Some("failed"), Some("unreachable"))
    );
    assert_eq!(server.work().await, 0, "and does not come back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_that_nobody_takes_keep_no_search_waiting() {
    let catcher = Catcher::start().await;
    catcher.behave(Manner::Hangs);
    let server = TestServer::with(Setup {
        clock: Clock::system(),
        private_origins: vec![catcher.origin.clone()],
        webhook_timeout: Duration::from_mins(5),
        ..Setup::default()
    })
    .await;
    let endpoint = server.endpoint(&catcher.url, &[]).await;
    for _ in 0..40 {
        let sent = connect::webhooks::send_test(&server.app.connect, &endpoint, "test", "test").await;
        assert!(sent.expect("the store works"));
    }
    let worker = server.worker.clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let working = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        worker.run(stopped).await;
    });
    catcher.wait_until(|caught| caught.len() >= 8).await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    let task = party.bridge("record_locator", &session).await["task_id"].take();
    let path = format!("record_locator/{}", task.as_str().expect("a task"));
    // Nobody is told of the end of a search: it is looked for.
    let mut again = tokio::time::interval(Duration::from_millis(20));
    while party.bridge(&path, &session).await["status"] == "pending" {
        again.tick().await;
    }
    assert_eq!(catcher.caught().len(), 8, "one organisation does not take every place");
    working.abort();
    drop(stop);
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
