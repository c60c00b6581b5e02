//! The rooms put together: every engine over one store, as the binary runs them and tests do.

use std::sync::Arc;

use ::csp::{Csp, Environment};
use ambient::{Clock, Entropy};
use connect::Connect;
use egress::{AtHand, Client, IssuerKeys, KeySource, KeysAtHand};
use identity::Identity;
use identity::csps::TrustedCsps;
use identity::registrations::Registrations;
use model::Timestamp;
use network::Network;
use store::{KeyPurpose, KeyRing, Store, StoreError};

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
    /// Where patients without an ID token can be sent.
    pub registrations: Registrations,
    /// What the operator decides about the authorization server; its base URL is everyone's.
    pub identity: identity::Settings,
    /// What the operator decides about the network.
    pub network: network::Settings,
    /// What the operator decides about connections, exports and webhooks.
    pub connect: connect::Settings,
    /// Renders the metrics of the process.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

impl App {
    /// Puts the engines over the store. Signing keys that take time to make are made when they are needed.
    pub async fn assemble(parts: Parts) -> Result<Self, StoreError> {
        let Parts { store, client, clock, entropy, csps, registrations, identity, network, connect, metrics } =
            parts;
        let ring = |purpose| KeyRing::new(store.clone(), purpose);
        let csp = Csp {
            store: store.clone(),
            sandbox_keys: ring(KeyPurpose::CspSandbox),
            production_keys: ring(KeyPurpose::CspProduction),
            clock: clock.clone(),
            entropy: entropy.clone(),
            base_url: identity.base_url.as_str().into(),
        };
        let identity = Identity {
            store: store.clone(),
            client: client.clone(),
            issuer_keys: issuer_keys(&client, &csps, &csp),
            csps: Arc::new(csps),
            registrations: Arc::new(registrations),
            keys: ring(KeyPurpose::Identity),
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: Arc::new(identity),
        };
        let network = Network {
            client: client.clone(),
            keys: ring(KeyPurpose::Network),
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: Arc::new(network),
        };
        let connect = Connect { store, network, client, clock, entropy, settings: Arc::new(connect) };
        let app = Self { identity, csp, connect, metrics };
        for ring in app.key_rings() {
            ring.open(app.clock().now()).await?;
        }
        Ok(app)
    }

    /// The signing keys of every purpose.
    pub fn key_rings(&self) -> [&KeyRing; 4] {
        let Csp { sandbox_keys, production_keys, .. } = &self.csp;
        [&self.identity.keys, sandbox_keys, production_keys, &self.connect.network.keys]
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
    let own = KeySource::AtHand(Arc::new(OwnKeys(csp.sandbox_keys.clone())));
    csps.issuer_keys(client).with(&csp.issuer(Environment::Sandbox), own)
}

/// The keys of an issuer of ours, as they are published.
struct OwnKeys(KeyRing);

impl AtHand for OwnKeys {
    fn keys<'a>(&'a self, kid: Option<&'a str>, now: Timestamp) -> KeysAtHand<'a> {
        Box::pin(async move {
            let keys = match kid {
                Some(kid) => self.0.key_set_for(kid, now).await,
                None => self.0.key_set(now).await,
            };
            keys.map_err(|error| error.to_string())
        })
    }
}

impl std::fmt::Debug for OwnKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnKeys(..)")
    }
}
