//! `GET` and `DELETE /bridge/org_connection/{id}`

use http::Method;
use model::Mode;
use testkit::TestServer;

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
