//! Nodes and directories that mean harm, or are broken in a way that looks like it.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use store::scratch::PostgresDatabase;
use testkit::stub::PATIENT_ID;
use testkit::stub::ResponseMode::{self, Direct, LogIn};
use testkit::{Party, Setup, Stub, TestServer};

const ONE: &str = "2.999.7204.1.1";
const OTHER: &str = "2.999.7204.1.2";

fn setup(stubs: &[&Stub]) -> Setup {
    Setup {
        directory: Some(stubs[0].directory_url()),
        private_origins: stubs.iter().map(|stub| stub.origin.clone()).collect(),
        ..Setup::default()
    }
}

/// A server whose network is one node.
async fn alone(stub: &Stub, mode: ResponseMode) -> (TestServer, Party) {
    stub.lists(&[("Fernwood Clinic", ONE, stub.base(), mode)]);
    let server = TestServer::with(setup(&[stub])).await;
    let party = server.party().await;
    (server, party)
}

/// Names of the accounts of a group.
fn names<'v>(found: &'v Value, group: &str) -> Vec<&'v str> {
    let accounts = found[group].as_object().expect("a group").values();
    accounts.map(|account| account["brand"]["name"].as_str().expect("a name")).collect()
}

/// Exports the first connection of everything found, after `change`; the task's end and the file.
async fn exported(stub: &Stub, change: impl FnOnce()) -> (Value, Vec<Value>) {
    let (server, party) = alone(stub, Direct).await;
    let (_, connections) = server.connected(&party).await;
    change();
    let begun = party.export(&connections[0]).send().await.is(200).json();
    server.work().await;
    let end = party.export_status(begun["data"]["task_id"].as_str().expect("a task")).await;
    let lines = match end["download_links"][0]["url"].as_str() {
        Some(url) => party.download(url).await,
        None => String::new(),
    };
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("a resource")).collect();
    (end, lines)
}

#[tokio::test]
async fn a_node_is_never_sent_what_another_one_gave() {
    let (thief, honest) = (Stub::start().await, Stub::start().await);
    thief.says("/fhir/.well-known/smart-configuration", &json!({"token_endpoint": honest.token_endpoint()}));
    thief.lists(&[("Thief", ONE, thief.base(), Direct), ("Honest", OTHER, honest.base(), Direct)]);
    let server = TestServer::with(setup(&[&thief, &honest])).await;
    let (_, found) = server.located(&server.party().await).await;
    assert_eq!(names(&found, "discovered_patient_accounts"), ["Honest"]);
    assert_eq!(honest.times("/fhir/token"), 1, "for itself alone");
    assert!(thief.asked().iter().all(|asked| !asked.authorization.contains(&honest.access_token())));
    assert_eq!(thief.times("/fhir/Patient/$match"), 0);
}

#[tokio::test]
async fn a_sign_in_elsewhere_is_not_begun() {
    let (thief, honest) = (Stub::start().await, Stub::start().await);
    let (server, party) = alone(&thief, LogIn).await;
    let (session, found) = server.located(&party).await;
    let account = found["pending_patient_accounts"].as_object().expect("a group").keys().next();
    let path = format!("/v1/bridge/connect?external_state={}", account.expect("an account"));
    let ask = async |authorization: String, token: String| {
        let configuration = json!({"token_endpoint": token, "authorization_endpoint": authorization});
        thief.says("/fhir/.well-known/smart-configuration", &configuration);
        server.http.get(&path).bearer(&session).send().await
    };
    let at = |stub: &Stub| format!("{}/authorize", stub.base());
    ask(at(&honest), thief.token_endpoint()).await.is_bridge_error(502, "provider_unavailable");
    ask(at(&thief), honest.token_endpoint()).await.is_bridge_error(502, "provider_unavailable");
    ask(at(&thief), thief.token_endpoint()).await.is(200);
}

/// Once on each engine: only PostgreSQL refuses U+0000.
#[tokio::test]
async fn a_name_that_cannot_be_kept_breaks_no_search() {
    for database in [None, PostgresDatabase::create().await] {
        let stub = Stub::start().await;
        let long = "x".repeat(1 << 20);
        stub.lists(&[
            ("Honest", "2.999.7204.1.3", stub.base(), Direct),
            ("Evil\0 \u{202e}Clinic\n", ONE, stub.base(), Direct),
            ("\0", OTHER, stub.base(), Direct),
            (&long, "2.999.7204.1.4", stub.base(), Direct),
        ]);
        let server = TestServer::with(Setup { database, ..setup(&[&stub]) }).await;
        let party = server.party().await;
        let (_, found) = server.located(&party).await;
        let mut names = names(&found, "discovered_patient_accounts");
        names.sort_unstable();
        assert_eq!(names, ["Evil Clinic", "Honest", &long[..200]]);
    }
}

#[tokio::test]
async fn an_hcid_that_two_entries_claim_is_nobodys() {
    let (one, other) = (Stub::start().await, Stub::start().await);
    one.lists(&[
        ("Twin", ONE, one.base(), Direct),
        ("Twin", ONE, other.base(), Direct),
        ("Single", OTHER, other.base(), Direct),
    ]);
    let server = TestServer::with(setup(&[&one, &other])).await;
    let (_, found) = server.located(&server.party().await).await;
    assert_eq!(names(&found, "discovered_patient_accounts"), ["Single"]);
    assert_eq!(one.times("/fhir/Patient/$match"), 0);
}

#[tokio::test]
async fn an_answer_without_end_is_a_failure_of_that_place() {
    let stub = Stub::start().await;
    let (server, party) = alone(&stub, Direct).await;
    for flood in [
        format!(r#"{{"resourceType":"Bundle","entry":[{}{{}}]}}"#, "{},".repeat(400_000)),
        format!(r#"{{"resourceType":"Bundle","entry":[{}{{}}]}}"#, "{},".repeat(10_000)),
        Stub::bundle(&vec![json!({"resourceType": "Patient"}); 1001]).to_string(),
    ] {
        stub.says_text("/fhir/Patient/$match", flood);
        let (_, found) = server.located(&party).await;
        assert_eq!(found["outcome"], "unreachable");
    }
}

#[tokio::test]
async fn only_the_patients_own_records_are_kept() {
    let stub = Stub::start().await;
    let named = |id: &str, patient: &str| json!({"resourceType": "Condition", "id": id, "subject": {"reference": patient}, "asserter": {"reference": "Practitioner/d1"}});
    stub.says("/fhir/Practitioner/d1", &json!({"resourceType": "Practitioner", "id": "d2", "name": "x"}));
    let page = Stub::bundle(&[
        named("c1", "Patient/p1"),
        named("c2", "Patient/somebody-else"),
        Stub::patient("hsimpson@gmail.com", "somebody-else"),
        Stub::patient("hsimpson@gmail.com", PATIENT_ID),
        json!({"resourceType": "Provenance", "id": "fake", "agent": [{"who": {"display": "Honest"}}]}),
        json!({"resourceType": "Observation", "id": "unasked"}),
        json!({"resourceType": "Organization", "id": "o1", "name": "A ward\u{0}"}),
        json!({"resourceType": "Organization", "id": "o1", "name": "again"}),
        json!({"resourceType": "OperationOutcome"}),
    ]);
    stub.says("/fhir/Condition", &page);
    let (end, lines) = exported(&stub, || {}).await;
    assert_eq!(end["status"], "success");
    let kept: Vec<_> = lines
        .iter()
        .map(|line| (line["resourceType"].as_str().expect("a type"), line["id"].as_str().expect("an id")))
        .collect();
    assert_eq!(kept[..3], [("Patient", "p1"), ("Condition", "c1"), ("Organization", "o1")]);
    assert_eq!(lines[2]["name"], "A ward");
    let [provenance] = &lines[3..] else { panic!("one Provenance, and nothing else: {kept:?}") };
    assert_eq!(provenance["agent"][0]["who"]["display"], "Fernwood Clinic");
    assert_eq!(provenance["target"].as_array().map(Vec::len), Some(3));
    assert_eq!(end["stats"]["total_resources"], 4);
}

#[tokio::test]
async fn nothing_is_kept_when_the_patient_is_another_person() {
    for (email, id) in [("hsimpson@gmail.com", PATIENT_ID), (testkit::PATIENT, "p2")] {
        let stub = Stub::start().await;
        let swap = || stub.says(&format!("/fhir/Patient/{PATIENT_ID}"), &Stub::patient(email, id));
        let (end, lines) = exported(&stub, swap).await;
        assert_eq!(end["failure_reason"], "resource_patient_failure", "{email}");
        assert!(lines.is_empty());
        assert_eq!(stub.times("/fhir/Condition"), 0, "nothing more is read");
    }
}

/// A node whose pages never end, and an export of it that is being read.
async fn endless(stub: &Stub) -> (TestServer, Party, String, String, tokio::task::JoinHandle<usize>) {
    let (server, party) = alone(stub, Direct).await;
    let mut page = Stub::bundle(&[json!({"resourceType": "Condition", "id": "c1"})]);
    page["link"] = json!([{"relation": "next", "url": format!("{}/Condition?more", stub.base())}]);
    stub.says("/fhir/Condition", &page);
    let (_, connections) = server.connected(&party).await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    let task = begun["data"]["task_id"].as_str().expect("a task").to_owned();
    let worker = server.worker.clone();
    let working = tokio::spawn(async move { worker.run_until_idle().await.expect("the store works") });
    stub.reached("/fhir/Condition", 3).await;
    (server, party, connections[0].clone(), task, working)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_never_ends_is_left_after_half_an_hour() {
    let stub = Stub::start().await;
    let (server, party, _, task, working) = endless(&stub).await;
    server.advance(Duration::from_mins(30));
    working.await.expect("it ends");
    let end = party.export_status(&task).await;
    assert_eq!(
        (end["status"].as_str(), end["failure_reason"].as_str()),
        (Some("failed"), Some("export_limit_exceeded"))
    );
    assert_eq!(std::fs::read_dir(server.folder.path().join("objects")).expect("a folder").count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_ends_the_reading_at_once() {
    let stub = Stub::start().await;
    let (server, party, connection, task, working) = endless(&stub).await;
    let path = format!("/v1/bridge/org_connection/{connection}");
    party.signed(server.http.bare(Method::DELETE, &path)).send().await.is(200);
    working.await.expect("it ends");
    assert_eq!(party.export_status(&task).await["failure_reason"], "consent_revoked");
    assert!(stub.times("/fhir/Condition") < 10_000, "long before it would have given up");
}
