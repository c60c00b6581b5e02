//! Exports: one at a time for a connection, ended once.

use std::collections::BTreeMap;

use model::id::{ConnectionId, ExportId};

use super::on_both_engines;
use super::sample::{NOW, client, connection, consent, export, in_a_minute};
use crate::{Export, ExportState, NewExport, Store, Tx};

async fn begin(
    store: &Store,
    connection: &ConnectionId,
    number: u8,
    now: model::Timestamp,
) -> (Export, bool) {
    let id = ExportId::from_random([number; 16]);
    let mut tx = store.write().await.expect("a transaction");
    let new = NewExport { id: &id, connection_id: connection, file: "a.jsonl", created_at: now };
    let begun = tx.begin_export(&new).await.expect("begun");
    tx.commit().await.expect("committed");
    begun
}

fn stats() -> BTreeMap<String, u64> {
    BTreeMap::from([("Observation".to_owned(), 3), ("Patient".to_owned(), 1)])
}

/// An export of a fresh connection that succeeded; its file `1.jsonl` lapses in a minute.
async fn succeeded(store: &Store) -> ExportId {
    let client = client(store, 1).await;
    let consent = consent(store, &client, 1).await;
    let id = export(store, &connection(store, &client, &consent, 1).await, 1).await;
    let mut tx = store.write().await.expect("a transaction");
    assert!(tx.succeed_export(&id, &stats(), in_a_minute()).await.expect("asked"));
    tx.commit().await.expect("committed");
    id
}

async fn to_delete(tx: &mut Tx) -> Vec<String> {
    let found = tx.export_files_to_delete().await.expect("read");
    let mut files: Vec<_> = found.into_iter().map(|(_, file)| file).collect();
    files.sort();
    files
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
        assert!(tx.fail_export(&first.id, "resource_invalid_content").await.expect("asked"));
        assert!(!tx.fail_export(&first.id, "resource_invalid_content").await.expect("asked"));
        assert!(!tx.succeed_export(&first.id, &stats(), in_a_minute()).await.expect("asked"));
        tx.commit().await.expect("committed");

        let (second, begun) = begin(&stage.store, &connection, 3, NOW).await;
        assert!(begun && second.id != first.id);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.succeed_export(&second.id, &stats(), in_a_minute()).await.expect("asked"));
        assert!(!tx.fail_export(&second.id, "resource_invalid_content").await.expect("asked"));
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
        assert!(tx.export_of(&id, other.tenant()).await.expect("read").is_none());
        assert!(tx.succeed_export(&id, &stats(), in_a_minute()).await.expect("asked"));
        let kept = tx.export_of(&id, one.tenant()).await.expect("read").expect("found");
        let ExportState::Success { file, stats: kept_stats, expires_at } = kept.state else { panic!("a success") };
        assert_eq!((file.as_str(), kept_stats, expires_at), ("1.jsonl", stats(), in_a_minute()));
        assert_eq!(tx.exports_of(&one.organization_id, 10).await.expect("read").len(), 1);
        assert!(tx.exports_of(&other.organization_id, 10).await.expect("read").is_empty());
    }

    async fn a_file_that_lapsed_is_named_until_it_is_deleted(stage: &Stage) {
        let id = succeeded(&stage.store).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert_eq!(tx.lapse_exports(NOW).await.expect("asked"), 0);
        assert!(to_delete(&mut tx).await.is_empty());
        tx.export_file_deleted(&id).await.expect("asked");
        assert_eq!(tx.lapse_exports(in_a_minute()).await.expect("asked"), 1);
        let kept = tx.export(&id).await.expect("read").expect("found");
        assert!(matches!(kept.state, ExportState::Expired) && kept.state.as_str() == "success");
        for _ in 0..2 {
            assert_eq!(to_delete(&mut tx).await, ["1.jsonl"], "again after a crash");
        }
        tx.export_file_deleted(&id).await.expect("forgotten");
        assert!(to_delete(&mut tx).await.is_empty());
        assert_eq!(tx.lapse_exports(in_a_minute()).await.expect("asked"), 0);
    }

    async fn a_file_is_to_be_deleted_however_its_export_ended(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let (lapsed, revoked, failed, running) = (
            connection(&stage.store, &client, &consent, 1).await,
            connection(&stage.store, &client, &consent, 2).await,
            connection(&stage.store, &client, &consent, 3).await,
            connection(&stage.store, &client, &consent, 4).await,
        );
        for (number, connection) in (1..).zip([&lapsed, &revoked, &failed, &running]) {
            let id = export(&stage.store, connection, number).await;
            let mut tx = stage.store.write().await.expect("a transaction");
            match number {
                1 | 2 => assert!(tx.succeed_export(&id, &stats(), in_a_minute()).await.expect("asked")),
                3 => assert!(tx.fail_export(&id, "resource_invalid_content").await.expect("asked")),
                _ => {}
            }
            tx.commit().await.expect("committed");
        }
        assert!(begin(&stage.store, &lapsed, 9, in_a_minute()).await.1, "the next one ends the one that lapsed");
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.revoke_connection(&revoked, client.tenant()).await.expect("asked"));
        assert!(tx.revoke_connection(&running, client.tenant()).await.expect("asked"));
        assert_eq!(to_delete(&mut tx).await, ["1.jsonl", "2.jsonl", "3.jsonl"], "what still runs is not ended");
    }
}
