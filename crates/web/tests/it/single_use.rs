//! What may be used once is used once, over HTTP, however many try at the same time, on either engine.

use std::sync::Arc;

use model::ClientPolicy;
use store::scratch::PostgresDatabase;
use testkit::http::Call;
use testkit::{Answer, Holder, Pkce, Setup, TestServer};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const RUNNERS: usize = 64;

/// The answers to 64 calls that are made at the same time.
async fn race(call: impl Fn() -> Call) -> Vec<Answer> {
    let line = Arc::new(Barrier::new(RUNNERS));
    let mut runners = JoinSet::new();
    for _ in 0..RUNNERS {
        let (line, call) = (Arc::clone(&line), call());
        runners.spawn(async move {
            line.wait().await;
            call.send().await
        });
    }
    runners.join_all().await
}

fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

async fn az_3_a_request_uri_is_shown_once(server: &TestServer) {
    let party = server.party().await;
    let (request_uri, pkce) = (party.push(&server.id_token()).await, Pkce::fresh());
    let callback = party.widget_callback();
    let query = testkit::http::encode(&[
        ("response_type", "code"),
        ("client_id", &party.public_id),
        ("redirect_uri", &callback),
        ("code_challenge", &pkce.challenge),
        ("code_challenge_method", "S256"),
        ("request_uri", &request_uri),
    ]);
    let answers = race(|| server.http.get(&format!("/v1/oauth2/authorize?{query}"))).await;
    assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (1, RUNNERS - 1));
    assert_eq!(server.store().row_counts().await["authorizations"], 1);
    for lost in answers.iter().filter(|answer| answer.status == 400) {
        lost.is_problem(400, "request_uri");
    }
}

async fn t5_a_code_is_redeemed_once(server: &TestServer) {
    let party = server.party().await;
    let pkce = Pkce::fresh();
    let code = party.allow(&party.push(&server.id_token()).await, &pkce).await;
    let answers = race(|| party.redeem(&code, &pkce.verifier)).await;
    assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (1, RUNNERS - 1));
    assert_eq!(server.store().row_counts().await["access_tokens"], 1);
    for lost in answers.iter().filter(|answer| answer.status == 400) {
        lost.is_oauth_error(400, "invalid_grant");
    }
}

async fn a_decision_is_taken_once(server: &TestServer) {
    let party = server.party().await;
    let page = party.open_consent(&party.push(&server.id_token()).await, &Pkce::fresh()).await.is(200);
    let (handle, before) = (page.hidden("handle"), server.store().row_counts().await["consents"]);
    let path = "/oauth2/authorize/decision";
    let answers = race(|| server.http.form(path, &[("handle", &handle), ("decision", "allow")])).await;
    assert_eq!((with_status(&answers, 303), with_status(&answers, 400)), (1, RUNNERS - 1));
    assert_eq!(server.store().row_counts().await["consents"], before + 1);
}

async fn an_account_is_connected_once(server: &TestServer) {
    let party = server.party().await;
    let (session, found) = server.located(&party).await;
    let accounts: Vec<_> =
        found["discovered_patient_accounts"].as_object().expect("accounts").keys().collect();
    let body = serde_json::json!({"vault_connection_ids": accounts});
    let path = "/v1/bridge/vault_connection/authorize";
    let answers = race(|| server.http.json(path, &body).bearer(&session)).await;
    assert_eq!(with_status(&answers, 200), RUNNERS);
    assert_eq!(server.store().row_counts().await["connections"], 1);
}

async fn t9_j11_a_proof_of_possession_counts_once(server: &TestServer) {
    let party = server.party().await;
    let policy = ClientPolicy { client_credentials: true, ..ClientPolicy::default() };
    server.set_policy(&party, policy).await;
    let proof = Holder::new(server).proof("/oauth2/token");
    let grant = [("grant_type", "client_credentials")];
    let asked = || party.signed(party.http.form("/oauth2/token", &grant)).header("dpop", &proof);
    let answers = race(asked).await;
    assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (1, RUNNERS - 1));
    for lost in answers.iter().filter(|answer| answer.status == 400) {
        lost.is_oauth_error(400, "invalid_dpop_proof");
    }
}

/// Each on both engines.
macro_rules! on_both_engines {
    ($($race:ident)*) => {$(
        mod $race {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_sqlite() {
                super::$race(&TestServer::start().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_postgres() {
                let Some(database) = PostgresDatabase::create().await else { return };
                let setup = Setup { database: Some(database), ..Setup::default() };
                super::$race(&TestServer::with(setup).await).await;
            }
        }
    )*};
}

on_both_engines! {
    az_3_a_request_uri_is_shown_once
    t5_a_code_is_redeemed_once
    a_decision_is_taken_once
    an_account_is_connected_once
    t9_j11_a_proof_of_possession_counts_once
}
