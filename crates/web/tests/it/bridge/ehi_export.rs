//! `POST /bridge/fhir/ehi-export` and `GET …/{task}`

use std::time::Duration;

use http::Method;
use model::Mode;
use serde_json::json;
use testkit::TestServer;

const EXPORT: &str = "/v1/bridge/fhir/ehi-export";

#[tokio::test]
async fn asking_twice_is_asking_once_and_the_file_holds_what_the_stats_say() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json()["data"].take();
    assert_eq!(begun["status"], "pending");
    let task = begun["task_id"].as_str().expect("a task").to_owned();
    assert_eq!(task.len(), 32);
    let again = party.export(&connections[0]).send().await.is(200).json();
    assert_eq!(again["data"]["task_id"], task.as_str());
    server.work().await;
    let done = party.export_status(&task).await;
    assert_eq!(done["status"], "success");
    let url = done["download_links"][0]["url"].as_str().expect("a link");
    assert!(url.starts_with(&format!("{}{EXPORT}/{task}/download/2026-05-28-", server.http.base())), "{url}");
    assert_eq!(done["download_links"][0]["content_type"], "application/fhir+ndjson");
    let file = party.download(url).await;
    let kinds: Vec<String> = file
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("a resource")["resourceType"].take()
        })
        .map(|kind| kind.as_str().expect("a type").to_owned())
        .collect();
    assert_eq!(done["stats"]["total_resources"], kinds.len());
    for (kind, count) in done["stats"]["total_by_resource_type"].as_object().expect("stats") {
        assert_eq!(count, kinds.iter().filter(|known| *known == kind).count(), "{kind}");
    }
    assert_eq!(kinds.iter().filter(|kind| *kind == "Patient").count(), 1);
    assert!(kinds.contains(&"Provenance".to_owned()));
    let after = party.export(&connections[0]).send().await.is(200).json();
    assert_eq!(after["data"]["task_id"], task.as_str(), "a file that is there is not made again");
    server.advance(Duration::from_hours(24));
    let anew = party.export(&connections[0]).send().await.is(200).json();
    assert_ne!(anew["data"]["task_id"], task.as_str());
}

#[tokio::test]
async fn a_revoked_connection_is_not_exported() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let path = format!("/v1/bridge/org_connection/{}", connections[0]);
    party.signed(server.http.bare(Method::DELETE, &path)).send().await.is(200);
    party.export(&connections[0]).send().await.is_bridge_error(409, "connection_revoked");
    assert_eq!(server.store().row_counts().await["exports"], 0);
}

#[tokio::test]
async fn a_connection_that_is_revoked_while_its_records_are_fetched_yields_none() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    let path = format!("/v1/bridge/org_connection/{}", connections[0]);
    party.signed(server.http.bare(Method::DELETE, &path)).send().await.is(200);
    server.work().await;
    let status = party.export_status(begun["data"]["task_id"].as_str().expect("a task")).await;
    assert_eq!(
        (status["status"].as_str(), status["failure_reason"].as_str()),
        (Some("failed"), Some("consent_revoked"))
    );
}

#[tokio::test]
async fn what_the_operator_switched_off_is_neither_begun_nor_gone_on_with() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    server.change_organization(|organization| organization.test.tefca = false).await;
    server.work().await;
    let status = party.export_status(begun["data"]["task_id"].as_str().expect("a task")).await;
    assert_eq!(status["failure_reason"], "tefca_disabled");
    party.export(&connections[0]).send().await.is_bridge_error(403, "tefca_disabled");
    server.change_organization(|organization| organization.test.tefca = true).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    server.work().await;
    let status = party.export_status(begun["data"]["task_id"].as_str().expect("a task")).await;
    let link = status["download_links"][0]["url"].as_str().expect("a link");
    let download = || party.signed(party.http.get(link)).send();
    download().await.is(302);
    server.change_organization(|organization| organization.test.tefca = false).await;
    download().await.is_bridge_error(403, "tefca_disabled");
}

#[tokio::test]
async fn each_step_of_an_export_stands_in_the_audit_trail() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task");
    party.export(&connections[0]).send().await.is(200);
    server.work().await;
    let link = party.export_status(task).await["download_links"][0]["url"].take();
    party.download(link.as_str().expect("a link")).await;
    server.advance(Duration::from_hours(25));
    let again = party.export(&connections[0]).send().await.is(200).json();
    server.work().await;
    let mut tx = server.store().read().await.expect("a transaction");
    let mut trail = tx.audit_trail(10).await.expect("read");
    trail.retain(|entry| entry.action.starts_with("export."));
    trail.reverse();
    let lines: Vec<_> = trail
        .iter()
        .map(|line| (line.actor.as_str(), line.action.as_str(), line.subject.as_str(), line.detail.as_str()))
        .collect();
    let (connection, later) = (connections[0].as_str(), again["data"]["task_id"].as_str().expect("a task"));
    assert_eq!(
        lines,
        [
            (party.public_id.as_str(), "export.requested", task, connection),
            ("worker", "export.succeeded", task, ""),
            ("link", "export.downloaded", task, connection),
            (party.public_id.as_str(), "export.requested", later, connection),
            ("worker", "export.failed", later, "token_refresh_failure"),
        ]
    );
    assert!(trail.iter().all(|line| !line.request_id.is_empty()));
}

#[tokio::test]
async fn a_consent_that_ended_is_not_exported() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    server.advance(Duration::from_hours(365 * 24));
    party.export(&connections[0]).send().await.is_bridge_error(409, "consent_ended");
}

#[tokio::test]
async fn an_identity_that_expired_is_said_to_have() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    server.advance(Duration::from_hours(1));
    let begun = party.export(&connections[0]).send().await.is(200).json();
    server.work().await;
    let status = party.export_status(begun["data"]["task_id"].as_str().expect("a task")).await;
    assert_eq!(status["failure_reason"], "token_refresh_failure");
}

#[tokio::test]
async fn unknown_ids_and_another_organisations_are_not_found() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task").to_owned();
    let elsewhere = server.another_organization(2).await;
    let stranger = server.party_of(&elsewhere.id, Mode::Test).await;
    stranger.export(&connections[0]).send().await.is_bridge_error(404, "not_found");
    stranger
        .signed(server.http.get(&format!("{EXPORT}/{task}")))
        .send()
        .await
        .is_bridge_error(404, "not_found");
    for unknown in ["", "x", "ffffffff-ffff-4fff-bfff-ffffffffffff", "' OR 1=1 --"] {
        party.export(unknown).send().await.is_bridge_error(404, "not_found");
    }
    for unknown in ["x", &"0".repeat(32)] {
        let call = party.signed(server.http.get(&format!("{EXPORT}/{unknown}")));
        call.send().await.is_bridge_error(404, "not_found");
    }
    super::is_for_backends(&party, &stranger, |http| http.get(&format!("{EXPORT}/{task}"))).await;
    let body = json!({"org_connection_id": connections[0]});
    super::is_for_backends(&party, &stranger, |http| http.json(EXPORT, &body)).await;
    assert_eq!(server.store().row_counts().await["exports"], 1);
}

#[tokio::test]
async fn only_json_of_the_right_form_is_read() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let post = |media_type, body: String| party.signed(server.http.post(EXPORT, media_type, body));
    post("text/plain", "{}".into()).send().await.is_bridge_error(415, "invalid_request");
    post("application/json", " ".repeat(64 * 1024 + 1)).send().await.is_bridge_error(413, "invalid_request");
    for malformed in ["", "{", "null", "{}", r#"{"org_connection_id": 7}"#] {
        let answer = post("application/json; charset=utf-8", malformed.to_owned()).send().await;
        answer.is_bridge_error(400, "invalid_json");
    }
    // A member that is missing is named: its name is ours. Nothing that was sent is repeated.
    for (body, names) in
        [("{}", true), (r#"{"x": "missing field `org_connection_id`"}"#, true), ("[]", false)]
    {
        let answer = post("application/json", body.to_owned()).send().await;
        let error = answer.json()["error"].as_str().expect("an error").to_owned();
        assert_eq!(error.contains("lacks the member org_connection_id"), names, "{error}");
    }
}
