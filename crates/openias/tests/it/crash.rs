//! Killed in the middle, the server loses nothing that it acknowledged.

use std::collections::BTreeSet;

use store::DatabaseUrl;
use store::scratch::PostgresDatabase;
use testkit::catcher::{Caught, Manner};

use crate::installation::Installation;

fn ids<'a>(caught: impl Iterator<Item = &'a Caught>) -> BTreeSet<String> {
    caught.map(Caught::id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_that_were_under_way_arrive_after_the_restart_under_the_same_ids() {
    webhooks_under_way(&DatabaseUrl::Embedded).await;
    if let Some(postgres) = PostgresDatabase::create().await {
        webhooks_under_way(&postgres.url()).await;
    }
}

async fn webhooks_under_way(database: &DatabaseUrl) {
    let installation = Installation::on(database).await;
    let catcher = &installation.catcher;
    let server = installation.start().await;
    let (party, secret) = installation.register();
    let (session, accounts) = installation.located(&party).await;
    catcher.behave(Manner::Hangs);
    let connected = party.connect(&session, &accounts).await;
    let acknowledged = connected["successes"].as_object().expect("successes").len();
    assert_eq!(acknowledged, 2);
    let held = catcher.wait_until(|caught| caught.len() == acknowledged).await;
    server.kill();

    catcher.behave(Manner::Answers(204));
    let server = installation.start().await;
    let all = catcher
        .wait_until(|caught| caught.iter().filter(|message| message.acknowledged).count() == acknowledged);
    let all = all.await;
    assert_eq!(server.terminate().await, Some(0));
    let taken = all.iter().filter(|message| message.acknowledged);
    assert_eq!(ids(taken), ids(held.iter()));
    assert!(all.iter().all(|message| message.is_signed_with(&secret)));
    assert_eq!(catcher.caught().len(), 2 * acknowledged, "what was taken is not sent again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_that_was_under_way_ends_after_the_restart() {
    export_under_way(&DatabaseUrl::Embedded).await;
    if let Some(postgres) = PostgresDatabase::create().await {
        export_under_way(&postgres.url()).await;
    }
}

async fn export_under_way(database: &DatabaseUrl) {
    let installation = Installation::on(database).await;
    let server = installation.start().await;
    let (party, _) = installation.register();
    let (session, accounts) = installation.located(&party).await;
    let connected = party.connect(&session, &accounts[..1]).await;
    let connection =
        connected["successes"][&accounts[0]]["org_connection_id"].as_str().expect("a connection").to_owned();
    installation.brake.hold_after(3);
    let begun = party.export(&connection).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task").to_owned();
    installation.brake.reached().await;
    server.kill();

    installation.brake.release();
    let server = installation.start().await;
    let is_ours = |message: &Caught| message.json()["data"]["task_id"] == task.as_str();
    let caught = installation.catcher.wait_until(|caught| caught.iter().any(is_ours)).await;
    let ended = caught.iter().find(|message| is_ours(message)).expect("the event").json();
    assert_eq!(ended["type"], "patient.ehi_export_success");
    assert_eq!(party.export_status(&task).await["status"], "success");
    let file = party.download(ended["data"]["download_link"].as_str().expect("a link")).await;
    assert_eq!(ended["data"]["stats"]["total_resources"], file.lines().count());
    let kinds = ended["data"]["stats"]["total_by_resource_type"].as_object().expect("stats");
    assert!(kinds.len() > 5 && kinds["Patient"] == 1, "all of it, once: {kinds:?}");
    assert_eq!(server.terminate().await, Some(0));
}
