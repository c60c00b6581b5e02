//! A fetch that runs by itself, and what those who wait for it hear.

use std::sync::Arc;

use jose::KeySet;
use tokio::sync::watch;

use super::KeysUnavailable;

/// The keys that serve after a fetch, or why there are none.
pub(super) type Outcome = Result<Arc<KeySet>, KeysUnavailable>;

/// A fetch under way.
#[derive(Clone)]
pub(super) struct Flight(watch::Receiver<Option<Outcome>>);

/// Where its outcome is told.
pub(super) struct Landing(watch::Sender<Option<Outcome>>);

impl Flight {
    pub(super) fn take_off() -> (Self, Landing) {
        let (landing, flight) = watch::channel(None);
        (Self(flight), Landing(landing))
    }

    /// Whether somebody still works on it: not after it landed, nor when the runtime it ran on is gone.
    pub(super) fn is_under_way(&self) -> bool {
        self.0.has_changed().is_ok()
    }

    /// Waits for it; none when it ended without an outcome.
    pub(super) async fn outcome(mut self) -> Option<Outcome> {
        let landed = self.0.wait_for(Option::is_some).await.ok()?;
        landed.clone()
    }
}

impl Landing {
    pub(super) fn land(self, outcome: Outcome) {
        self.0.send_replace(Some(outcome));
    }
}

/// What `fetch` brings; if it panics, that is a failure like any other.
pub(super) async fn fetched(
    fetch: impl Future<Output = Result<KeySet, KeysUnavailable>> + Send + 'static,
    issuer: &str,
) -> Result<KeySet, KeysUnavailable> {
    tokio::spawn(fetch).await.unwrap_or_else(|_| Err(KeysUnavailable::broke_off(issuer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fetch_that_panics_has_failed() {
        let broken = fetched(async { panic!("in the middle") }, "https://csp.example").await;
        assert!(matches!(broken, Err(KeysUnavailable::Keys { .. })), "{broken:?}");
    }

    #[tokio::test]
    async fn nobody_waits_for_what_is_gone() {
        let (flight, landing) = Flight::take_off();
        assert!(flight.is_under_way());
        drop(landing);
        assert!(!flight.is_under_way() && flight.outcome().await.is_none());
    }
}
