//! Acting on webhooks: every connection is exported, every export downloaded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fhir::Resource;
use serde::Serialize;

use super::super::backend::Backend;
use super::super::inbox::{Inbox, Received};

/// What was downloaded. Kept in memory, as counts: the app shows that it has the records.
#[derive(Clone, Default)]
pub(super) struct Followed(Arc<Mutex<Vec<Download>>>);

/// One export.
#[derive(Clone, Serialize)]
pub(super) struct Download {
    pub(super) org_connection_id: String,
    provider: String,
    bytes: usize,
    resources: BTreeMap<String, usize>,
    problem: Option<String>,
}

impl Followed {
    pub(super) fn all(&self) -> Vec<Download> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, download: Download) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(download);
    }
}

/// Handles each message once, in order, for as long as the app runs.
pub(super) async fn follow(backend: Backend, inbox: Inbox, followed: Followed) {
    let mut handled = 0;
    loop {
        let next = inbox.wait_for(Duration::from_hours(1), |messages| messages.get(handled).cloned()).await;
        let Some(message) = next else { continue };
        handled += 1;
        handle(&backend, &followed, &message).await;
    }
}

async fn handle(backend: &Backend, followed: &Followed, message: &Received) {
    let connection = message.data["org_connection_id"].as_str().unwrap_or_default().to_owned();
    let ended = match message.event_type.as_str() {
        "patient.connection_success" => match backend.export(&connection).await {
            Ok(_) => return,
            Err(fault) => Err(fault.to_string()),
        },
        "patient.ehi_export_success" => {
            let url = message.data["download_links"][0]["url"].as_str().unwrap_or_default();
            backend.download(url).await.map_err(|fault| fault.to_string())
        }
        "patient.ehi_export_failed" => {
            Err(message.data["failure_reason"].as_str().unwrap_or_default().to_owned())
        }
        _ => return,
    };
    let (ndjson, problem) = match ended {
        Ok(ndjson) => (ndjson, None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let provider = backend.provider(&connection).await.unwrap_or_else(|_| connection.clone());
    followed.add(Download {
        org_connection_id: connection,
        provider,
        bytes: ndjson.len(),
        resources: count(&ndjson),
        problem,
    });
}

fn count(ndjson: &[u8]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in String::from_utf8_lossy(ndjson).lines() {
        if let Ok(resource) = Resource::scan(line) {
            *counts.entry(resource.resource_type().to_owned()).or_default() += 1;
        }
    }
    counts
}
