//! `GET` and `DELETE /bridge/org_connection/{id}`

use http::Method;
use model::{Entitlements, Mode};
use testkit::{Setup, TestServer};

fn path(connection: &str) -> String {
    format!("/v1/bridge/org_connection/{connection}")
}

#[tokio::test]
async fn a_backend_reads_and_revokes_its_own_connection_once() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let path = path(&connections[0]);
    let data = party.signed(server.http.get(&path)).send().await.is(200).json()["data"].take();
    for (name, value) in [
        ("org_connection_id", connections[0].as_str()),
        ("org_id", server.organization.id.as_str()),
        ("platform_type", "tefca"),
        ("api_mode", "test"),
        ("status", "authorized"),
        ("scope", "patient/*.read"),
        ("consent_expires_at", "2027-05-28T20:26:40Z"),
        ("tefca_directory_id", "urn:oid:2.999.7204.1.1"),
        ("provider_name", "Place 1"),
    ] {
        assert_eq!(data[name], value, "{name}");
    }
    let by_key = server.http.get(&path).bearer(party.private_key.expose()).send().await.is(200).json();
    assert_eq!(by_key["data"], data, "the quickstart sends the private key as a bearer token");

    let revoked = party.signed(server.http.bare(Method::DELETE, &path)).send().await.is(200).json();
    assert_eq!(revoked["data"]["revoked"], serde_json::json!(connections));
    let data = party.signed(server.http.get(&path)).send().await.is(200).json()["data"].take();
    assert_eq!(data["status"], "revoked");
    let again = party.signed(server.http.bare(Method::DELETE, &path)).send().await;
    again.is_bridge_error(404, "not_found");
}

/// The same organisation's, connected and exported in live mode.
#[tokio::test]
async fn a_test_key_is_a_stranger_to_what_is_live() {
    let live = Entitlements { tefca: true, byoi: true };
    let server = TestServer::with(Setup { live, ..Setup::default() }).await;
    let (test, live) = (server.party().await, server.party_of(&server.organization.id, Mode::Live).await);
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["email"] = "camila.lopez@mail.example".into();
    let session = live.session(&server.csp.sign(&claims)).await;
    let searched = live.bridge("record_locator", &session).await["task_id"].take();
    server.work().await;
    let path_of_result = format!("record_locator/{}/result", searched.as_str().expect("a task"));
    let found = live.bridge(&path_of_result, &session).await;
    let picked: Vec<String> =
        found["discovered_patient_accounts"].as_object().expect("accounts").keys().cloned().collect();
    let connected = live.connect(&session, &picked).await;
    let connection = connected["successes"][&picked[0]]["org_connection_id"].as_str().expect("connected");
    let begun = live.export(connection).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task");
    server.work().await;
    let status = live.export_status(task).await;
    let file = status["download_links"][0]["url"].as_str().expect("a link");

    let export = format!("/v1/bridge/fhir/ehi-export/{task}");
    for call in [
        test.signed(server.http.get(&path(connection))),
        test.signed(server.http.bare(Method::DELETE, &path(connection))),
        test.signed(server.http.get(&export)),
        test.signed(server.http.get(file)),
        test.export(connection),
    ] {
        call.send().await.is_bridge_error(404, "not_found");
    }
    let by_email = serde_json::json!({"email": "camila.lopez@mail.example"});
    let revoke = test.signed(server.http.json("/v1/bridge/vault_connection/revoke", &by_email));
    assert_eq!(revoke.send().await.is(200).json()["data"]["revoked"], serde_json::json!([]));

    let data = live.signed(server.http.get(&path(connection))).send().await.is(200).json();
    assert_eq!((&data["data"]["status"], &data["data"]["api_mode"]), (&"authorized".into(), &"live".into()));
    live.download(file).await;
    live.signed(server.http.bare(Method::DELETE, &path(connection))).send().await.is(200);
}

#[tokio::test]
async fn another_organisation_finds_nothing_and_changes_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let elsewhere = server.another_organization(2).await;
    let stranger = server.party_of(&elsewhere.id, Mode::Test).await;
    for id in [connections[0].as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff", "x", "a%2Fb"] {
        for method in [Method::GET, Method::DELETE] {
            let call = server.http.bare(method, &path(id));
            stranger.signed(call).send().await.is_bridge_error(404, "not_found");
        }
    }
    super::is_for_backends(&party, &stranger, |http| http.get(&path(&connections[0]))).await;
    super::is_for_backends(&party, &stranger, |http| http.bare(Method::DELETE, &path(&connections[0]))).await;
    let data = party.signed(server.http.get(&path(&connections[0]))).send().await.is(200).json();
    assert_eq!(data["data"]["status"], "authorized");
}
