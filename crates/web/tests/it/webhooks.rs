//! Webhooks: signed, retried under the same id, given up in the end, and never sent where they must not go.

use std::time::Duration;

use connect::webhooks::{EndpointRefused, add_endpoint, resend, send_test};
use http::Method;
use model::Mode;
use sandbox::World;
use sandbox::world::Behaviour;
use store::{Delivery, DeliveryStatus, WebhookEndpoint};
use testkit::catcher::Manner;
use testkit::{Catcher, NOW, RETRIES, Setup, TestServer, logs};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const OPT_IN: [&str; 2] = ["patient.connection_success", "patient.authorization_revoked"];

async fn server_with(catcher: &Catcher) -> TestServer {
    TestServer::with(Setup { private_origins: vec![catcher.origin.clone()], ..Setup::default() }).await
}

async fn test_event(server: &TestServer, endpoint: &WebhookEndpoint) {
    assert!(send_test(&server.app.connect, endpoint, "test", "test").await.expect("the store works"));
}

/// The deliveries to an endpoint, newest first.
async fn deliveries(server: &TestServer, endpoint: &WebhookEndpoint) -> Vec<Delivery> {
    let mut tx = server.store().read().await.expect("a transaction");
    tx.deliveries_to(&endpoint.id, 100).await.expect("read")
}

#[tokio::test]
async fn the_journey_is_told_in_signed_messages() {
    let catcher = Catcher::start().await;
    let server = server_with(&catcher).await;
    let party = server.party().await;
    let endpoint = server.endpoint(&catcher.url, &OPT_IN).await;
    let (_, connections) = server.connected(&party).await;
    server.work().await;
    let begun = party.export(&connections[0]).send().await.is(200).json();
    server.work().await;
    let link = catcher.caught()[1].json()["data"]["download_links"][0]["url"].take();
    party.download(link.as_str().expect("a link")).await;
    let path = format!("/v1/bridge/org_connection/{}", connections[0]);
    party.signed(server.http.bare(Method::DELETE, &path)).send().await.is(200);
    test_event(&server, &endpoint).await;
    server.work().await;

    let caught = catcher.caught();
    let mut types: Vec<_> = caught.iter().map(testkit::catcher::Caught::event_type).collect();
    types[2..].sort();
    assert_eq!(
        types,
        [
            "patient.connection_success",
            "patient.ehi_export_success",
            "patient.authorization_revoked",
            "webhook.test"
        ]
    );
    for message in &caught {
        assert!(message.is_signed_with(&endpoint.secret));
        assert_eq!(message.header("content-type"), "application/json");
        assert_eq!(message.header("webhook-id"), message.id());
        assert_eq!(message.header("webhook-timestamp"), NOW.seconds().to_string());
        let body = message.json();
        assert_eq!(
            (body["api_mode"].as_str(), body["date"].as_str()),
            (Some("test"), Some("2026-05-28T20:26:40Z"))
        );
        for told in ["Camila", "Lopez", "knixontestemail", "eyJ"] {
            assert!(!message.body.contains(told), "a webhook tells {told}");
        }
    }
    let (success, export) = (caught[0].json(), caught[1].json());
    assert_eq!(success["data"]["org_connection_id"], connections[0].as_str());
    assert_eq!(
        (success["data"]["external_id"].as_str(), success["data"]["platform_type"].as_str()),
        (Some("patient-7"), Some("tefca"))
    );
    assert_eq!(success["data"]["provider_name"], "Place 1");
    assert_eq!(export["data"]["task_id"], begun["data"]["task_id"]);
    assert_eq!(export["data"]["download_link"], link);
    assert!(!logs::hold(endpoint.secret.expose()));
}

#[tokio::test]
async fn an_endpoint_gets_what_it_asked_for_and_what_always_comes() {
    let (asks, asks_not) = (Catcher::start().await, Catcher::start().await);
    let server = TestServer::with(Setup {
        private_origins: vec![asks.origin.clone(), asks_not.origin.clone()],
        ..Setup::default()
    })
    .await;
    let party = server.party().await;
    server.endpoint(&asks.url, &OPT_IN).await;
    server.endpoint(&asks_not.url, &[]).await;
    let (_, connections) = server.connected(&party).await;
    party.export(&connections[0]).send().await.is(200);
    server.work().await;
    let types = |catcher: &Catcher| {
        let mut types: Vec<_> = catcher.caught().iter().map(testkit::catcher::Caught::event_type).collect();
        types.sort();
        types
    };
    assert_eq!(types(&asks), ["patient.connection_success", "patient.ehi_export_success"]);
    assert_eq!(types(&asks_not), ["patient.ehi_export_success"]);
}

#[tokio::test]
async fn an_export_that_fails_says_why() {
    let catcher = Catcher::start().await;
    let server = server_with(&catcher).await;
    let party = server.party().await;
    server.endpoint(&catcher.url, &[]).await;
    let (_, connections) = server.connected(&party).await;
    party.export(&connections[0]).send().await.is(200);
    server.advance(Duration::from_hours(1));
    server.work().await;
    let failed = catcher.caught().remove(0).json();
    assert_eq!(failed["type"], "patient.ehi_export_failed");
    assert_eq!(failed["data"]["failure_reason"], "token_refresh_failure");
    assert_eq!(failed["data"]["org_connection_id"], connections[0].as_str());
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_with_the_same_id_and_kept_when_given_up() {
    let catcher = Catcher::start().await;
    let server = server_with(&catcher).await;
    let endpoint = server.endpoint(&catcher.url, &[]).await;
    catcher.behave(Manner::Answers(500));
    test_event(&server, &endpoint).await;
    assert_eq!(server.work().await, 1);
    for (tried, wait) in (1..).zip(RETRIES) {
        assert_eq!(catcher.caught().len(), tried);
        let waiting = deliveries(&server, &endpoint).await.remove(0);
        assert_eq!((waiting.status, waiting.last_status), (DeliveryStatus::Pending, Some(500)));
        server.advance(wait.checked_sub(Duration::from_secs(1)).unwrap());
        assert_eq!(server.work().await, 0, "not before its time");
        server.advance(Duration::from_secs(1));
        assert_eq!(server.work().await, 1);
    }
    let given_up = deliveries(&server, &endpoint).await.remove(0);
    assert_eq!((given_up.status, given_up.attempts), (DeliveryStatus::Dead, 5));
    assert_eq!(given_up.last_error.as_deref(), Some("the endpoint answered with status 500"));
    server.advance(Duration::from_hours(1000));
    assert_eq!(server.work().await, 0, "nothing more is tried");

    let caught = catcher.caught();
    let (ids, stamps): (Vec<_>, Vec<_>) =
        caught.iter().map(|message| (message.id(), message.header("webhook-timestamp").to_owned())).unzip();
    assert!(ids.iter().all(|id| *id == ids[0]) && stamps.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(
        caught.iter().all(|message| message.is_signed_with(&endpoint.secret)),
        "each attempt is signed anew"
    );

    catcher.behave(Manner::Answers(200));
    assert!(
        resend(&server.app.connect, &endpoint, &given_up.id, "test", "test").await.expect("the store works")
    );
    assert_eq!(server.work().await, 1);
    let taken = deliveries(&server, &endpoint).await.remove(0);
    assert_eq!((taken.status, taken.last_error), (DeliveryStatus::Success, None));
    assert_eq!(catcher.caught().last().map(testkit::catcher::Caught::id), ids.first().cloned());
    assert!(
        !resend(&server.app.connect, &endpoint, &model::id::DeliveryId::from_random([1; 16]), "test", "test")
            .await
            .expect("the store works")
    );
}

#[tokio::test]
async fn each_way_of_not_taking_it_is_named() {
    let (catcher, elsewhere) = (Catcher::start().await, Catcher::start().await);
    let gone = "http://127.0.0.1:1";
    let server = TestServer::with(Setup {
        private_origins: vec![catcher.origin.clone(), gone.to_owned()],
        webhook_timeout: Duration::from_secs(2),
        ..Setup::default()
    })
    .await;
    for (manner, status, error) in [
        (Manner::Answers(404), Some(404), "the endpoint answered with status 404"),
        (
            Manner::Redirects(elsewhere.url.clone()),
            Some(302),
            "redirects are not followed: register the final URL",
        ),
        (Manner::Hangs, None, "no answer in time"),
        (Manner::HangsUp, None, "the answer broke off"),
    ] {
        let endpoint = server.endpoint(&format!("{}?{error}", catcher.url), &[]).await;
        catcher.behave(manner);
        test_event(&server, &endpoint).await;
        server.work().await;
        let kept = deliveries(&server, &endpoint).await.remove(0);
        assert_eq!((kept.status, kept.attempts), (DeliveryStatus::Pending, 1), "{error}");
        assert_eq!((kept.last_status, kept.last_error.as_deref()), (status, Some(error)));
    }
    let endpoint = server.endpoint(&format!("{gone}/webhooks"), &[]).await;
    test_event(&server, &endpoint).await;
    server.work().await;
    let kept = deliveries(&server, &endpoint).await.remove(0);
    assert_eq!((kept.last_status, kept.last_error.as_deref()), (None, Some("no connection")));
    assert!(elsewhere.caught().is_empty(), "a redirect is not followed");
}

#[tokio::test]
async fn an_endpoint_that_talks_on_and_on_has_taken_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let server = TestServer::with(Setup { private_origins: vec![origin.clone()], ..Setup::default() }).await;
    let talking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        assert!(stream.read(&mut [0; 4096]).await.expect("a request") > 0);
        // No end to it: neither a length nor a last chunk.
        let mut said = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
        while said.is_ok() {
            said = stream.write_all(b"2\r\nok\r\n").await;
        }
    });
    let endpoint = server.endpoint(&origin, &[]).await;
    test_event(&server, &endpoint).await;
    assert_eq!(server.work().await, 1);
    let taken = deliveries(&server, &endpoint).await.remove(0);
    assert_eq!((taken.status, taken.attempts, taken.last_status), (DeliveryStatus::Success, 1, Some(200)));
    talking.await.expect("nobody listens any more");
}

#[tokio::test]
async fn a_private_address_is_neither_registered_nor_dialled() {
    let listed = Catcher::start().await;
    let unlisted = Catcher::start().await;
    let server = server_with(&listed).await;
    let organization = &server.organization.id;
    for url in [
        unlisted.url.as_str(),
        "http://example.org/webhooks",
        "https://127.0.0.1/webhooks",
        "https://10.0.0.5/webhooks",
        "https://[::1]/webhooks",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/webhooks",
        "https://user:word@example.org/webhooks",
        "ftp://example.org/",
        "nonsense",
        "",
    ] {
        let added =
            add_endpoint(&server.app.connect, organization, Mode::Test, url, &[], "test", "test").await;
        assert!(matches!(added, Err(EndpointRefused::Url(_))), "{url}");
    }
    // One that was listed when it was registered, and is not any more.
    let endpoint = WebhookEndpoint {
        id: model::id::WebhookEndpointId::from_random([1; 16]),
        organization_id: organization.clone(),
        mode: Mode::Test,
        url: unlisted.url.clone(),
        secret: model::Secret::new("whsec_MDEyMw==".to_owned()),
        event_types: Vec::new(),
        active: true,
    };
    let mut tx = server.store().write().await.expect("a transaction");
    assert!(tx.add_webhook_endpoint(&endpoint, NOW).await.expect("added"));
    tx.commit().await.expect("committed");
    test_event(&server, &endpoint).await;
    server.work().await;
    let kept = deliveries(&server, &endpoint).await.remove(0);
    assert_eq!((kept.status, kept.last_status), (DeliveryStatus::Pending, None));
    assert!(kept.last_error.is_some_and(|error| error.contains("only https is dialled")));
    assert!(unlisted.caught().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_was_switched_off_gets_nothing_more() {
    let catcher = Catcher::start().await;
    let server = server_with(&catcher).await;
    let endpoint = server.endpoint(&catcher.url, &[]).await;
    test_event(&server, &endpoint).await;
    let mut tx = server.store().write().await.expect("a transaction");
    assert!(
        tx.set_webhook_endpoint_active(&endpoint.id, &server.organization.id, false).await.expect("switched")
    );
    tx.commit().await.expect("committed");
    server.work().await;
    assert!(catcher.caught().is_empty());
    assert!(!send_test(&server.app.connect, &endpoint, "test", "test").await.expect("the store works"));
    let kept = deliveries(&server, &endpoint).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].last_error.as_deref(), Some("the endpoint is switched off"));
}

#[tokio::test]
async fn a_url_is_registered_once_and_events_by_their_names() {
    let catcher = Catcher::start().await;
    let server = server_with(&catcher).await;
    server.endpoint(&catcher.url, &[]).await;
    let add = |mode, url: String, events: Vec<String>| {
        let (connect, organization) = (server.app.connect.clone(), server.organization.id.clone());
        async move { add_endpoint(&connect, &organization, mode, &url, &events, "test", "test").await }
    };
    let again = add(Mode::Live, catcher.url.clone(), Vec::new()).await;
    assert!(matches!(again, Err(EndpointRefused::Duplicate)));
    let unknown = add(Mode::Test, format!("{}/2", catcher.url), vec!["patient.sneezed".to_owned()]).await;
    assert!(matches!(unknown, Err(EndpointRefused::EventType(name)) if name == "patient.sneezed"));
}

#[tokio::test]
async fn one_endpoint_in_trouble_holds_nobody_else_up() {
    let (slow, quick) = (Catcher::start().await, Catcher::start().await);
    let server = TestServer::with(Setup {
        world: World::of(&[Behaviour::Answers, Behaviour::Answers]),
        private_origins: vec![slow.origin.clone(), quick.origin.clone()],
        webhook_timeout: Duration::from_secs(2),
        ..Setup::default()
    })
    .await;
    slow.behave(Manner::Hangs);
    let (stuck, fine) =
        (server.endpoint(&slow.url, &OPT_IN).await, server.endpoint(&quick.url, &OPT_IN).await);
    server.connected(&server.party().await).await;
    server.work().await;
    assert_eq!(quick.caught().len(), 2);
    assert!(
        deliveries(&server, &fine).await.iter().all(|delivery| delivery.status == DeliveryStatus::Success)
    );
    assert!(
        deliveries(&server, &stuck).await.iter().all(|delivery| delivery.status == DeliveryStatus::Pending)
    );
}
