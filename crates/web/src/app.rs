//! The rooms put together: every engine over one store, as the binary runs them and tests do.

use std::sync::Arc;

use ::csp::templates::Gate as CspGate;
use ::csp::{Csp, Environment};
use ambient::{Clock, Entropy};
use connect::Connect;
use egress::{AtHand, Client, IssuerKeys, KeySource, KeysAtHand};
use identity::Identity;
use identity::clients::{Client as AuthenticatedClient, Gate};
use identity::csps::TrustedCsps;
use identity::proofing::Providers;
use identity::registrations::Registrations;
use model::{Credential, Hcid, Timestamp};
use network::Network;
use store::{AuthenticationTemplate, KeyPurpose, KeyRing, Store, StoreError};

use crate::address::TrustedProxies;
use crate::call::{self, Caller};
use crate::limits::{Limiter, Limits};
use crate::request_log::RequestLog;

/// What handlers work with. Every request clones it several times: that counts one up.
#[derive(Clone)]
pub struct App(Arc<Rooms>);

/// The engines, as [`App`] holds them.
#[derive(Clone)]
pub struct Rooms {
    /// The authorization server.
    pub identity: Identity,
    /// The credential service provider.
    pub csp: Csp,
    /// Connections, exports, webhooks.
    pub connect: Connect,
    /// Renders the metrics of the process.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Counts what is asked for.
    pub(crate) limiter: Arc<Limiter>,
    /// Whose word about callers is believed.
    pub(crate) proxies: Arc<TrustedProxies>,
    /// Failed calls that are not written yet.
    pub(crate) request_log: Arc<RequestLog>,
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
    /// How much may be asked for.
    pub limits: Limits,
    /// The proxies in front, whose word about callers is believed.
    pub proxies: TrustedProxies,
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
        let Parts {
            store,
            client,
            clock,
            entropy,
            csps,
            registrations,
            identity,
            limits,
            proxies,
            network,
            connect,
            metrics,
        } = parts;
        let limiter = Arc::new(Limiter::new(limits, &clock));
        let ring = |purpose| KeyRing::new(store.clone(), purpose);
        let csp = Csp {
            store: store.clone(),
            sandbox_keys: ring(KeyPurpose::CspSandbox),
            production_keys: ring(KeyPurpose::CspProduction),
            clock: clock.clone(),
            entropy: entropy.clone(),
            gate: csp_gate(&limiter),
            base_url: identity.base_url.as_str().into(),
        };
        let identity = Identity {
            store: store.clone(),
            client: client.clone(),
            issuer_keys: issuer_keys(&client, &csps, &csp),
            csps: Arc::new(csps),
            registrations: Arc::new(registrations),
            providers: Providers::default(),
            keys: ring(KeyPurpose::Identity),
            clock: clock.clone(),
            entropy: entropy.clone(),
            gate: gate(&limiter),
            on_failed_call: Arc::new(|credential: &Credential| call::on_behalf_of(caller(credential))),
            refused: Arc::default(),
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
        let (proxies, request_log) = (Arc::new(proxies), Arc::default());
        let rooms = Rooms { identity, csp, connect, metrics, limiter, proxies, request_log };
        let app = Self(Arc::new(rooms));
        for ring in app.key_rings() {
            ring.open(app.clock().now()).await?;
        }
        Ok(app)
    }

    /// The same installation, which sends patients without an ID token there: for a demo, whose CSP knows it only once
    /// it runs.
    #[must_use]
    pub fn with_registrations(&self, registrations: Registrations) -> Self {
        let mut rooms = Rooms::clone(self);
        rooms.identity.registrations = Arc::new(registrations);
        Self(Arc::new(rooms))
    }

    /// The signing keys of every purpose.
    pub fn key_rings(&self) -> [&KeyRing; 4] {
        let Csp { sandbox_keys, production_keys, .. } = &self.csp;
        [&self.identity.keys, sandbox_keys, production_keys, &self.connect.network.keys]
    }

    /// The proxies in front, whose word about callers is believed.
    pub fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }

    /// Writes the failed calls and the refused pushes that wait to be written, as [`crate::keep_request_log`] does
    /// every second.
    pub async fn write_request_log(&self) -> Result<(), StoreError> {
        self.write_log_at(self.clock().now()).await
    }

    /// The same, with what lasts until then.
    pub(crate) async fn write_log_at(&self, now: Timestamp) -> Result<(), StoreError> {
        let written = self.request_log.flush(self.store()).await;
        self.identity.refused.flush(self.store(), now).await?;
        written
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

impl std::ops::Deref for App {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

/// Notes who calls, and counts it. An organisation's clients are summed under its HCID, so that those of the
/// built-in CSP are among them.
fn gate(limiter: &Arc<Limiter>) -> Gate {
    let limiter = Arc::clone(limiter);
    Arc::new(move |client: &AuthenticatedClient| {
        let AuthenticatedClient { credential, organization } = client;
        call::proven(Some(caller(credential)));
        let whose = organization.hcid.as_ref().map_or(organization.id.as_str(), Hcid::urn);
        limiter.admit(credential.public_id.as_str(), whose)
    })
}

fn caller(credential: &Credential) -> Caller {
    Caller { organization: credential.organization_id.clone(), public_id: credential.public_id.clone() }
}

/// The same for clients of the built-in CSP, whose calls no organisation's log shows.
fn csp_gate(limiter: &Arc<Limiter>) -> CspGate {
    let limiter = Arc::clone(limiter);
    Arc::new(move |template: &AuthenticationTemplate| {
        call::proven(None);
        limiter.admit(&template.client_id, template.hcid.urn())
    })
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
