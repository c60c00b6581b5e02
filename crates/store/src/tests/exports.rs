//! Exports: one at a time for a connection, ended once.

use std::collections::BTreeMap;

use model::id::{ConnectionId, ExportId};

use super::on_both_engines;
use super::sample::{NOW, client, connection, consent, export, in_a_minute};
use crate::{Export, ExportState, NewExport, Store};

async fn begin(
    store: &Store,
    connection: &ConnectionId,
    number: u8,
    now: model::Timestamp,
) -> (Export, bool) {
    let id = ExportId::from_random([number; 16]);
    let mut tx = store.write().await.expect("a transaction");
    let new = NewExport { id: &id, connection_id: connection, created_at: now };
    let begun = tx.begin_export(&new).await.expect("begun");
    tx.commit().await.expect("committed");
    begun
}

fn stats() -> BTreeMap<String, u64> {
    BTreeMap::from([("Observation".to_owned(), 3), ("Patient".to_owned(), 1)])
}

on_both_engines! {
    async fn asking_twice_is_asking_once_until_it_failed_or_lapsed(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let connection = connection(&stage.store, &client, &consent, 1).await;
        let (first, begun) = begin(&stage.store, &connection, 1, NOW).await;
        assert!(begun && matches!(first.state, ExportState::Pending));
        let (again, begun) = begin(&stage.store, &connection, 2, NOW).await;
        assert_eq!((again.id, begun), (first.id.clone(), false));

        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.fail_export(&first.id, "resource_invalid_content", NOW).await.expect("asked"));
        assert!(!tx.fail_export(&first.id, "resource_invalid_content", NOW).await.expect("asked"));
        assert!(!tx.succeed_export(&first.id, "a.jsonl", &stats(), NOW, in_a_minute()).await.expect("asked"));
        tx.commit().await.expect("committed");

        let (second, begun) = begin(&stage.store, &connection, 3, NOW).await;
        assert!(begun && second.id != first.id);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.succeed_export(&second.id, "a.jsonl", &stats(), NOW, in_a_minute()).await.expect("asked"));
        assert!(!tx.fail_export(&second.id, "resource_invalid_content", NOW).await.expect("asked"));
        tx.commit().await.expect("committed");
        assert_eq!(begin(&stage.store, &connection, 4, NOW).await.0.id, second.id);
        assert!(begin(&stage.store, &connection, 5, in_a_minute()).await.1, "the file is over");
    }

    async fn one_is_read_by_its_organisation_alone(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let consent = consent(&stage.store, &one, 1).await;
        let connection = connection(&stage.store, &one, &consent, 1).await;
        let id = export(&stage.store, &connection, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.export_of(&id, &other.organization_id).await.expect("read").is_none());
        assert!(tx.succeed_export(&id, "a.jsonl", &stats(), NOW, in_a_minute()).await.expect("asked"));
        let kept = tx.export_of(&id, &one.organization_id).await.expect("read").expect("found");
        let ExportState::Success { file, stats: kept_stats, expires_at } = kept.state else { panic!("a success") };
        assert_eq!((file.as_str(), kept_stats, expires_at), ("a.jsonl", stats(), in_a_minute()));
        assert_eq!(tx.exports_of(&one.organization_id, 10).await.expect("read").len(), 1);
        assert!(tx.exports_of(&other.organization_id, 10).await.expect("read").is_empty());
    }

    async fn what_lapses_names_its_file_once(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let connection = connection(&stage.store, &client, &consent, 1).await;
        let id = export(&stage.store, &connection, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.succeed_export(&id, "a.jsonl", &stats(), NOW, in_a_minute()).await.expect("asked"));
        assert!(tx.lapse_exports(NOW).await.expect("asked").is_empty());
        assert_eq!(tx.lapse_exports(in_a_minute()).await.expect("asked"), ["a.jsonl"]);
        assert!(tx.lapse_exports(in_a_minute()).await.expect("asked").is_empty());
        let kept = tx.export(&id).await.expect("read").expect("found");
        assert!(matches!(kept.state, ExportState::Expired) && kept.state.as_str() == "success");
    }
}
