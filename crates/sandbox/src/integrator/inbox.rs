//! Webhooks as they arrive: checked, kept once, waited for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::Clock;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Secret, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Notify;

/// Messages older than this are replays.
const TOLERANCE: Duration = Duration::from_mins(5);

/// A message that was taken.
#[derive(Clone, Debug, Deserialize)]
pub struct Received {
    /// The same on every retry.
    pub id: String,
    /// Such as `patient.connection_success`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it says.
    pub data: Value,
}

/// The messages of one endpoint.
#[derive(Clone)]
pub struct Inbox {
    secret: Secret,
    clock: Clock,
    messages: Arc<Mutex<Vec<Received>>>,
    arrived: Arc<Notify>,
}

impl Inbox {
    /// An inbox for messages signed with `secret`.
    pub fn new(secret: Secret, clock: Clock) -> Self {
        Self { secret, clock, messages: Arc::default(), arrived: Arc::default() }
    }

    /// Takes a message whose signature and time stand; a repeated one is taken and not kept again. False
    /// when it is refused.
    pub fn take(&self, id: &str, timestamp: &str, signature: &str, body: &str) -> bool {
        let Ok(seconds) = timestamp.parse() else { return false };
        let sent = Timestamp::from_seconds(seconds);
        let now = self.clock.now();
        let recent = now.since(sent) <= TOLERANCE && sent.since(now) <= TOLERANCE;
        let signed = self.has_signed(signature, &format!("{id}.{timestamp}.{body}"));
        let Ok(message) = serde_json::from_str::<Received>(body) else { return false };
        if !recent || !signed || message.id != id {
            return false;
        }
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if !messages.iter().any(|known| known.id == id) {
            messages.push(message);
            self.arrived.notify_waiters();
        }
        true
    }

    /// Whether one of the signatures is an HMAC-SHA-256 of the content under the secret (Standard Webhooks,
    /// version 1). Compared in constant time.
    fn has_signed(&self, signatures: &str, content: &str) -> bool {
        let key = self.secret.expose().strip_prefix("whsec_").map(|key| STANDARD.decode(key));
        let Some(Ok(key)) = key else { return false };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let mut given =
            signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
        given.any(|tag| hmac::verify(&key, content.as_bytes(), &tag).is_ok())
    }

    /// All messages, oldest first.
    pub fn messages(&self) -> Vec<Received> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until `pick` finds something in the messages, at most `limit`.
    pub async fn wait_for<T>(&self, limit: Duration, pick: impl Fn(&[Received]) -> Option<T>) -> Option<T> {
        let found = async {
            loop {
                let arrived = self.arrived.notified();
                let mut arrived = std::pin::pin!(arrived);
                arrived.as_mut().enable();
                if let Some(found) = pick(&self.messages()) {
                    return found;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(limit, found).await.ok()
    }
}
