//! Downloads: a link for whoever has the keys, then the file for whoever has the link.

use std::time::Duration;

use http::Method;
use model::Mode;
use testkit::{Party, TestServer};

/// Exports a connection; the task and the URL of its file.
async fn exported(server: &TestServer, party: &Party) -> (String, String, String) {
    let (_, connections) = server.connected(party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task").to_owned();
    server.work().await;
    let status = party.export_status(&task).await;
    let url = status["download_links"][0]["url"].as_str().expect("a link").to_owned();
    (connections[0].clone(), task, url)
}

#[tokio::test]
async fn a_link_works_for_ten_minutes_without_credentials() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, _, url) = exported(&server, &party).await;
    let redirect = party.signed(server.http.get(&url)).send().await.is(302);
    assert_eq!(redirect.header("cache-control"), "no-store");
    let link = redirect.location();
    server.advance(Duration::from_secs(599));
    let file = server.http.get(link.as_str()).send().await.is(200);
    assert_eq!(file.header("content-type"), "application/fhir+ndjson");
    let name = url.rsplit_once('/').expect("a path").1;
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{name}\""));
    server.advance(Duration::from_secs(1));
    server.http.get(link.as_str()).send().await.is_bridge_error(403, "link_invalid");
    party.download(&url).await;
}

#[tokio::test]
async fn an_altered_link_leads_nowhere() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, _, url) = exported(&server, &party).await;
    let link = party.signed(server.http.get(&url)).send().await.is(302).location().to_string();
    let (path, query) = link.split_once('?').expect("a query");
    let later = query.replacen("expires=", "expires=9", 1);
    let another = format!("{path}0");
    for altered in [
        path.to_owned(),
        format!("{path}?{later}"),
        format!("{path}?{}", &query[..query.len() - 1]),
        format!("{path}?{query}0"),
        format!("{another}?{query}"),
        format!("{path}?expires=x&signature=x"),
        format!("{}/downloads/..%2Fopenias.key?{query}", server.http.base()),
    ] {
        server.http.get(&altered).send().await.is_bridge_error(403, "link_invalid");
    }
    let twice = format!("{link}&expires=1");
    server.http.get(&twice).send().await.is_bridge_error(400, "invalid_request");
}

#[tokio::test]
async fn another_file_task_or_organisation_is_not_found() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, task, url) = exported(&server, &party).await;
    let elsewhere = server.another_organization(2).await;
    let stranger = server.party_of(&elsewhere.id, Mode::Test).await;
    stranger.signed(server.http.get(&url)).send().await.is_bridge_error(404, "not_found");
    for other in [
        url.replace(&task, &"0".repeat(32)),
        url.replace(".jsonl", ".json"),
        url.replace("2026-05-28", "2026-05-29"),
        format!("{}/..%2Fopenias.key", url.rsplit_once('/').expect("a path").0),
    ] {
        party.signed(server.http.get(&other)).send().await.is_bridge_error(404, "not_found");
    }
    super::is_for_backends(&party, &stranger, |http| http.get(&url)).await;
}

#[tokio::test]
async fn a_link_is_over_with_its_connection() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (connection, _, url) = exported(&server, &party).await;
    let link = party.signed(server.http.get(&url)).send().await.is(302).location().to_string();
    let path = format!("/v1/bridge/org_connection/{connection}");
    party.signed(server.http.bare(Method::DELETE, &path)).send().await.is(200);
    server.http.get(&link).send().await.is_bridge_error(409, "connection_revoked");
}

#[tokio::test]
async fn a_file_is_over_after_a_day_and_with_its_connection() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (connection, _, url) = exported(&server, &party).await;
    server.advance(Duration::from_secs(24 * 3600 - 1));
    party.signed(server.http.get(&url)).send().await.is(302);
    server.advance(Duration::from_secs(1));
    party.signed(server.http.get(&url)).send().await.is_bridge_error(410, "export_expired");

    let begun = party.export(&connection).send().await.is(200).json();
    assert_eq!(begun["data"]["status"], "pending");
    let path = format!("/v1/bridge/org_connection/{connection}");
    party.signed(server.http.bare(Method::DELETE, &path)).send().await.is(200);
    party.signed(server.http.get(&url)).send().await.is_bridge_error(409, "connection_revoked");
}

#[tokio::test]
async fn a_file_that_is_not_ready_is_not_found() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task");
    let url = format!("/v1/bridge/fhir/ehi-export/{task}/download/2026-05-28-{task}.jsonl");
    party.signed(server.http.get(&url)).send().await.is_bridge_error(404, "not_found");
}
