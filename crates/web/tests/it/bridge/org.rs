//! `GET /bridge/org`

use model::Entitlements;
use testkit::TestServer;

#[tokio::test]
async fn a_page_learns_what_it_shows_and_no_more() {
    let server = TestServer::start().await;
    let party = server.party().await;
    for path in ["/bridge/org", "/v1/bridge/org"] {
        let answer = server.http.get(&format!("{path}?public_id={}", party.public_id)).send().await.is(200);
        let data = &answer.json()["data"];
        assert_eq!(
            (data["name"].as_str(), data["status"].as_str()),
            (Some("Sample Health App 1"), Some("active"))
        );
        assert_eq!(data["feature_flags"], serde_json::json!(["test.tefca.enable", "test.byoi.enable"]));
        assert_eq!(data["privacy_policy_uri"], "https://sample-health-app.example/privacy");
        assert!(!answer.text().contains("2.999.7204"), "the HCID is nobody's affair");
    }
    server.change_organization(|organization| organization.test = Entitlements::default()).await;
    let answer = server.http.get(&format!("/bridge/org?public_id={}", party.public_id)).send().await.is(200);
    assert_eq!(answer.json()["data"]["feature_flags"], serde_json::json!([]));
}

#[tokio::test]
async fn an_unknown_public_id_is_not_found() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let unknown = format!("public_test_{}", "0".repeat(45));
    for query in ["", "?public_id=", "?public_id=x", &format!("?public_id={unknown}")] {
        server.http.get(&format!("/bridge/org{query}")).send().await.is_bridge_error(404, "not_found");
    }
    let twice = format!("/bridge/org?public_id={id}&public_id={id}", id = party.public_id);
    server.http.get(&twice).send().await.is_bridge_error(400, "invalid_request");
}
