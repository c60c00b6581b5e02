//! `POST /oauth2/authorize/decision`: the patient decides once.

use std::time::Duration;

use testkit::{Party, Pkce, TestServer};

async fn handle(server: &TestServer, party: &Party) -> String {
    let request_uri = party.push(&server.id_token()).await;
    party.open_consent(&request_uri, &Pkce::fresh()).await.is(200).hidden("handle")
}

#[tokio::test]
async fn az_6_az_7_allowing_leads_back_with_a_code() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let back = party.decide(&handle(&server, &party).await, "allow").await.is(303);
    assert!(back.location().as_str().starts_with(&party.widget_callback()));
    assert_eq!(back.parameter("code").map(|code| code.len()), Some(43));
    assert_eq!(back.parameter("state").as_deref(), Some("the state"));
    assert_eq!(back.parameter("iss").as_deref(), Some(server.http.base()));
    assert_eq!(back.header("cache-control"), "no-store");
    assert_eq!(server.store().row_counts().await["consents"], 1);
}

#[tokio::test]
async fn az_7_denying_leads_back_without_one_and_gives_no_consent() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let handle = handle(&server, &party).await;
    let back = party.decide(&handle, "deny").await.is(303);
    assert_eq!(back.parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(back.parameter("state").as_deref(), Some("the state"));
    assert_eq!(back.parameter("code"), None);
    assert_eq!(server.store().row_counts().await["consents"], 0);
    party.decide(&handle, "allow").await.is_problem(400, "nothing_to_decide");
    assert_eq!(server.store().row_counts().await["consents"], 0);
}

#[tokio::test]
async fn a_decision_is_taken_once_and_in_time() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let decided = handle(&server, &party).await;
    party.decide(&decided, "allow").await.is(303);
    for decision in ["allow", "deny"] {
        party.decide(&decided, decision).await.is_problem(400, "nothing_to_decide");
    }
    for guessed in ["", "x", &"A".repeat(43)] {
        party.decide(guessed, "allow").await.is_problem(400, "nothing_to_decide");
    }
    let late = handle(&server, &party).await;
    server.advance(Duration::from_mins(15));
    party.decide(&late, "allow").await.is_problem(400, "nothing_to_decide");
    assert_eq!(server.store().row_counts().await["consents"], 1);
}

#[tokio::test]
async fn a_form_that_does_not_decide_costs_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let handle = handle(&server, &party).await;
    let path = "/oauth2/authorize/decision";
    for decision in ["", "ALLOW", "yes"] {
        party.decide(&handle, decision).await.is_problem(400, "bad_request");
    }
    let twice = [("handle", handle.as_str()), ("decision", "deny"), ("decision", "allow")];
    server.http.form(path, &twice).send().await.is_problem(400, "bad_request");
    let body = testkit::http::encode(&[("handle", &handle), ("decision", "allow")]);
    server.http.post(path, "text/plain", body).send().await.is_problem(400, "bad_request");
    party.decide(&handle, "allow").await.is(303);
}

#[tokio::test]
async fn a_client_that_was_switched_off_meanwhile_gets_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let handle = handle(&server, &party).await;
    let public_id = model::PublicId::parse(&party.public_id).expect("a public id");
    let mut tx = server.store().write().await.expect("a transaction");
    assert!(tx.set_credential_active(&server.organization.id, &public_id, false).await.expect("switched"));
    tx.commit().await.expect("committed");
    party.decide(&handle, "allow").await.is_problem(400, "nothing_to_decide");
    assert_eq!(server.store().row_counts().await["consents"], 0);
}

#[tokio::test]
async fn nothing_is_allowed_to_an_organisation_without_tefca() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (waiting, other) = (handle(&server, &party).await, handle(&server, &party).await);
    server.change_organization(|organization| organization.test.tefca = false).await;
    party.decide(&waiting, "allow").await.is_problem(400, "nothing_to_decide");
    assert_eq!(server.store().row_counts().await["consents"], 0);
    // The patient can say no to it all the same.
    party.decide(&other, "deny").await.is(303);
}
