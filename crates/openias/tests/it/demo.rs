//! `openias demo` for an app of the developer's own, which runs wherever it likes on this machine.

use std::time::Duration;

use model::Secret;
use testkit::{Browser, Catcher, Http, PATIENT, Party, Pkce};

use crate::child::{Server, run};
use crate::installation::{free_port, value_of};
use crate::own_csp::{CspClient, pass_inquiry, push};

/// A demo, and the developer's app beside it.
struct Stage {
    app: Catcher,
    party: Party,
    /// What the demo has printed.
    said: String,
    _server: Server,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = Catcher::start().await;
        let port = free_port().to_string();
        let args = ["--port", &port, "--app-origin", &app.origin, "--data-dir", "data"];
        let (server, said) = Server::demo(folder.path(), &args).await;
        let keys = keys_of(&said, "your app");
        let party = Party {
            http: Http::new(&format!("http://localhost:{port}")),
            public_id: value_of(keys, "public id"),
            private_key: Secret::new(value_of(keys, "private key")),
        };
        Self { app, party, said, _server: server, _folder: folder }
    }
}

/// The keys that the demo has printed of an app.
fn keys_of<'a>(said: &'a str, app: &str) -> &'a str {
    let (_, keys) = said.split_once(&format!("Keys of {app} (test mode")).expect("its keys");
    keys.split("\n\n").next().expect("a section")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_of_ones_own_takes_the_whole_journey() {
    let stage = Stage::set().await;
    let Stage { app, party, said, .. } = &stage;
    let (keys, http) = (keys_of(said, "your app"), &party.http);
    let secret = Secret::new(value_of(keys, "webhook secret"));
    let client = CspClient {
        id: value_of(keys, "CSP client id"),
        secret: value_of(keys, "CSP secret"),
        redirect_uri: format!("{}/callback", app.origin),
    };
    let pushed = push(party, &client.prove(http).await).await.is(201);
    let pkce = Pkce::fresh();
    let code = party.allow(pushed.json()["request_uri"].as_str().expect("a request_uri"), &pkce).await;
    let tokens = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    let session = tokens["access_token"].as_str().expect("a session");
    let found = found(party, session).await;
    let accounts = found["discovered_patient_accounts"].as_object().expect("accounts");
    let first = accounts.keys().next().expect("an account").clone();
    party.connect(session, &[first]).await;

    let caught = app.wait_until(|caught| !caught.is_empty()).await;
    let connected = caught.first().expect("a webhook");
    assert!(connected.is_signed_with(&secret));
    assert_eq!(connected.event_type(), "patient.connection_success");
    let message = connected.json();
    assert_eq!(message["data"]["external_id"], "patient-7");
    let connection = message["data"]["org_connection_id"].as_str().expect("a connection");
    party.export(connection).send().await.is(200);
    let caught = app.wait_until(|caught| caught.len() == 2).await;
    let exported = caught[1].json();
    assert_eq!(exported["type"], "patient.ehi_export_success");
    let file = party.download(exported["data"]["download_link"].as_str().expect("a link")).await;
    assert!(file.contains("\"Patient\"") && file.contains("Lopez"));

    // The catcher has the message a moment before the job that brought it ends.
    let mut again = tokio::time::interval(Duration::from_millis(100));
    let mut metrics = String::new();
    while !metrics.lines().any(|line| line == "openias_outbox_jobs 0") {
        again.tick().await;
        metrics = http.get("/metrics").send().await.is(200).text();
    }
    for gauge in
        ["openias_outbox_overdue_seconds 0", "openias_webhook_deliveries_dead 0", "openias_exports_failed 0"]
    {
        assert!(metrics.lines().any(|line| line == gauge), "{gauge} is not in: {metrics}");
    }
    let age = "openias_signing_key_age_seconds{purpose=\"identity\",algorithm=\"ES256\"} ";
    assert!(metrics.contains(age), "{metrics}");
}

/// The ID token is meant for the demo's own organisation, whose client the server is at the CSP.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn patients_without_an_id_token_bring_their_records_to_an_app_of_ones_own() {
    let stage = Stage::set().await;
    let Stage { app, party, said, .. } = &stage;
    let (browser, pkce) = (Browser::new(party), Pkce::fresh());
    let named = said.lines().find_map(|line| line.trim().strip_prefix("idp of the CSP"));
    let idp = named.expect("the idp that the demo names").trim();
    let fields = [("scope", "openid profile email"), ("response_type", "code"), ("idp", idp)];
    let pushed = party.signed(party.http.form("/oauth2/par", &fields)).send().await.is(201).json();
    let request_uri = pushed["request_uri"].as_str().expect("a request_uri");
    browser.authorize(party, request_uri, &pkce).await.is(303);
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    let away = browser.get(&format!("/oauth2/proofing/csp?idp={idp}")).await.is(303);
    let back = pass_inquiry(&party.http, away.header("location")).await;
    browser.get(back.header("location")).await.is(303);
    let handle = browser.get("/oauth2/proofing").await.is(200).hidden("handle");
    let decision = [("handle", handle.as_str()), ("decision", "allow")];
    let code = browser.post("/oauth2/authorize/decision", &decision).await.is(303).parameter("code");
    let tokens = party.redeem(&code.expect("a code"), &pkce.verifier).send().await.is(200).json();
    let session = tokens["access_token"].as_str().expect("a session");

    let found = found(party, session).await;
    let accounts = found["discovered_patient_accounts"].as_object().expect("accounts");
    party.connect(session, &[accounts.keys().next().expect("an account").clone()]).await;
    let connected = app.wait_until(|caught| !caught.is_empty()).await[0].json();
    let connection = connected["data"]["org_connection_id"].as_str().expect("a connection");
    party.export(connection).send().await.is(200);
    let exported = app.wait_until(|caught| caught.len() == 2).await[1].json();
    assert_eq!(exported["type"], "patient.ehi_export_success", "{exported}");
}

/// What a search of the network finds.
async fn found(party: &Party, session: &str) -> serde_json::Value {
    let task = party.bridge("record_locator", session).await["task_id"].take();
    let task = task.as_str().expect("a task");
    let mut again = tokio::time::interval(Duration::from_millis(100));
    while party.bridge(&format!("record_locator/{task}"), session).await["status"] == "pending" {
        again.tick().await;
    }
    party.bridge(&format!("record_locator/{task}/result"), session).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_beside_a_demo_see_what_the_demo_sees() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port().to_string();
    let args = ["--port", &port, "--data-dir", "data", "--app-origin", "http://localhost:3000"];
    let (_server, said) = Server::demo(folder.path(), &args).await;
    assert!(said.contains("operator sign-in --config ") && said.contains("data/demo.toml"), "{said}");
    let keys = keys_of(&said, "your app");
    let (organization, public_id) = (value_of(keys, "organization"), value_of(keys, "public id"));
    let openias = |args: &[&str]| {
        let done = run(folder.path(), &[args, &["--config", "data/demo.toml"]].concat());
        let text = [done.stdout, done.stderr].map(|bytes| String::from_utf8(bytes).expect("text")).concat();
        assert!(done.status.success(), "{text}");
        text
    };
    let policy = openias(&["client", "policy", &organization, &public_id]);
    assert!(policy.contains("hosted proofing") && !policy.contains("can be proven"), "{policy}");
    let csps = openias(&["csp", "list"]);
    assert!(csps.contains(&format!("http://localhost:{port}/authenticate/oidc-sandbox")), "{csps}");
    let sign_in = openias(&["operator", "sign-in"]);
    assert!(sign_in.contains(&format!("http://localhost:{port}/portal/")), "{sign_in}");
    // A second demo with the same data would write anew what the first one has told of.
    let second = run(folder.path(), &["demo", "--data-dir", "data", "--port", &free_port().to_string()]);
    let said = String::from_utf8(second.stderr).expect("text");
    assert!(!second.status.success() && said.contains("another demo runs"), "{said}");
    assert_eq!(openias(&["csp", "list"]), csps);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_that_keeps_its_data_keeps_its_keys() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port().to_string();
    let start = async |app: &str| {
        let args = ["--port", &port, "--data-dir", "data", "--app-origin", app];
        let (server, said) = Server::demo(folder.path(), &args).await;
        server.kill();
        said
    };
    let first = start("http://localhost:3000").await;
    let second = start("http://localhost:3000").await;
    for app in ["the sample app", "your app"] {
        let (before, after) = (keys_of(&first, app), keys_of(&second, app));
        assert!(after.contains("kept from an earlier run") && !before.contains("kept"), "{after}");
        for name in
            ["organization", "public id", "private key", "CSP client id", "CSP secret", "webhook secret"]
        {
            assert_eq!(value_of(before, name), value_of(after, name), "{app}: {name}");
        }
    }
    let moved = start("http://localhost:3001").await;
    let (before, after) = (keys_of(&second, "your app"), keys_of(&moved, "your app"));
    assert_eq!(value_of(before, "organization"), value_of(after, "organization"));
    assert_ne!(value_of(before, "public id"), value_of(after, "public id"), "keys fit their origin");
}
