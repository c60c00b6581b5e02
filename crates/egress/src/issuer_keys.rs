//! The keys of an issuer: OpenID Connect Discovery, then its JWKS, kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jose::KeySet;
use model::Timestamp;
use serde::Deserialize;
use tokio::sync::Mutex as AsyncMutex;
use url::Url;

use crate::client::{Client, Request};
use crate::origin::Origin;

/// How long fetched keys are used without asking again.
const FRESH: Duration = Duration::from_mins(10);
/// How long they serve when the issuer does not answer.
const STALE: Duration = Duration::from_hours(24);
/// How often, at most, an unknown key id or a failing issuer makes us ask.
const PAUSE: Duration = Duration::from_mins(1);

/// Fetches and keeps the keys of issuers. One fetch at a time per issuer; issuers do not wait for each
/// other.
#[derive(Clone)]
pub struct IssuerKeys {
    client: Client,
    issuers: Arc<Mutex<HashMap<String, Slot>>>,
}

type Slot = Arc<AsyncMutex<Known>>;

#[derive(Default)]
struct Known {
    keys: Option<(Arc<KeySet>, Timestamp)>,
    asked_at: Option<Timestamp>,
    failure: Option<KeysUnavailable>,
}

impl Known {
    /// What can be answered without asking the issuer: fresh keys that hold `kid`, or, while it rests from
    /// the last question, whatever that question brought.
    fn answer(&self, kid: Option<&str>, now: Timestamp) -> Option<Result<Arc<KeySet>, KeysUnavailable>> {
        let resting = self.asked_at.is_some_and(|asked| now.since(asked) < PAUSE);
        if let Some((keys, fetched_at)) = &self.keys {
            let fresh = now.since(*fetched_at) < FRESH && kid.is_none_or(|kid| keys.find(kid).is_some());
            let serves = now.since(*fetched_at) < STALE;
            if fresh || (resting && serves) {
                return Some(Ok(Arc::clone(keys)));
            }
        }
        self.failure.clone().filter(|_| resting).map(Err)
    }
}

/// Why there are no keys to judge with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysUnavailable {
    /// The discovery document did not arrive or is not one.
    #[error("the discovery document of {issuer} cannot be had: {why}")]
    Discovery {
        /// The issuer.
        issuer: String,
        /// What went wrong.
        why: String,
    },
    /// The discovery document speaks for another issuer (OpenID Connect Discovery 4.3).
    #[error("the discovery document of {0} names another issuer")]
    ForeignDocument(String),
    /// The keys would come from another origin than the issuer's.
    #[error("the discovery document of {0} points to keys on another origin")]
    ForeignKeys(String),
    /// The JWKS did not arrive or holds no usable key.
    #[error("the keys of {issuer} cannot be had: {why}")]
    Keys {
        /// The issuer.
        issuer: String,
        /// What went wrong.
        why: String,
    },
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl IssuerKeys {
    /// Fetches through `client`.
    pub fn new(client: Client) -> Self {
        Self { client, issuers: Arc::default() }
    }

    /// The keys of `issuer`. When `kid` is not among the kept ones they are fetched again, but not more
    /// than once a minute, whatever is asked. Only registered issuers may be asked for: the table grows
    /// with them.
    pub async fn of(
        &self,
        issuer: &str,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, KeysUnavailable> {
        let slot = self.slot(issuer);
        let mut known = slot.lock().await;
        if let Some(answer) = known.answer(kid, now) {
            return answer;
        }
        known.asked_at = Some(now);
        match self.fetch(issuer).await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                known.keys = Some((Arc::clone(&keys), now));
                known.failure = None;
                Ok(keys)
            }
            Err(error) => {
                tracing::warn!(issuer, %error, "keys of an issuer cannot be fetched");
                known.failure = Some(error.clone());
                match &known.keys {
                    Some((keys, fetched_at)) if now.since(*fetched_at) < STALE => Ok(Arc::clone(keys)),
                    _ => Err(error),
                }
            }
        }
    }

    fn slot(&self, issuer: &str) -> Slot {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(issuers.entry(issuer.to_owned()).or_default())
    }

    async fn fetch(&self, issuer: &str) -> Result<KeySet, KeysUnavailable> {
        let discovery_failed = |why: String| KeysUnavailable::Discovery { issuer: issuer.to_owned(), why };
        let address = format!("{issuer}/.well-known/openid-configuration");
        let body = self.document(&address).await.map_err(discovery_failed)?;
        let document: Discovery = serde_json::from_slice(&body)
            .map_err(|_| discovery_failed("it is not a discovery document".to_owned()))?;
        if document.issuer != issuer {
            return Err(KeysUnavailable::ForeignDocument(issuer.to_owned()));
        }
        let origin = |text: &str| Url::parse(text).ok().and_then(|url| Origin::of(&url));
        if origin(issuer).is_none() || origin(issuer) != origin(&document.jwks_uri) {
            return Err(KeysUnavailable::ForeignKeys(issuer.to_owned()));
        }
        let keys_failed = |why: String| KeysUnavailable::Keys { issuer: issuer.to_owned(), why };
        let body = self.document(&document.jwks_uri).await.map_err(keys_failed)?;
        KeySet::from_json(&body).map_err(|error| keys_failed(error.to_string()))
    }

    async fn document(&self, url: &str) -> Result<bytes::Bytes, String> {
        let request = Request::get(url).at_most(256 * 1024).header("accept", "application/json");
        let answer = self.client.fetch(request).await.map_err(|error| error.to_string())?;
        if answer.status.is_success() {
            Ok(answer.body)
        } else {
            Err(format!("status {}", answer.status.as_u16()))
        }
    }
}
