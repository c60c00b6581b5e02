//! Endpoints and deliveries.

use testkit::catcher::{Caught, Manner};
use testkit::{Catcher, Setup, TestServer};

use super::{Desk, shows_fault};

/// A server that may send webhooks to a catcher.
async fn server_and_catcher() -> (TestServer, Catcher) {
    let catcher = Catcher::start().await;
    let setup = Setup { private_origins: vec![catcher.origin.clone()], ..Setup::default() };
    (TestServer::with(setup).await, catcher)
}

#[tokio::test]
async fn the_secret_is_shown_once_and_signs_what_is_sent() {
    let (server, catcher) = server_and_catcher().await;
    let desk = Desk::open(&server).await;
    let url = catcher.url.clone();
    let fields = [("url", url.as_str()), ("mode", "test"), ("events.patient.connection_success", "on")];
    let page = desk.post(&desk.path("/webhooks"), &fields).await.is(201);
    let html = page.text();
    let secret =
        html.split('>').find_map(|text| text.strip_prefix("whsec_")?.split('<').next()).expect("a secret");
    let secret = model::Secret::new(format!("whsec_{secret}"));

    let known = server.store().read().await.expect("tx").webhook_endpoints_of(&server.organization.id).await;
    let endpoint = known.expect("endpoints").pop().expect("the endpoint");
    assert_eq!(endpoint.event_types, ["patient.connection_success"]);
    let path = desk.path(&format!("/webhooks/{}", endpoint.id));
    for path in ["/portal", "/portal/audit", &path, &desk.path("/webhooks")] {
        assert!(!desk.get(path).await.is(200).text().contains("whsec_"), "{path}");
    }

    let answer = desk.post(&format!("{path}/test"), &[]).await.is(303);
    assert!(answer.header("location").ends_with("done=test-sent"));
    server.work().await;
    let caught = catcher.caught();
    assert_eq!(caught.len(), 1);
    assert!(caught[0].is_signed_with(&secret) && caught[0].event_type() == "webhook.test");
    let page = desk.get(&path).await.text();
    assert!(
        page.contains("webhook.test") && page.contains(">Success<") && page.contains("2026-05-28T20:26:40Z")
    );
    let trail = desk.trail().await.join("\n");
    for action in ["added", "tested"] {
        assert!(trail.contains(&format!("operator webhook_endpoint.{action} {}", endpoint.id)), "{action}");
    }
}

#[tokio::test]
async fn what_was_given_up_can_be_sent_again() {
    let (server, catcher) = server_and_catcher().await;
    let desk = Desk::open(&server).await;
    let endpoint = server.endpoint(&catcher.url, &[]).await;
    let path = desk.path(&format!("/webhooks/{}", endpoint.id));
    catcher.behave(Manner::Answers(500));
    desk.post(&format!("{path}/test"), &[]).await.is(303);
    server.work().await;
    let delivery = server
        .store()
        .read()
        .await
        .expect("tx")
        .deliveries_to(&endpoint.id, 1)
        .await
        .expect("read")
        .remove(0);
    let resend = format!("{path}/deliveries/{}", delivery.id);
    assert!(desk.get(&path).await.text().contains(">Pending<"));
    assert!(!desk.get(&path).await.text().contains(&resend), "there is nothing to send again yet");
    let early = desk.post(&resend, &[]).await.is(303);
    assert!(early.header("location").ends_with("done=not-resent"));
    for wait in testkit::RETRIES {
        server.advance(wait);
        server.work().await;
    }
    let desk = Desk::open(&server).await;
    let page = desk.get(&path).await.text();
    assert!(page.contains(">Given up<") && page.contains("status 500") && page.contains(&resend));
    catcher.behave(Manner::Answers(204));
    desk.post(&resend, &[]).await.is(303);
    server.work().await;
    assert!(desk.get(&path).await.text().contains(">Success<"));
    assert_eq!(catcher.caught().last().map(Caught::id), Some(delivery.event_id.to_string()));
    assert_eq!(
        desk.last_change().await,
        format!("operator webhook_endpoint.resent {} {}", endpoint.id, delivery.id)
    );
}

#[tokio::test]
async fn an_endpoint_that_is_switched_off_gets_nothing() {
    let (server, catcher) = server_and_catcher().await;
    let desk = Desk::open(&server).await;
    let endpoint = server.endpoint(&catcher.url, &[]).await;
    let path = desk.path(&format!("/webhooks/{}", endpoint.id));
    desk.post(&path, &[("active", "false")]).await.is(303);
    let answer = desk.post(&format!("{path}/test"), &[]).await.is(303);
    assert!(answer.header("location").ends_with("done=test-not-sent"));
    assert_eq!((server.work().await, catcher.caught().len()), (0, 0));
    desk.post(&path, &[("active", "true")]).await.is(303);
    desk.post(&format!("{path}/test"), &[]).await.is(303);
    server.work().await;
    assert_eq!(catcher.caught().len(), 1);
}

#[tokio::test]
async fn urls_that_cannot_be_sent_to_are_refused_with_the_reason() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    server.endpoint("https://app.example/known", &[]).await;
    let before = desk.trail().await;
    for (url, text) in [
        ("", "This is not a URL"),
        ("hooks", "This is not a URL"),
        ("http://app.example/hooks", "Use an https address."),
        ("javascript:alert(1)", "Use an https address."),
        ("https://user:word@app.example/hooks", "user name or password"),
        ("https://10.0.0.1/hooks", "not a public address"),
        ("https://app.example/known", "has an endpoint with this URL already"),
    ] {
        let fields = [("url", url), ("mode", "live"), ("events.patient.authorization_revoked", "on")];
        let page = desk.post(&desk.path("/webhooks"), &fields).await.is(422);
        shows_fault(&page, "url", text);
        assert!(page.text().contains(&format!("name=\"url\" value=\"{url}\"")), "{url}");
        assert!(page.text().contains("name=\"events.patient.authorization_revoked\" value=\"on\" checked"));
    }
    let page = desk.post(&desk.path("/webhooks"), &[("url", "https://app.example/hooks")]).await.is(422);
    shows_fault(&page, "mode", "Choose test or live.");
    assert_eq!(desk.trail().await, before);
}

#[tokio::test]
async fn only_events_that_exist_can_be_opted_into() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let fields = [("url", "https://app.example/hooks"), ("mode", "test"), ("events.<script>", "on")];
    desk.post(&desk.path("/webhooks"), &fields).await.is(201);
    let known = server.store().read().await.expect("tx").webhook_endpoints_of(&server.organization.id).await;
    assert!(known.expect("endpoints").iter().all(|endpoint| endpoint.event_types.is_empty()));
}
