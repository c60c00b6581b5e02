//! What refused pushes leave in the audit trail.

use std::time::Duration;

use store::AuditEntry;
use testkit::{Party, TestServer};

async fn refuse(server: &TestServer, party: &Party) -> String {
    let form = server.http.form("/oauth2/par", &[("scope", "phone")]);
    party.signed(form).send().await.is(400).header("x-request-id").to_owned()
}

/// Of the trail, newest first, how pushes were refused.
async fn lines(server: &TestServer) -> Vec<AuditEntry> {
    server.app.write_request_log().await.expect("written");
    let trail = server.store().read().await.expect("a transaction").audit_trail(1000).await.expect("read");
    trail.into_iter().filter(|entry| entry.action == "par.refused").collect()
}

#[tokio::test]
async fn a_refusal_writes_nothing_while_its_caller_waits() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let before = server.store().row_counts().await;
    refuse(&server, &party).await;
    assert_eq!(server.store().row_counts().await, before);
    assert_eq!(lines(&server).await.len(), 1);
    assert_eq!(lines(&server).await.len(), 1, "it is written once");
}

#[tokio::test]
async fn a_client_that_is_refused_again_and_again_fills_no_trail_and_none_of_it_is_lost() {
    let server = TestServer::start().await;
    let (party, other) = (server.party().await, server.party().await);
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(refuse(&server, &party).await);
    }
    refuse(&server, &other).await;
    let trail = lines(&server).await;
    assert_eq!(trail.len(), 6, "{trail:?}");
    server.advance(Duration::from_mins(1));
    let trail = lines(&server).await;
    assert_eq!(trail.len(), 7);
    assert_eq!(trail[0].detail, "par.scope: refused 35 more times like this");
    assert_eq!((&trail[0].request_id, &trail[0].actor), (&ids[39], &party.public_id));
    assert_eq!(refuse(&server, &party).await, lines(&server).await[0].request_id);
}

#[tokio::test]
async fn what_was_left_out_is_said_when_serving_ends() {
    let server = TestServer::start().await;
    let party = server.party().await;
    for _ in 0..7 {
        refuse(&server, &party).await;
    }
    openias_web::keep_request_log(&server.app, std::future::ready(())).await;
    let trail = lines(&server).await;
    assert_eq!(trail.len(), 6);
    assert_eq!(trail[0].detail, "par.scope: refused 2 more times like this");
}
