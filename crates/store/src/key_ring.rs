//! The signing keys of one purpose at hand, as the store has them: whom to sign with, what to publish, what to
//! verify our own tokens with.
//!
//! What is held here is only a cache. It is read again when it is older than [`REFRESH`], so that every node knows
//! a new key, and publishes it, long before that key signs; [`LEAD`] says how long. An old key stays published
//! until what it signed has expired; [`KEEP`] says how long. So a token that is valid is one that verifies, also
//! for those who keep a key set as long as they may.

mod making;
mod rotation;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jose::{Algorithm, KeySet, SigningKey};
use model::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Mutex as AsyncMutex;

use crate::{KeyPurpose, KeyStage, KeyTimes, Result, Store, StoreError};

pub use rotation::{Cause, Ended};

/// How long others may keep a published key set: the `max-age` it is sent with.
pub const JWKS_LIFE: Duration = Duration::from_mins(5);
/// How old what a node holds may be before it reads the store again.
pub const REFRESH: Duration = Duration::from_secs(30);
/// How old it may be when the store does not answer.
pub const STALE: Duration = Duration::from_mins(5);
/// How long a key is published before it signs: until no node lacks it and no key set without it is kept any
/// more, and five minutes for clocks that differ and for verifiers that keep key sets longer than they may.
pub const LEAD: Duration = Duration::from_mins(15);
/// What a key signs is valid no longer than this: ID tokens and access tokens for an hour, assertions for less.
/// Whoever signs holds its lifetimes against it at compile time.
pub const SIGNED_LIFE: Duration = Duration::from_hours(1);
/// How long a key is published after it has signed for the last time: the life of the last token, and as much
/// again for clocks that differ and for verifiers that forgive some lateness.
pub const KEEP: Duration = Duration::from_hours(2);

const _: () = assert!(LEAD.as_secs() >= JWKS_LIFE.as_secs() + STALE.as_secs() + 300);
const _: () =
    assert!(KEEP.as_secs() >= SIGNED_LIFE.as_secs() + STALE.as_secs() && REFRESH.as_secs() < STALE.as_secs());

/// How often, at most, a key id that nobody here knows makes us read the store.
const PAUSE: Duration = Duration::from_secs(1);

/// The keys of one purpose. Clones hold the same.
#[derive(Clone)]
pub struct KeyRing(Arc<Inner>);

struct Inner {
    store: Store,
    purpose: KeyPurpose,
    held: RwLock<Option<Arc<Held>>>,
    /// Had by whoever reads the store.
    flight: AsyncMutex<()>,
}

struct Held {
    keys: Vec<HeldKey>,
    jwks: Vec<Value>,
    key_set: Arc<KeySet>,
    read_at: Timestamp,
}

struct HeldKey {
    times: KeyTimes,
    key: Arc<SigningKey>,
}

/// The keys of a ring at one moment.
#[derive(Clone)]
pub struct Keys {
    held: Arc<Held>,
    purpose: KeyPurpose,
    now: Timestamp,
}

impl KeyRing {
    /// The ring of a purpose. Nothing is read yet.
    pub fn new(store: Store, purpose: KeyPurpose) -> Self {
        Self(Arc::new(Inner { store, purpose, held: RwLock::default(), flight: AsyncMutex::default() }))
    }

    /// What its keys sign.
    pub fn purpose(&self) -> KeyPurpose {
        self.0.purpose
    }

    /// Its keys at `now`. Those that are missing are made: the first of an algorithm signs at once. Fails when the
    /// store does not answer and what is held is older than [`STALE`].
    pub async fn at(&self, now: Timestamp) -> Result<Keys> {
        self.look(None, now).await
    }

    /// The key that signs with `algorithm` at `now`.
    pub async fn signing(&self, algorithm: Algorithm, now: Timestamp) -> Result<Arc<SigningKey>> {
        self.at(now).await?.signing(algorithm)
    }

    /// What our own signatures are verified with.
    pub async fn key_set(&self, now: Timestamp) -> Result<Arc<KeySet>> {
        Ok(self.at(now).await?.key_set())
    }

    /// The same, to look for `kid` in: where nobody here knows it, another node may have made it just now, and the
    /// store is read again, at most once a second.
    pub async fn key_set_for(&self, kid: &str, now: Timestamp) -> Result<Arc<KeySet>> {
        Ok(self.look(Some(kid), now).await?.key_set())
    }

    async fn look(&self, kid: Option<&str>, now: Timestamp) -> Result<Keys> {
        let held = self.held();
        if let Some(held) = held.as_ref().filter(|held| held.is_fresh(kid, now)) {
            return Ok(self.keys(Arc::clone(held), now));
        }
        // Who can do with what is held does not wait for whoever reads.
        let usable = held.filter(|held| held.knows(kid) && held.is_usable(now));
        let _flight = match (self.0.flight.try_lock(), usable) {
            (Ok(flight), _) => flight,
            (Err(_), Some(held)) => return Ok(self.keys(held, now)),
            (Err(_), None) => self.0.flight.lock().await,
        };
        // Whoever had it before may have brought what we came for.
        if let Some(held) = self.held().filter(|held| held.is_fresh(kid, now)) {
            return Ok(self.keys(held, now));
        }
        let held = match self.read_all(now).await {
            Ok(held) => Arc::new(held),
            Err(error) => {
                let held = self.held().filter(|held| held.is_usable(now));
                let Some(held) = held else { return Err(error) };
                tracing::warn!(purpose = self.purpose().name(), %error, "signing keys cannot be read again");
                return Ok(self.keys(held, now));
            }
        };
        self.hold(Some(Arc::clone(&held)));
        Ok(self.keys(held, now))
    }

    /// Every key of the ring, those that are missing made.
    async fn read_all(&self, now: Timestamp) -> Result<Held> {
        let held = self.read(now).await?;
        let mut is_whole = true;
        for algorithm in self.purpose().algorithms() {
            if held.of(*algorithm).next().is_none() {
                self.make_first(*algorithm, now).await?;
                is_whole = false;
            }
        }
        if is_whole { Ok(held) } else { self.read(now).await }
    }

    /// What the store has. A key that is held is not unsealed again.
    async fn read(&self, now: Timestamp) -> Result<Held> {
        let known = self.held();
        let known = |kid: &str| known.iter().flat_map(|held| &held.keys).find(|held| held.times.kid == kid);
        let mut tx = self.0.store.read().await?;
        let mut keys = Vec::new();
        for times in tx.signing_keys(now).await?.into_iter().filter(|key| key.purpose == self.purpose()) {
            let key = match known(&times.kid) {
                Some(held) => Some(Arc::clone(&held.key)),
                None => tx.signing_key(&times.kid).await?.map(Arc::new),
            };
            keys.extend(key.map(|key| HeldKey { times, key }));
        }
        Held::new(keys, now)
    }

    fn keys(&self, held: Arc<Held>, now: Timestamp) -> Keys {
        Keys { held, purpose: self.purpose(), now }
    }

    fn held(&self) -> Option<Arc<Held>> {
        self.0.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, held: Option<Arc<Held>>) {
        *self.0.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

impl Keys {
    /// The key that signs with `algorithm`.
    pub fn signing(&self, algorithm: Algorithm) -> Result<Arc<SigningKey>> {
        let signs = |held: &&HeldKey| held.times.stage(self.now) == KeyStage::Signing;
        let found = self.held.of(algorithm).filter(signs).max_by_key(|held| held.times.signs_from);
        // A clock that was set back leaves nobody who signs already; the oldest has been known the longest.
        let found = found.or_else(|| self.held.of(algorithm).min_by_key(|held| held.times.signs_from));
        let missing = || StoreError::NoSigningKey { purpose: self.purpose, algorithm };
        found.map(|held| Arc::clone(&held.key)).ok_or_else(missing)
    }

    /// The public halves of all published keys, as JWKs.
    pub fn published(&self) -> &[Value] {
        &self.held.jwks
    }

    /// The same, to verify with.
    pub fn key_set(&self) -> Arc<KeySet> {
        Arc::clone(&self.held.key_set)
    }
}

impl Held {
    fn new(keys: Vec<HeldKey>, read_at: Timestamp) -> Result<Self> {
        let jwks: Vec<Value> = keys.iter().map(|held| held.key.public_jwk()).collect();
        let set = KeySet::from_json(json!({"keys": jwks}).to_string().as_bytes());
        let set = set.map_err(|_| StoreError::Damaged { table: "signing_keys", column: "pkcs8" })?;
        Ok(Self { keys, jwks, key_set: Arc::new(set), read_at })
    }

    fn of(&self, algorithm: Algorithm) -> impl Iterator<Item = &HeldKey> {
        self.keys.iter().filter(move |held| held.times.algorithm == algorithm)
    }

    fn knows(&self, kid: Option<&str>) -> bool {
        kid.is_none_or(|kid| self.key_set.find(kid).is_some())
    }

    fn is_fresh(&self, kid: Option<&str>, now: Timestamp) -> bool {
        now.since(self.read_at) < if self.knows(kid) { REFRESH } else { PAUSE }
    }

    fn is_usable(&self, now: Timestamp) -> bool {
        now.since(self.read_at) < STALE
    }
}
