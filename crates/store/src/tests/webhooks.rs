//! Webhooks: who gets which event, and how each delivery ends.

use model::id::{DeliveryId, EventId, WebhookEndpointId};
use model::{Credential, Mode, Secret};

use super::on_both_engines;
use super::sample::{NOW, client, endpoint, in_a_minute};
use crate::{DeliveryStatus, JobKind, Store, WebhookEndpoint, WebhookEvent};

/// Keeps an event for the endpoints that ask for it; how many there are. Deliveries are numbered on from
/// `number`.
pub(super) async fn happen(store: &Store, client: &Credential, mode: Mode, number: u8) -> usize {
    let event = WebhookEvent {
        id: &EventId::from_random([number; 16]),
        organization_id: &client.organization_id,
        mode,
        event_type: "patient.connection_success",
        data: r#"{"org_connection_id":"x"}"#,
        created_at: NOW,
    };
    let fresh = std::cell::Cell::new(number);
    let mut tx = store.write().await.expect("a transaction");
    let wants = |_: &_, types: &[String]| types.iter().any(|wanted| wanted == event.event_type);
    let sent =
        tx.add_webhook_event(&event, wants, || delivery(fresh.replace(fresh.get() + 1))).await.expect("kept");
    tx.commit().await.expect("committed");
    sent
}

pub(super) fn delivery(number: u8) -> DeliveryId {
    DeliveryId::from_random([number; 16])
}

on_both_engines! {
    async fn an_endpoint_is_read_by_its_organisation_alone(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let id = endpoint(&stage.store, &one, Mode::Test, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let kept = tx.webhook_endpoint(&id, &one.organization_id).await.expect("read").expect("found");
        assert_eq!((kept.url.as_str(), kept.mode, kept.active), ("https://app.example/webhooks/1", Mode::Test, true));
        assert_eq!((kept.secret.expose(), kept.event_types.len()), ("whsec_1", 1));
        assert!(tx.webhook_endpoint(&id, &other.organization_id).await.expect("read").is_none());
        assert!(!tx.set_webhook_endpoint_active(&id, &other.organization_id, false).await.expect("asked"));
        assert!(tx.webhook_endpoints_of(&one.organization_id).await.expect("read")[0].active);
    }

    async fn a_url_is_registered_once_in_an_organisation(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let first = endpoint(&stage.store, &client, Mode::Test, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let again = WebhookEndpoint {
            id: WebhookEndpointId::from_random([2; 16]),
            organization_id: client.organization_id.clone(),
            mode: Mode::Live,
            url: "https://app.example/webhooks/1".to_owned(),
            secret: Secret::new("whsec_2".to_owned()),
            event_types: Vec::new(),
            active: true,
        };
        assert!(!tx.add_webhook_endpoint(&again, NOW).await.expect("asked"));
        let kept = tx.webhook_endpoints_of(&client.organization_id).await.expect("read");
        assert_eq!(kept.iter().map(|endpoint| &endpoint.id).collect::<Vec<_>>(), [&first]);
    }

    async fn an_event_reaches_the_active_endpoints_of_its_mode_through_the_outbox(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let wanted = endpoint(&stage.store, &one, Mode::Test, 1).await;
        let off = endpoint(&stage.store, &one, Mode::Test, 2).await;
        endpoint(&stage.store, &one, Mode::Live, 3).await;
        endpoint(&stage.store, &other, Mode::Test, 4).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.set_webhook_endpoint_active(&off, &one.organization_id, false).await.expect("asked"));
        tx.commit().await.expect("committed");

        assert_eq!(happen(&stage.store, &one, Mode::Test, 1).await, 1);
        let mut tx = stage.store.write().await.expect("a transaction");
        let (kept, to) = tx.delivery(&delivery(1)).await.expect("read").expect("found");
        assert_eq!((kept.event_id, kept.event_type.as_str()), (EventId::from_random([1; 16]), "patient.connection_success"));
        assert_eq!((kept.status, kept.attempts, kept.data.as_str()), (DeliveryStatus::Pending, 0, r#"{"org_connection_id":"x"}"#));
        assert_eq!(to.id, wanted);
        let jobs = tx.lease_jobs(crate::JobKind::Deliver, crate::Share { free: 10, of_one: 10 }, super::super::sample::MINUTE, NOW).await.expect("leased");
        assert_eq!(jobs.iter().map(|job| (job.kind, job.subject.as_str())).collect::<Vec<_>>(), [(JobKind::Deliver, delivery(1).as_str())]);
    }

    async fn a_delivery_ends_once_and_can_be_sent_again_by_hand(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (to, elsewhere) =
            (endpoint(&stage.store, &client, Mode::Test, 1).await, endpoint(&stage.store, &client, Mode::Live, 2).await);
        happen(&stage.store, &client, Mode::Test, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let id = delivery(1);
        assert!(!tx.resend(&id, &to, NOW).await.expect("asked"), "it is under way");
        tx.record_attempt(&id, DeliveryStatus::Pending, Some(500), Some("status 500"), NOW).await.expect("recorded");
        tx.record_attempt(&id, DeliveryStatus::Dead, None, Some("no answer in time"), in_a_minute()).await.expect("recorded");
        tx.record_attempt(&id, DeliveryStatus::Success, Some(200), None, in_a_minute()).await.expect("asked");
        let kept = tx.deliveries_to(&to, 10).await.expect("read").remove(0);
        assert_eq!((kept.status, kept.attempts, kept.last_status), (DeliveryStatus::Dead, 2, None));
        assert_eq!((kept.last_error.as_deref(), kept.updated_at), (Some("no answer in time"), in_a_minute()));
        assert!(!tx.resend(&id, &elsewhere, NOW).await.expect("asked"), "it goes to another endpoint");
        assert!(tx.resend(&id, &to, in_a_minute()).await.expect("asked"));
        tx.record_attempt(&id, DeliveryStatus::Success, Some(204), None, in_a_minute()).await.expect("recorded");
        let kept = tx.deliveries_to(&to, 10).await.expect("read").remove(0);
        assert_eq!((kept.status, kept.attempts, kept.last_error), (DeliveryStatus::Success, 3, None));
    }
}
