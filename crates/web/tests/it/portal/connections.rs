//! Connections and their end.

use testkit::TestServer;

use super::Desk;

#[tokio::test]
async fn a_connection_is_shown_and_revoked_after_a_question() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    assert!(
        desk.get(&desk.path("/connections")).await.text().contains("No patient has connected records yet.")
    );
    let (_, connections) = server.connected(&server.party().await).await;
    let id = connections.first().expect("a connection");
    let revoke = desk.path(&format!("/connections/{id}/revoke"));

    let list = desk.get(&desk.path("/connections")).await.is(200).text();
    assert!(list.contains(id) && list.contains(">Connected<") && list.contains(&revoke));
    assert!(list.contains("datetime=\"2026-05-28T20:26:40Z\">2026-05-28 20:26:40\u{a0}UTC<"));
    let question = desk.get(&revoke).await.is(200).text();
    assert!(
        question.contains("Revoke this connection?")
            && question.contains(&format!("action=\"{revoke}?lang=en\""))
    );
    assert!(
        desk.get(&desk.path("/connections")).await.text().contains(">Connected<"),
        "asking revokes nothing"
    );

    desk.post(&revoke, &[]).await.is(303);
    let list = desk.get(&desk.path("/connections")).await.text();
    assert!(list.contains(">Revoked<") && !list.contains(&revoke));
    assert_eq!(desk.last_change().await, format!("operator connection.revoked {id}"));
    assert!(desk.get(&revoke).await.text().contains("This connection is revoked already."));

    let before = desk.trail().await;
    desk.post(&revoke, &[]).await.is(303);
    assert_eq!(desk.trail().await, before, "there was nothing left to do");
}

#[tokio::test]
async fn another_organizations_connection_is_not_found() {
    let server = TestServer::start().await;
    let (_, connections) = server.connected(&server.party().await).await;
    let id = connections.first().expect("a connection");
    let other = server.another_organization(2).await;
    let desk = Desk::open(&server).await;
    let path = format!("/portal/organizations/{}/connections/{id}/revoke", other.id);
    desk.get(&path).await.is_problem(404, "not_found");
    desk.post(&path, &[]).await.is_problem(404, "not_found");
    assert!(desk.get(&desk.path("/connections")).await.text().contains(">Connected<"));
}

#[tokio::test]
async fn a_connection_whose_consent_has_ended_says_so() {
    let server = TestServer::start().await;
    server.connected(&server.party().await).await;
    server.advance(std::time::Duration::from_hours(366 * 24));
    let desk = Desk::open(&server).await;
    assert!(desk.get(&desk.path("/connections")).await.text().contains(">Consent ended<"));
}
