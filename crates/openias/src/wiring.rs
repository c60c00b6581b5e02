//! Puts the rooms together.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ambient::{Clock, Entropy};
use connect::worker::Worker;
use egress::Client;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use store::{Store, StoreError};
use tokio::task::JoinHandle;
use web::{App, Parts};

use crate::config::Config;

/// Everything that runs.
pub(crate) struct Wired {
    pub(crate) app: App,
    pub(crate) worker: Worker,
}

/// Opens the store, making it when it is not there. Only `serve` and the demo do.
pub(crate) async fn make_store(config: &Config) -> anyhow::Result<Store> {
    Store::open(&config.store_options(), Entropy::system()).await.map_err(with_remedy)
}

/// Opens the store that a server has made, and makes none.
pub(crate) async fn existing_store(config: &Config) -> anyhow::Result<Store> {
    Store::open_existing(&config.store_options(), Entropy::system()).await.map_err(with_remedy)
}

/// Puts the engines over a store, which call out through `client`.
pub(crate) async fn wire(config: &Config, store: Store, client: Client) -> anyhow::Result<Wired> {
    let entropy = Entropy::system();
    let base_url = &config.server.base_url;
    let app = App::assemble(Parts {
        store,
        client,
        clock: Clock::system(),
        entropy,
        csps: config.trusted_csps()?,
        registrations: config.registrations()?,
        identity: identity::Settings {
            base_url: base_url.clone(),
            consent_life: Duration::from_secs(config.identity.consent_days * 24 * 3600),
            dpop_nonces: config.identity.dpop_nonces,
        },
        limits: config.limits(),
        proxies: config.trusted_proxies()?,
        network: network::Settings {
            directory_url: config.network.directory_url.clone().unwrap_or_default(),
            client_id: base_url.clone(),
            deadline: Duration::from_secs(config.network.deadline_seconds),
        },
        connect: connect::Settings {
            base_url: base_url.clone(),
            export_life: Duration::from_secs(config.exports.keep_hours * 3600),
            webhook_retries: config.webhook_retries(),
            webhook_timeout: Duration::from_secs(config.webhooks.timeout_seconds),
            mailer: config.mail.read()?,
            job_lease: Duration::from_secs(config.jobs.lease_seconds),
        },
        metrics: Arc::new(|| METRICS.render()),
    })
    .await
    .map_err(with_remedy)?;
    let rings = app.key_rings().map(Clone::clone).to_vec();
    let worker = Worker::new(app.connect.clone()).with_keys(rings, config.rotate_keys_after());
    Ok(Wired { app, worker })
}

/// Says what to do where the store's own words do not.
pub(crate) fn with_remedy(error: StoreError) -> anyhow::Error {
    let remedy = match &error {
        StoreError::DataDir { .. } => "choose another folder with store.data_dir, or --data-dir for the demo",
        StoreError::Embedded(_) => "check that the disk of store.data_dir has room and can be written",
        StoreError::Database(_) => "check the database, and store.database_url where PostgreSQL is used",
        StoreError::Absent(_) => "start `openias serve` once, or name the right configuration with --config",
        StoreError::MigrationPending(_) => "start `openias serve` of this version once",
        StoreError::Damaged { table: "signing_keys", .. } => {
            "the key file is not the one that this store was sealed with: restore that one from your backup"
        }
        _ => return error.into(),
    };
    anyhow::Error::new(error).context(format!("the store cannot be opened; {remedy}"))
}

/// The guarded client.
pub(crate) fn egress_client(config: &Config) -> anyhow::Result<Client> {
    Ok(Client::new(config.private_origins()?))
}

/// Upper ends of the buckets of every duration, in seconds.
const BUCKETS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// How often what was measured is added up: until then each sample takes memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// Measures what happens in this process, however many servers tests start in it. Making it takes a while, for its
/// clock is calibrated.
static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new().set_buckets(&BUCKETS);
    #[expect(clippy::expect_used, reason = "it fails for an empty list alone")]
    let recorder = builder.expect("there are buckets").build_recorder();
    let handle = recorder.handle();
    // Nothing else in this process sets one.
    let _ = metrics::set_global_recorder(recorder);
    handle
});

/// Begins to measure, which takes a moment in which something else can be done.
pub(crate) fn measure() -> JoinHandle<()> {
    tokio::spawn(async {
        loop {
            tokio::time::sleep(UPKEEP).await;
            METRICS.run_upkeep();
        }
    });
    tokio::task::spawn_blocking(|| {
        LazyLock::force(&METRICS);
    })
}
