//! An export's file: what it is called, what is told of it, and its end.

use std::collections::BTreeMap;

use model::Timestamp;
use model::id::ExportId;
use serde_json::{Value, json};
use store::{ObjectName, StoreError};

use crate::Connect;

/// `download_links` and `stats` of a file, the same in the webhook and to a backend that polls.
pub fn describe_file(
    connect: &Connect,
    export: &ExportId,
    file: &str,
    stats: &BTreeMap<String, u64>,
) -> Value {
    let base = &connect.settings.base_url;
    let url = format!("{base}/v1/bridge/fhir/ehi-export/{export}/download/{file}");
    json!({
        "download_links": [{"url": url, "export_type": "jsonl", "content_type": "application/fhir+ndjson"}],
        "stats": {
            "total_resources": stats.values().sum::<u64>(),
            "total_by_resource_type": stats,
        },
    })
}

/// What the file of an export is called.
pub(crate) fn name(export: &ExportId, begun_at: Timestamp) -> String {
    format!("{}-{export}.jsonl", model::demographics::iso_date(begun_at.date()))
}

/// Deletes the files of exports that lapsed or failed. The row names its file until the file is gone, so that
/// this may break off anywhere and begin again.
pub(crate) async fn delete_ended(connect: &Connect) -> Result<(), StoreError> {
    loop {
        let ended = connect.store.read().await?.export_files_to_delete().await?;
        if ended.is_empty() {
            return Ok(());
        }
        for (_, file) in &ended {
            delete(connect, file).await?;
        }
        let mut tx = connect.store.write().await?;
        for (export, _) in &ended {
            tx.export_file_deleted(export).await?;
        }
        tx.commit().await?;
    }
}

pub(crate) async fn delete(connect: &Connect, file: &str) -> Result<(), StoreError> {
    match ObjectName::parse(file) {
        Some(name) => connect.store.objects().delete(&name).await,
        None => Ok(()),
    }
}
