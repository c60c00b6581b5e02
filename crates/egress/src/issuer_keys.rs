//! The keys of issuers: where they come from, how long they serve, and that asking for them costs little.
//!
//! Keys are fetched ahead of their time while the old ones still serve; one fetch at a time for each issuer; an
//! unknown key id, however often it is sent, costs one fetch a minute. When an issuer does not answer, its last
//! keys serve for a bounded time, and metrics sound the alarm. Issuers do not wait for each other. A fetch ends
//! and leaves its outcome behind even if nobody waits for it any more.

mod flight;
mod kept;
mod source;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jose::KeySet;
use model::Timestamp;

use crate::client::Client;

use flight::{Flight, Outcome, fetched};
pub use kept::{FRESH, PAUSE, STALE};
use kept::{Kept, Look};
pub use source::{
    AtHand, Discovery, DocumentFault, KeySource, KeysAtHand, KeysUnavailable, MAX_DOCUMENT, document,
};

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
        if let Some(keys) = issuer.source.at_hand(&issuer.name, kid, now).await {
            return keys;
        }
        let flight = {
            let mut kept = issuer.kept();
            match kept.look(kid, now) {
                Look::Serve(keys) => return Ok(keys),
                Look::ServeAndRefresh(keys) => {
                    issuer.board(&mut kept, &self.client, now);
                    return Ok(keys);
                }
                Look::Fail(failure) => return Err(failure),
                Look::Ask => issuer.board(&mut kept, &self.client, now),
            }
        };
        flight.outcome().await.unwrap_or_else(|| Err(KeysUnavailable::broke_off(&issuer.name)))
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
}

impl Issuer {
    fn new(name: &str, source: KeySource) -> Self {
        Self { name: name.to_owned(), source, kept: Mutex::default() }
    }

    /// The fetch that is under way, or a new one. It runs by itself: whoever waits for it may hang up.
    fn board(self: &Arc<Self>, kept: &mut Kept, client: &Client, now: Timestamp) -> Flight {
        if let Some(flight) = kept.flight() {
            return flight;
        }
        let (flight, landing) = Flight::take_off();
        kept.begin(flight.clone(), now);
        let (issuer, client) = (Arc::clone(self), client.clone());
        tokio::spawn(async move {
            let asked = Arc::clone(&issuer);
            let fetch = async move { asked.source.fetch(&client, &asked.name).await };
            let outcome = fetched(fetch, &issuer.name).await;
            landing.land(issuer.record(outcome, now));
        });
        flight
    }

    fn record(&self, outcome: Result<KeySet, KeysUnavailable>, now: Timestamp) -> Outcome {
        let mut kept = self.kept();
        // Also what such a set holds besides may be of no use: then the kept keys serve on, but for these.
        let outcome = outcome.and_then(|keys| {
            self.sound_compromised_keys(kept.give_up(keys.compromised()));
            let keys = kept.trusted(&keys);
            if keys.keys().is_empty() { Err(KeysUnavailable::no_usable_key(&self.name)) } else { Ok(keys) }
        });
        match outcome {
            Ok(keys) => {
                self.sound_changed_keys(kept.changed_keys(&keys));
                let keys = kept.succeed(Arc::new(keys), now);
                self.count("fetched", kept.age(now), true);
                Ok(keys)
            }
            Err(failure) => {
                let age = kept.age(now);
                let stale_seconds = age.map(|age| age.as_secs());
                tracing::error!(issuer = self.name, error = %failure, stale_seconds, "an issuer's keys cannot be fetched");
                let served = kept.fail(failure, now);
                self.count("failed", age, served.is_ok());
                served
            }
        }
    }

    /// An issuer whose keys were never had has no age to tell; that its tokens cannot be judged shows all the same.
    fn count(&self, outcome: &'static str, age: Option<Duration>, usable: bool) {
        let issuer = self.name.clone();
        let usable = f64::from(u8::from(usable));
        metrics::gauge!("openias_issuer_keys_usable", "issuer" => issuer.clone()).set(usable);
        if let Some(age) = age {
            metrics::gauge!("openias_issuer_keys_stale_seconds", "issuer" => issuer.clone())
                .set(age.as_secs_f64());
        }
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

    /// Whoever reads the set can sign with such a key.
    fn sound_compromised_keys(&self, compromised: usize) {
        if compromised > 0 {
            metrics::counter!("openias_issuer_keys_compromised_total", "issuer" => self.name.clone())
                .increment(compromised as u64);
            tracing::error!(
                issuer = self.name,
                compromised,
                "key compromised: an issuer publishes its private half; it is not trusted any more"
            );
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
