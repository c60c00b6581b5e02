//! Two processes on one database: of any number of loads of one `request_uri`, one is shown the page.
//!
//! A few rounds here; `cargo xtask race --rounds 10000` runs as many as it is told to.

use std::sync::Arc;

use store::scratch::PostgresDatabase;
use testkit::Party;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::durable::{asked, open};
use crate::installation::Installation;

/// Loads at the same time, half of them at each process.
const LOADS: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_loads_at_two_processes_wins() {
    let Some(postgres) = PostgresDatabase::create().await else { return };
    let installation = Installation::on(&postgres.url()).await;
    let one = installation.start().await;
    let (party, _) = installation.register();
    let (other, http) = installation.start_another().await;
    // It says that it is where the first one is, as behind a proxy; only the calls go elsewhere.
    let parties = [party.clone(), Party { http: http.known_as(party.http.base()), ..party.clone() }];
    for round in 0..asked("OPENIAS_TEST_ROUNDS", 5) {
        let pusher = &parties[usize::try_from(round % 2).expect("0 or 1")];
        let request_uri: Arc<str> = pusher.push(&installation.id_token()).await.into();
        let line = Arc::new(Barrier::new(LOADS));
        let mut loads = JoinSet::new();
        for number in 0..LOADS {
            let (party, line, uri) =
                (parties[number % 2].clone(), Arc::clone(&line), Arc::clone(&request_uri));
            loads.spawn(async move {
                line.wait().await;
                open(&party, &uri).await.expect("an answer").status
            });
        }
        let mut statuses = loads.join_all().await;
        statuses.sort_unstable();
        let (won, lost) = statuses.split_at(1);
        assert!(won == [200] && lost.iter().all(|status| *status == 400), "round {round}: {statuses:?}");
    }
    for server in [one, other] {
        assert_eq!(server.terminate().await, Some(0));
    }
}
