//! `POST /bridge/vault_connection/authorize` and `…/revoke`

use model::Mode;
use sandbox::World;
use sandbox::world::Behaviour;
use serde_json::{Value, json};
use testkit::{PATIENT, Setup, TestServer};

const AUTHORIZE: &str = "/v1/bridge/vault_connection/authorize";
const REVOKE: &str = "/v1/bridge/vault_connection/revoke";

fn ids(found: &Value, group: &str) -> Vec<String> {
    found[group].as_object().expect("a group").keys().cloned().collect()
}

#[tokio::test]
async fn each_account_that_was_picked_stands_for_itself() {
    let world = World::of(&[Behaviour::Answers, Behaviour::Answers, Behaviour::AsksToSignIn]);
    let server = TestServer::with(Setup { world, ..Setup::default() }).await;
    let party = server.party().await;
    let (session, found) = server.located(&party).await;
    let (ready, pending) =
        (ids(&found, "discovered_patient_accounts"), ids(&found, "pending_patient_accounts"));
    let unknown = "ffffffff-ffff-4fff-bfff-ffffffffffff".to_owned();
    let picked = [ready[0].clone(), pending[0].clone(), unknown.clone(), "x".to_owned()];
    let data = party.connect(&session, &picked).await;
    assert_eq!(data["successes"].as_object().map(serde_json::Map::len), Some(1));
    let success = &data["successes"][&ready[0]];
    assert_eq!(
        (success["connection_status"].as_str(), success["platform_type"].as_str()),
        (Some("authorized"), Some("tefca"))
    );
    assert_eq!(success["scope"], "patient/*.read");
    assert_eq!(success["consent_expires_at"], "2027-05-28T20:26:40Z");
    assert_eq!(data["failures"][&pending[0]]["error"], "sign_in_required");
    for nobody in [unknown.as_str(), "x"] {
        assert_eq!(data["failures"][nobody]["error"], "unknown_vault_connection");
    }
    let again = party.connect(&session, &picked[..1]).await;
    let same = &again["successes"][&ready[0]];
    assert_eq!(same["org_connection_id"], success["org_connection_id"]);
    assert_eq!(same["connection_status"], "connected");
    assert_eq!(server.store().row_counts().await["connections"], 1);
}

#[tokio::test]
async fn an_account_of_another_patient_is_unknown() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, found) = server.located(&party).await;
    let claims = server.csp.claims_of("knixontestemail2@epic.com", server.hcid(), server.clock.now());
    let other = party.session(&server.csp.sign(&claims)).await;
    let theirs = ids(&found, "discovered_patient_accounts");
    let data = party.connect(&other, &theirs).await;
    assert_eq!(data["failures"][&theirs[0]]["error"], "unknown_vault_connection");
    assert_eq!(server.store().row_counts().await["connections"], 0);
}

#[tokio::test]
async fn only_a_session_connects_and_only_json_is_read() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (session, found) = server.located(&party).await;
    let picked = json!({"vault_connection_ids": ids(&found, "discovered_patient_accounts")});
    super::is_for_patients(&party, |http| http.json(AUTHORIZE, &picked)).await;
    let post = |media_type, body: String| server.http.post(AUTHORIZE, media_type, body).bearer(&session);
    post("text/plain", picked.to_string()).send().await.is_bridge_error(415, "invalid_request");
    post("application/x-www-form-urlencoded", "a=b".into())
        .send()
        .await
        .is_bridge_error(415, "invalid_request");
    let long = format!("{}{picked}", " ".repeat(64 * 1024));
    post("application/json", long).send().await.is_bridge_error(413, "invalid_request");
    for malformed in
        ["", "{", "[]", "{}", r#"{"vault_connection_ids": "x"}"#, r#"{"vault_connection_ids": [1]}"#]
    {
        let answer = post("application/json", malformed.to_owned()).send().await;
        answer.is_bridge_error(400, "invalid_json");
    }
    let many = json!({"vault_connection_ids": vec!["x"; 1001]});
    let long_id = json!({"vault_connection_ids": [], "external_id": "x".repeat(257)});
    for too_much in [many, long_id] {
        let answer = server.http.json(AUTHORIZE, &too_much).bearer(&session).send().await;
        answer.is_bridge_error(400, "invalid_request");
    }
    let twice = format!("{AUTHORIZE}?public_id={id}&public_id={id}", id = party.public_id);
    server.http.json(&twice, &picked).bearer(&session).send().await.is_bridge_error(400, "invalid_request");
    assert_eq!(server.store().row_counts().await["connections"], 0);
}

#[tokio::test]
async fn a_test_key_revokes_by_email_in_its_own_organisation() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (_, connections) = server.connected(&party).await;
    let elsewhere = server.another_organization(2).await;
    let stranger = server.party_of(&elsewhere.id, Mode::Test).await;
    let revoke = |email: &str| server.http.json(REVOKE, &json!({"email": email}));
    let none = stranger.signed(revoke(PATIENT)).send().await.is(200).json();
    assert_eq!(none["data"]["revoked"], json!([]));
    let nobody = party.signed(revoke("somebody@example.org")).send().await.is(200).json();
    assert_eq!(nobody["data"]["revoked"], json!([]));
    let answer = party.signed(revoke(&PATIENT.to_uppercase())).send().await.is(200).json();
    assert_eq!(answer["data"]["revoked"], json!(connections));
    assert!(answer["data"]["request_id"].is_string());
    let again = party.signed(revoke(PATIENT)).send().await.is(200).json();
    assert_eq!(again["data"]["revoked"], json!([]));
}

#[tokio::test]
async fn a_live_key_does_not_revoke_by_email() {
    let server = TestServer::start().await;
    let (party, live) = (server.party().await, server.party_of(&server.organization.id, Mode::Live).await);
    let body = json!({"email": PATIENT});
    live.signed(server.http.json(REVOKE, &body)).send().await.is_bridge_error(403, "test_mode_only");
    super::is_for_backends(&party, &live, |http| http.json(REVOKE, &body)).await;
    for malformed in [json!({}), json!({"email": 1}), json!([])] {
        party.signed(server.http.json(REVOKE, &malformed)).send().await.is_bridge_error(400, "invalid_json");
    }
}
