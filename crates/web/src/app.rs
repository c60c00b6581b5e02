//! The rooms put together: every engine over one store, as the binary runs them and tests do.

use std::sync::Arc;

use ::csp::{Csp, Environment};
use ambient::{Clock, Entropy};
use connect::Connect;
use egress::{Client, IssuerKeys, KeySource};
use identity::Identity;
use identity::csps::TrustedCsps;
use jose::{Algorithm, KeySet, SigningKey};
use network::Network;
use serde_json::json;
use store::{KeyPurpose, Store, StoreError};

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The authorization server.
    pub identity: Identity,
    /// The credential service provider.
    pub csp: Csp,
    /// Connections, exports, webhooks.
    pub connect: Connect,
    /// Renders the metrics of the process.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

/// What an installation is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// Makes outbound calls.
    pub client: Client,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Which CSPs are trusted.
    pub csps: TrustedCsps,
    /// What the operator decides about the authorization server; its base URL is everyone's.
    pub identity: identity::Settings,
    /// What the operator decides about the network.
    pub network: network::Settings,
    /// What the operator decides about connections, exports and webhooks.
    pub connect: connect::Settings,
    /// Renders the metrics of the process.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

/// Why the rooms could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// A signing key could not be made.
    #[error("no signing key could be made")]
    SigningKey,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Puts the engines over the store, making signing keys on first use.
    pub async fn assemble(parts: Parts) -> Result<Self, AssemblyError> {
        let Parts { store, client, clock, entropy, csps, identity, network, connect, metrics } = parts;
        let network_key = signing_key(&store, &clock, KeyPurpose::Network).await?;
        let csp = Csp {
            store: store.clone(),
            sandbox_key: signing_key(&store, &clock, KeyPurpose::CspSandbox).await?,
            production_key: signing_key(&store, &clock, KeyPurpose::CspProduction).await?,
            clock: clock.clone(),
            entropy: entropy.clone(),
            base_url: identity.base_url.as_str().into(),
        };
        let identity = Identity {
            store: store.clone(),
            client: client.clone(),
            issuer_keys: issuer_keys(&client, &csps, &csp),
            csps: Arc::new(csps),
            signing_key: Arc::clone(&network_key),
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: Arc::new(identity),
        };
        let network = Network {
            client: client.clone(),
            signing_key: network_key,
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: Arc::new(network),
        };
        let connect = Connect { store, network, client, clock, entropy, settings: Arc::new(connect) };
        Ok(Self { identity, csp, connect, metrics })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.identity.store
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.identity.clock
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.identity.entropy
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.identity.settings.base_url
    }
}

/// The keys of every trusted issuer, from where its entry says. Those of our own sandbox are at hand: no call
/// need find its way back to us.
fn issuer_keys(client: &Client, csps: &TrustedCsps, csp: &Csp) -> IssuerKeys {
    let keys = csps.issuer_keys(client);
    let own = json!({"keys": [csp.sandbox_key.public_jwk()]}).to_string();
    match KeySet::from_json(own.as_bytes()) {
        Ok(own) => keys.with(&csp.issuer(Environment::Sandbox), KeySource::Pinned(Arc::new(own))),
        Err(_) => keys,
    }
}

/// The current key for a purpose, made on first use. RS256, which every peer must understand.
async fn signing_key(
    store: &Store,
    clock: &Clock,
    purpose: KeyPurpose,
) -> Result<Arc<SigningKey>, AssemblyError> {
    if let Some(key) = store.read().await?.current_signing_key(purpose).await? {
        return Ok(Arc::new(key));
    }
    let made = tokio::task::spawn_blocking(ambient::rsa_keypair).await;
    let pkcs8 = made.ok().and_then(Result::ok).ok_or(AssemblyError::SigningKey)?;
    let fresh = SigningKey::from_pkcs8(Algorithm::Rs256, &pkcs8).map_err(|_| AssemblyError::SigningKey)?;
    let mut tx = store.write().await?;
    tx.add_signing_key(purpose, Algorithm::Rs256, &pkcs8, fresh.kid(), clock.now()).await?;
    // Another process may have been faster; its key counts then.
    let key = tx.current_signing_key(purpose).await?.ok_or(AssemblyError::SigningKey)?;
    tx.commit().await?;
    Ok(Arc::new(key))
}
