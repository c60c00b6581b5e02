//! `…/par`: pushed requests to the CSP.

use std::time::Duration;

use http::Method;
use testkit::TestServer;
use testkit::http::Call;

use super::{PRODUCTION, Relying, SANDBOX};

fn push(relying: &Relying, parameters: &[(&str, &str)]) -> Call {
    relying.http.form(&format!("{SANDBOX}/par"), &relying.request(parameters))
}

async fn pushed(relying: &Relying) -> String {
    let answer = relying.signed(push(relying, &[])).send().await.is(201);
    assert_eq!(
        (answer.header("cache-control"), answer.json()["expires_in"].as_u64()),
        ("no-store", Some(90))
    );
    answer.json()["request_uri"].as_str().expect("a request_uri").to_owned()
}

async fn open(relying: &Relying, client_id: &str, request_uri: &str) -> testkit::Answer {
    let query = testkit::http::encode(&[("client_id", client_id), ("request_uri", request_uri)]);
    relying.http.get(&format!("{SANDBOX}/authorize?{query}")).send().await
}

#[tokio::test]
async fn a_pushed_request_opens_one_inquiry_of_its_client_in_time() {
    let server = TestServer::start().await;
    let (relying, stranger) = (Relying::party(&server).await, Relying::party(&server).await);
    let (own, request_uri) = (relying.client.client_id.as_str(), pushed(&relying).await);
    open(&relying, &stranger.client.client_id, &request_uri).await.is_problem(400, "request_uri");
    open(&relying, own, "urn:ietf:params:oauth:request_uri:x").await.is_problem(400, "request_uri");
    open(&relying, own, "https://app.example/request").await.is_problem(400, "request_uri");
    open(&relying, own, &request_uri).await.is(200).hidden("handle");
    open(&relying, own, &request_uri).await.is_problem(400, "request_uri");
    let late = pushed(&relying).await;
    server.advance(Duration::from_secs(90));
    open(&relying, own, &late).await.is_problem(400, "request_uri");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_once_and_nothing_is_kept() {
    let server = TestServer::start().await;
    let (relying, stranger) = (Relying::party(&server).await, Relying::party(&server).await);
    for (name, value) in [
        ("redirect_uri", "https://evil.example/"),
        ("response_type", "token"),
        ("scope", "profile"),
        ("code_challenge", "short"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x"),
    ] {
        relying.signed(push(&relying, &[(name, value)])).send().await.is_oauth_error(400, "invalid_request");
    }
    push(&relying, &[]).send().await.is_oauth_error(401, "invalid_client");
    push(&relying, &[])
        .basic(&relying.client.client_id, "wrong")
        .send()
        .await
        .is_oauth_error(401, "invalid_client");
    stranger.signed(push(&relying, &[])).send().await.is_oauth_error(401, "invalid_client");
    let both = relying.signed(push(&relying, &[("client_secret", relying.client.client_secret.expose())]));
    both.send().await.is_oauth_error(400, "invalid_request");
    let production = relying.http.form(&format!("{PRODUCTION}/par"), &relying.request(&[]));
    relying.signed(production).send().await.is_oauth_error(401, "invalid_client");
    server
        .http
        .bare(Method::GET, &format!("{SANDBOX}/par"))
        .send()
        .await
        .is_oauth_error(405, "invalid_request");
    assert_eq!(server.store().row_counts().await["csp_pushed_requests"], 0);
}
