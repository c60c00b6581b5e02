//! The keys of issuers: where they come from, how long they serve, and that asking for them costs little.
//!
//! Keys are fetched ahead of their time while the old ones still serve; one fetch at a time for each issuer; an
//! unknown key id, however often it is sent, costs one fetch a minute. When an issuer does not answer, its last
//! keys serve for a bounded time, and metrics sound the alarm. Issuers do not wait for each other.

mod kept;
mod source;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jose::KeySet;
use model::Timestamp;
use tokio::sync::Mutex as AsyncMutex;

use crate::client::Client;

pub use kept::{FRESH, PAUSE, STALE};
use kept::{Kept, Look};
pub use source::{Discovery, KeySource, KeysUnavailable};

/// Fetches and keeps the keys of issuers.
#[derive(Clone)]
pub struct IssuerKeys {
    client: Client,
    issuers: Arc<Mutex<HashMap<String, Arc<Issuer>>>>,
}

struct Issuer {
    name: String,
    source: KeySource,
    kept: Mutex<Kept>,
    /// Held by whoever asks the issuer.
    flight: AsyncMutex<()>,
}

impl IssuerKeys {
    /// Fetches through `client`.
    pub fn new(client: Client) -> Self {
        Self { client, issuers: Arc::default() }
    }

    /// Says where an issuer's keys come from; without that, from its discovery document.
    #[must_use]
    pub fn with(self, issuer: &str, source: KeySource) -> Self {
        self.slots().insert(issuer.to_owned(), Arc::new(Issuer::new(issuer, source)));
        self
    }

    /// The keys of `issuer`, to look for `kid` in. Only registered issuers may be asked for: the table grows
    /// with them.
    pub async fn of(
        &self,
        issuer: &str,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, KeysUnavailable> {
        let issuer = self.issuer(issuer);
        if let KeySource::Pinned(keys) = &issuer.source {
            return Ok(Arc::clone(keys));
        }
        match issuer.look(kid, now) {
            Look::Serve(keys) => return Ok(keys),
            Look::ServeAndRefresh(keys) => {
                self.refresh_behind(issuer, now);
                return Ok(keys);
            }
            Look::Fail(failure) => return Err(failure),
            Look::Ask => {}
        }
        let _flight = issuer.flight.lock().await;
        // Whoever held it may have brought what we came for.
        match issuer.look(kid, now) {
            Look::Serve(keys) | Look::ServeAndRefresh(keys) => Ok(keys),
            Look::Fail(failure) => Err(failure),
            Look::Ask => issuer.ask(&self.client, now).await,
        }
    }

    fn issuer(&self, name: &str) -> Arc<Issuer> {
        let mut issuers = self.slots();
        let known = issuers.get(name).map(Arc::clone);
        known.unwrap_or_else(|| {
            let fresh = Arc::new(Issuer::new(name, KeySource::Discovery));
            issuers.insert(name.to_owned(), Arc::clone(&fresh));
            fresh
        })
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Issuer>>> {
        self.issuers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks while the old keys serve, unless somebody asks already.
    fn refresh_behind(&self, issuer: Arc<Issuer>, now: Timestamp) {
        let client = self.client.clone();
        tokio::spawn(async move {
            if let Ok(_flight) = issuer.flight.try_lock()
                && matches!(issuer.look(None, now), Look::ServeAndRefresh(_))
            {
                // A failure is kept and counted; the old keys serve on.
                let _ = issuer.ask(&client, now).await;
            }
        });
    }
}

impl Issuer {
    fn new(name: &str, source: KeySource) -> Self {
        Self { name: name.to_owned(), source, kept: Mutex::default(), flight: AsyncMutex::default() }
    }

    fn look(&self, kid: Option<&str>, now: Timestamp) -> Look {
        self.kept().look(kid, now)
    }

    async fn ask(&self, client: &Client, now: Timestamp) -> Result<Arc<KeySet>, KeysUnavailable> {
        self.kept().begin(now);
        let outcome = self.source.fetch(client, &self.name).await;
        let mut kept = self.kept();
        match outcome {
            Ok(keys) => {
                self.count("fetched", 0.0);
                self.sound_changed_keys(kept.changed_keys(&keys));
                Ok(kept.succeed(Arc::new(keys), now))
            }
            Err(failure) => {
                let stale_seconds = kept.age(now).map_or(0.0, |age| age.as_secs_f64());
                self.count("failed", stale_seconds);
                tracing::error!(issuer = self.name, error = %failure, stale_seconds, "an issuer's keys cannot be fetched");
                kept.fail(failure, now)
            }
        }
    }

    fn count(&self, outcome: &'static str, stale_seconds: f64) {
        let issuer = self.name.clone();
        metrics::gauge!("openias_issuer_keys_stale_seconds", "issuer" => issuer.clone()).set(stale_seconds);
        metrics::counter!("openias_issuer_keys_fetches_total", "issuer" => issuer, "outcome" => outcome)
            .increment(1);
    }

    /// A key id stands for one key for ever (RFC 7517 section 4.5): another key under it is a mistake of the
    /// issuer's, or somebody in its place.
    fn sound_changed_keys(&self, changed: usize) {
        if changed > 0 {
            metrics::counter!("openias_issuer_keys_changed_total", "issuer" => self.name.clone())
                .increment(changed as u64);
            tracing::error!(
                issuer = self.name,
                changed,
                "an issuer's key id stands for another key than before"
            );
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
