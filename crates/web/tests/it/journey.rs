//! The whole journey, from identity to records, and that nothing of the person and no secret is readable
//! afterwards: not in a log line at TRACE, not in a row, not in a file.

use std::path::{Path, PathBuf};

use model::id::hex;
use sandbox::World;
use sandbox::world::Behaviour;
use store::scratch::PostgresDatabase;
use testkit::catcher::Caught;
use testkit::{Catcher, PATIENT, Pkce, Setup, TestServer, forge, logs};

use crate::csp::{Relying, token};

/// Takes the journey and returns every value on its way that nobody else may read, with its name.
async fn travel(server: &TestServer, catcher: &Catcher) -> Vec<(&'static str, String)> {
    let (relying, party) = (Relying::party(server).await, server.party().await);
    let endpoint = server.endpoint(&catcher.url, &["patient.connection_success"]).await;
    // Another CSP's token carries what ours leaves out.
    let with_ssn = server.id_token();
    party.session(&with_ssn).await;
    let tokens = relying.tokens().await;
    let renewed = relying.refresh(token(&tokens, "refresh_token")).send().await.is(200).json();
    let id_token = token(&renewed, "id_token").to_owned();

    let (request_uri, pkce) = (party.push(&id_token).await, Pkce::fresh());
    let page = party.open_consent(&request_uri, &pkce).await.is(200);
    let handle = page.hidden("handle");
    let code = party.decide(&handle, "allow").await.is(303).parameter("code").expect("a code");
    let session = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    let access_token = token(&session, "access_token").to_owned();

    let task = party.bridge("record_locator", &access_token).await["task_id"].take();
    server.work().await;
    let task = task.as_str().expect("a task");
    let found = party.bridge(&format!("record_locator/{task}/result"), &access_token).await;
    let accounts: Vec<String> =
        found["discovered_patient_accounts"].as_object().expect("accounts").keys().cloned().collect();
    let connected = party.connect(&access_token, &accounts).await;
    for success in connected["successes"].as_object().expect("successes").values() {
        let connection = success["org_connection_id"].as_str().expect("a connection");
        party.export(connection).send().await.is(200);
    }
    server.work().await;
    let types: Vec<_> = catcher.caught().iter().map(Caught::event_type).collect();
    assert_eq!(types.iter().filter(|kind| *kind == "patient.connection_success").count(), accounts.len());
    let mut link = String::new();
    for message in
        catcher.caught().iter().filter(|message| message.event_type() == "patient.ehi_export_success")
    {
        let url = message.json()["data"]["download_links"][0]["url"].take();
        let url = url.as_str().expect("a link");
        link = party.signed(server.http.get(url)).send().await.is(302).location().to_string();
        let file = server.http.get(&link).send().await.is(200).text();
        assert!(file.contains("\"Lopez\""), "the records are the patient's");
    }
    assert!(!link.is_empty());
    let segments = |id_token: &str| id_token.split('.').skip(1).map(str::to_owned).collect::<Vec<_>>();
    let [first, second, third] =
        [token(&tokens, "id_token"), &id_token, token(&session, "id_token")].map(segments);
    let signature = link.rsplit_once("signature=").map(|(_, signature)| signature.to_owned());
    let mut planted = vec![
        ("payload of the CSP's ID token", first[0].clone()),
        ("signature of the CSP's ID token", first[1].clone()),
        ("payload of the renewed ID token", second[0].clone()),
        ("payload of the client's ID token", third[0].clone()),
        ("signature of the client's ID token", third[1].clone()),
        ("client secret", relying.client.client_secret.expose().to_owned()),
        ("access token of the CSP", token(&tokens, "access_token").to_owned()),
        ("refresh token", token(&tokens, "refresh_token").to_owned()),
        ("refresh token's successor", token(&renewed, "refresh_token").to_owned()),
        ("private key", party.private_key.expose().to_owned()),
        (
            "reference of the request_uri",
            request_uri.rsplit(['.', ':']).next().unwrap_or_default().to_owned(),
        ),
        ("handle of the consent page", handle),
        ("code", code),
        ("code verifier", pkce.verifier),
        ("access token of the session", access_token),
        ("webhook secret", endpoint.secret.expose().to_owned()),
        ("signature of a download link", signature.expect("a signature")),
    ];
    planted
        .extend(segments(&with_ssn).into_iter().map(|part| ("ID token with a social security number", part)));
    let person = [
        forge::SSN,
        "Lopez",
        "Camila",
        PATIENT,
        "4694694321",
        "469-469-4321",
        "1987-09-12",
        "3268 West Johnson",
    ];
    planted.extend(person.map(|text| ("person", text.to_owned())));
    planted
}

async fn nothing_is_readable(server: &TestServer, planted: &[(&'static str, String)]) {
    assert!(logs::hold("/v1/bridge/record_locator"), "log lines are kept");
    let rows = server.store().raw_rows().await;
    assert!(rows.contains("patient.ehi_export_success"), "rows are read");
    let files = files(server.folder.path());
    assert!(files.iter().any(|path| path.extension().is_some_and(|kind| kind == "jsonl")), "files are read");
    for (what, text) in planted {
        assert!(!logs::hold(text), "V42 the {what} stands in a log line");
        let lower = text.to_lowercase();
        assert!(!rows.contains(&lower), "V42 the {what} stands in a row");
        assert!(!rows.contains(&hex(text.as_bytes())), "V42 the {what} stands in a row of bytes");
        for path in &files {
            let bytes = std::fs::read(path).expect("a file");
            let holds = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!holds, "V42 the {what} stands in {}", path.display());
        }
    }
}

/// All files below the data folder but the key file, which unseals them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_none_or(|kind| kind != "key") {
            found.push(path);
        }
    }
    found
}

async fn on(database: Option<PostgresDatabase>) {
    let catcher = Catcher::start().await;
    let server = TestServer::with(Setup {
        database,
        world: World::of(&[Behaviour::Answers, Behaviour::Ambiguous, Behaviour::ReturnsAnother]),
        private_origins: vec![catcher.origin.clone()],
        ..Setup::default()
    })
    .await;
    let planted = travel(&server, &catcher).await;
    nothing_is_readable(&server, &planted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    on(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    if let Some(database) = PostgresDatabase::create().await {
        on(Some(database)).await;
    }
}
