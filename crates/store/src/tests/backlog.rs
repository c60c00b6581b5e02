//! What waits and what was given up.

use model::Mode;
use model::id::{DeliveryId, EventId};

use super::on_both_engines;
use super::sample::{NOW, client, connection, consent, endpoint, export, in_a_minute};
use crate::{Backlog, DeliveryStatus, JobKind, WebhookEvent};

on_both_engines! {
    async fn it_is_counted(stage: &Stage) {
        let nothing = Backlog { jobs: 0, first_due: None, dead_deliveries: 0, failed_exports: 0 };
        let mut tx = stage.store.read().await.expect("a transaction");
        assert_eq!(tx.backlog().await.expect("read"), nothing);
        drop(tx);

        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let failed = export(&stage.store, &connection(&stage.store, &client, &consent, 1).await, 1).await;
        export(&stage.store, &connection(&stage.store, &client, &consent, 2).await, 2).await;
        for number in [1, 2] {
            endpoint(&stage.store, &client, Mode::Test, number).await;
        }
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.fail_export(&failed, "resource_invalid_content").await.expect("asked"));
        tx.enqueue(JobKind::Locate, "later", &client.organization_id, in_a_minute()).await.expect("enqueued");
        let event = WebhookEvent {
            id: &EventId::from_random([1; 16]),
            organization_id: &client.organization_id,
            mode: Mode::Test,
            event_type: "webhook.test",
            data: "{}",
            created_at: NOW,
        };
        let number = std::cell::Cell::new(0);
        let fresh = || DeliveryId::from_random([number.replace(number.get() + 1); 16]);
        assert_eq!(tx.add_webhook_event(&event, |_, _| true, fresh).await.expect("added"), 2);
        let dead = DeliveryId::from_random([0; 16]);
        tx.record_attempt(&dead, DeliveryStatus::Dead, Some(500), Some("no"), NOW).await.expect("recorded");
        let expected = Backlog { jobs: 3, first_due: Some(NOW), dead_deliveries: 1, failed_exports: 1 };
        assert_eq!(tx.backlog().await.expect("read"), expected);
    }
}
