//! `GET /bridge/record_locator` and below.

use std::time::Duration;

use model::PublicId;
use sandbox::World;
use sandbox::world::Behaviour;
use serde_json::Value;
use testkit::{Setup, TestServer};

async fn with(behaviours: &[Behaviour]) -> TestServer {
    // Waited out by the place that does not answer; the others take milliseconds, on a busy machine more.
    let deadline = Duration::from_secs(3);
    TestServer::with(Setup { world: World::of(behaviours), deadline, ..Setup::default() }).await
}

/// The words of all answers, sorted.
fn outcomes(status: &Value) -> Vec<&str> {
    let answers = status["answers"].as_array().expect("answers");
    let mut words: Vec<_> = answers.iter().filter_map(|answer| answer["outcome"].as_str()).collect();
    words.sort_unstable();
    words
}

fn size(found: &Value, group: &str) -> usize {
    found[group].as_object().expect("a group").len()
}

#[tokio::test]
async fn every_place_is_asked_and_each_answer_is_named() {
    let server = with(&[
        Behaviour::Answers,
        Behaviour::Answers,
        Behaviour::KnowsNobody,
        Behaviour::Ambiguous,
        Behaviour::ReturnsAnother,
        Behaviour::AsksToSignIn,
        Behaviour::Slow(Duration::from_mins(10)),
        Behaviour::Fails,
    ])
    .await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    let started = party.bridge("record_locator", &session).await;
    assert_eq!(started["status"], "pending");
    let task = started["task_id"].as_str().expect("a task").to_owned();
    let pending = party.bridge(&format!("record_locator/{task}"), &session).await;
    assert_eq!((pending["status"].as_str(), pending["asked"].as_u64()), (Some("pending"), Some(0)));
    assert_eq!(server.work().await, 1);
    let status = party.bridge(&format!("record_locator/{task}"), &session).await;
    assert_eq!((status["status"].as_str(), status["asked"].as_u64()), (Some("success"), Some(8)));
    assert_eq!(status["answered"], 8);
    assert_eq!(
        outcomes(&status),
        ["ambiguous", "failed", "found", "found", "mismatch", "no_match", "sign_in", "timed_out"]
    );
    let found = party.bridge(&format!("record_locator/{task}/result"), &session).await;
    assert_eq!(size(&found, "discovered_patient_accounts"), 2);
    assert_eq!(size(&found, "pending_patient_accounts"), 1);
    assert_eq!(size(&found, "connected_patient_accounts"), 0);
    for (_, account) in found["discovered_patient_accounts"].as_object().expect("accounts") {
        assert!(account["brand"]["name"].as_str().is_some_and(|name| name.starts_with("Place ")));
        assert!(account["facility_id"].as_str().is_some_and(|id| id.starts_with("urn:oid:2.999.7204.1.")));
        assert_eq!(account["patient_authorization_type"], "tefca_direct");
        assert_eq!(account["endpoint"]["platform_type"], "tefca");
    }
    for (_, account) in found["pending_patient_accounts"].as_object().expect("accounts") {
        assert_eq!(account["patient_authorization_type"], "tefca_facilitated");
    }
    let again = party.bridge("record_locator", &session).await;
    assert_eq!(again["task_id"], task.as_str(), "a search that ended is not begun again");
}

#[tokio::test]
async fn a_patient_with_no_record_anywhere_finds_nothing() {
    let server = with(&[Behaviour::KnowsNobody, Behaviour::KnowsNobody]).await;
    let party = server.party().await;
    let (session, found) = server.located(&party).await;
    for group in ["discovered_patient_accounts", "pending_patient_accounts", "connected_patient_accounts"] {
        assert_eq!(size(&found, group), 0, "{group}");
    }
    let task = party.bridge("record_locator", &session).await["task_id"].take();
    let status = party.bridge(&format!("record_locator/{}", task.as_str().expect("a task")), &session).await;
    assert_eq!(
        (status["status"].as_str(), outcomes(&status)),
        (Some("success"), vec!["no_match", "no_match"])
    );
}

#[tokio::test]
async fn all_places_failing_is_told_from_nobody_knowing() {
    let server = with(&[Behaviour::Fails, Behaviour::Fails, Behaviour::Slow(Duration::from_mins(10))]).await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    let task = party.bridge("record_locator", &session).await["task_id"].take();
    let task = task.as_str().expect("a task");
    server.work().await;
    let status = party.bridge(&format!("record_locator/{task}"), &session).await;
    assert_eq!(
        (status["status"].as_str(), outcomes(&status)),
        (Some("success"), vec!["failed", "failed", "timed_out"])
    );
    let found = party.bridge(&format!("record_locator/{task}/result"), &session).await;
    assert_eq!(size(&found, "discovered_patient_accounts"), 0);
    for told in [&status, &found] {
        assert_eq!(
            (&told["outcome"], &told["error"]),
            (&"unreachable".into(), &"network_unavailable".into())
        );
    }
    let again = party.bridge("record_locator", &session).await;
    assert_eq!(again["status"], "pending", "a search that reached nobody may be begun again");
    assert_ne!(again["task_id"], task);
}

#[tokio::test]
async fn what_a_search_amounts_to_is_told() {
    for (behaviours, outcome) in [
        (&[Behaviour::Answers, Behaviour::Fails][..], "found"),
        (&[Behaviour::AsksToSignIn][..], "found"),
        (&[Behaviour::KnowsNobody, Behaviour::Fails][..], "none"),
        (&[Behaviour::Ambiguous][..], "none"),
        (&[Behaviour::ReturnsAnother][..], "none"),
        (&[][..], "unreachable"),
    ] {
        let server = with(behaviours).await;
        let (_, found) = server.located(&server.party().await).await;
        assert_eq!(found["outcome"], outcome, "{behaviours:?}");
        assert_eq!(found.get("error").is_some(), outcome == "unreachable");
    }
}

#[tokio::test]
async fn a_session_is_over_when_the_operator_switches_off_what_it_stands_on() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    let ask = || async { server.http.get("/v1/bridge/record_locator").bearer(&session).send().await };
    let task = ask().await.is(200).json()["data"]["task_id"].take();
    let organization = &server.organization.id;
    let id = PublicId::parse(&party.public_id).expect("an id");
    let switch =
        |active| identity::credentials::switch(&server.app.identity, organization, &id, active, "", "");
    assert!(switch(false).await.expect("the store works"));
    ask().await.is_bridge_error(401, "session_ended");
    assert_eq!(server.work().await, 1);
    assert!(switch(true).await.expect("the store works"));
    let path = format!("record_locator/{}", task.as_str().expect("a task"));
    let status = party.bridge(&path, &session).await;
    assert_eq!((status["status"].as_str(), status["asked"].as_u64()), (Some("failed"), Some(0)));
    server.change_organization(|organization| organization.test.tefca = false).await;
    ask().await.is_bridge_error(401, "session_ended");
    server.change_organization(|organization| organization.test.tefca = true).await;
    ask().await.is(200);
}

#[tokio::test]
async fn a_network_that_cannot_be_asked_fails_and_may_be_asked_again() {
    // A network without a place is a directory without entries; one that is gone cannot be read at all.
    let empty = with(&[]).await;
    let (_, found) = empty.located(&empty.party().await).await;
    assert_eq!(size(&found, "discovered_patient_accounts"), 0);

    let server = with(&[Behaviour::Answers]).await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    let task = party.bridge("record_locator", &session).await["task_id"].take();
    let mut gone = server.app.connect.clone();
    let settings = network::Settings {
        directory_url: "http://127.0.0.1:1/fhir".to_owned(),
        ..(*gone.network.settings).clone()
    };
    gone.network.settings = std::sync::Arc::new(settings);
    connect::worker::Worker::new(gone).run_until_idle().await.expect("the store works");
    let status = party.bridge(&format!("record_locator/{}", task.as_str().expect("a task")), &session).await;
    assert_eq!(status["status"], "failed");
    let ((), found) =
        (server.advance(Duration::from_secs(1)), party.bridge("record_locator", &session).await);
    assert!(found["status"] == "pending" && found["task_id"] != task);
}

#[tokio::test]
async fn a_search_belongs_to_its_patient_alone() {
    let server = TestServer::start().await;
    let (party, other) = (server.party().await, server.party().await);
    let (session, _) = server.located(&party).await;
    let task = party.bridge("record_locator", &session).await["task_id"].take();
    let task = task.as_str().expect("a task").to_owned();
    let stranger = other.session(&server.id_token()).await;
    for path in [format!("record_locator/{task}"), format!("record_locator/{task}/result")] {
        let answer = server.http.get(&format!("/v1/bridge/{path}")).bearer(&stranger).send().await;
        answer.is_bridge_error(404, "not_found");
        super::is_for_patients(&party, |http| http.get(&format!("/v1/bridge/{path}"))).await;
        let foreign = format!("/v1/bridge/{path}?public_id={}", other.public_id);
        server.http.get(&foreign).bearer(&session).send().await.is_bridge_error(401, "session_ended");
    }
    for unknown in ["x", &"0".repeat(32), "..%2F..%2Fhealthz"] {
        let answer =
            server.http.get(&format!("/v1/bridge/record_locator/{unknown}")).bearer(&session).send().await;
        answer.is_bridge_error(404, "not_found");
    }
    super::is_for_patients(&party, |http| http.get("/v1/bridge/record_locator")).await;
}
