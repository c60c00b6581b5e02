//! Puts the rooms together.

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
use anyhow::Context as _;
use connect::Connect;
use connect::worker::Worker;
use csp::Csp;
use egress::{Client, IssuerKeys, Origin};
use identity::Identity;
use identity::csps::{Csp as TrustedCsp, TrustedCsps, TrustedIssuer};
use jose::{Algorithm, SigningKey};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use model::Mode;
use network::Network;
use store::{KeyPurpose, Store};
use web::App;

use crate::config::{Config, CspEntry};

/// Everything that runs.
pub(crate) struct Wired {
    pub(crate) app: App,
    pub(crate) worker: Worker,
}

/// Opens the store and puts the engines over it.
pub(crate) async fn wire(config: &Config) -> anyhow::Result<Wired> {
    let (clock, entropy) = (Clock::system(), Entropy::system());
    let store = Store::open(&config.store_options(), entropy.clone()).await?;
    let client = egress_client(config)?;
    let network_key = signing_key(&store, &clock, KeyPurpose::Network).await?;
    let base_url = config.server.base_url.clone();
    let identity = Identity {
        store: store.clone(),
        issuer_keys: IssuerKeys::new(client.clone()),
        csps: Arc::new(trusted_csps(&config.csps)),
        signing_key: Arc::clone(&network_key),
        clock: clock.clone(),
        entropy: entropy.clone(),
        settings: Arc::new(identity::Settings {
            base_url: base_url.clone(),
            consent_life: Duration::from_secs(config.identity.consent_days * 24 * 3600),
        }),
    };
    let csp = Csp {
        store: store.clone(),
        sandbox_key: signing_key(&store, &clock, KeyPurpose::CspSandbox).await?,
        production_key: signing_key(&store, &clock, KeyPurpose::CspProduction).await?,
        clock: clock.clone(),
        entropy: entropy.clone(),
        base_url: base_url.as_str().into(),
    };
    let network = Network {
        client: client.clone(),
        signing_key: network_key,
        clock: clock.clone(),
        entropy: entropy.clone(),
        settings: Arc::new(network::Settings {
            directory_url: config.network.directory_url.clone().unwrap_or_default(),
            client_id: base_url.clone(),
            deadline: Duration::from_secs(config.network.deadline_seconds),
        }),
    };
    let connect = Connect {
        store,
        network,
        client,
        clock,
        entropy,
        settings: Arc::new(connect::Settings {
            base_url,
            export_life: Duration::from_secs(config.exports.keep_hours * 3600),
            webhook_retries: config.webhook_retries(),
            webhook_timeout: Duration::from_secs(config.webhooks.timeout_seconds),
        }),
    };
    let metrics = metrics_recorder()?;
    let worker = Worker::new(connect.clone());
    let app = App { identity, csp, connect, metrics: Arc::new(move || metrics.render()) };
    Ok(Wired { app, worker })
}

/// The guarded client, with the origins that the operator listed.
pub(crate) fn egress_client(config: &Config) -> anyhow::Result<Client> {
    let origins = config
        .egress
        .private_origins
        .iter()
        .map(|text| Origin::parse(text).with_context(|| format!("egress.private_origins holds {text:?}")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Client::new(origins)?)
}

fn trusted_csps(entries: &[CspEntry]) -> TrustedCsps {
    entries.iter().fold(TrustedCsps::published(), |csps, entry| {
        let issuers = |urls: &[String], mode: Mode| -> Vec<TrustedIssuer> {
            urls.iter().map(|url| TrustedIssuer { url: url.clone(), modes: vec![mode] }).collect()
        };
        csps.with(TrustedCsp {
            idp: entry.idp.clone(),
            name: entry.name.clone(),
            issuers: [issuers(&entry.live_issuers, Mode::Live), issuers(&entry.test_issuers, Mode::Test)].concat(),
            max_life: Duration::from_secs(entry.max_life_hours * 3600),
            max_proofing_age: None,
        })
    })
}

/// The current key for a purpose, made on first use. RS256, which every peer must understand.
async fn signing_key(store: &Store, clock: &Clock, purpose: KeyPurpose) -> anyhow::Result<Arc<SigningKey>> {
    if let Some(key) = store.read().await?.current_signing_key(purpose).await? {
        return Ok(Arc::new(key));
    }
    let pkcs8 = tokio::task::spawn_blocking(ambient::rsa_keypair).await?.ok().context("no RSA key could be made")?;
    let fresh = SigningKey::from_pkcs8(Algorithm::Rs256, &pkcs8)?;
    let mut tx = store.write().await?;
    tx.add_signing_key(purpose, Algorithm::Rs256, &pkcs8, fresh.kid(), clock.now()).await?;
    // Another process may have been faster; its key counts then.
    let key = tx.current_signing_key(purpose).await?.context("the new signing key was not kept")?;
    tx.commit().await?;
    Ok(Arc::new(key))
}

fn metrics_recorder() -> anyhow::Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // A second server in one process, as tests start it, keeps the first one's recorder.
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle)
}
