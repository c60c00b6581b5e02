//! The audit trail.

use testkit::TestServer;

use super::Desk;

#[tokio::test]
async fn the_trail_shows_who_did_what_to_what_and_when() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    party.push(&server.id_token()).await;
    party.par("nonsense").send().await.is(400);
    let answer = desk.post("/portal", &[("name", "Example Health")]).await.is(303);
    let page = desk.get("/portal/audit").await.is(200).text();
    let request_id = answer.header("x-request-id");
    for text in [
        "datetime=\"2026-05-28T20:26:40Z\"",
        request_id,
        "operator.signed_in",
        "organization.added",
        "par.accepted",
        "par.refused",
        &party.public_id,
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains(party.private_key.expose()));
    let at = |text: &str| page.find(text).unwrap_or(usize::MAX);
    assert!(at("organization.added") < at("par.accepted"), "the newest line stands first");
}
