//! What is kept of one issuer, and what can be answered from it.

use std::sync::Arc;
use std::time::Duration;

use jose::KeySet;
use model::Timestamp;

use super::KeysUnavailable;
use super::flight::Flight;

/// How long fetched keys are used without asking again.
pub const FRESH: Duration = Duration::from_mins(10);
/// From this age on they are fetched again while they still serve.
const AHEAD: Duration = Duration::from_mins(8);
/// How long they serve when the issuer does not answer.
pub const STALE: Duration = Duration::from_hours(24);
/// How often, at most, an unknown key id or a failing issuer makes us ask.
pub const PAUSE: Duration = Duration::from_mins(1);
/// How many keys of one issuer are remembered: four of the largest sets.
const MEMORY: usize = 4 * jose::jwks::MAX_KEYS;

#[derive(Default)]
pub(super) struct Kept {
    keys: Option<(Arc<KeySet>, Timestamp)>,
    asked_at: Option<Timestamp>,
    /// Of the last fetch that ended.
    failure: Option<KeysUnavailable>,
    flight: Option<Flight>,
    /// Key ids and the thumbprints they stood for, the latest last.
    seen: Vec<(String, String)>,
    /// Thumbprints of the keys of which the issuer has shown the private half, the latest last.
    compromised: Vec<String>,
}

/// What to do for somebody who needs keys.
pub(super) enum Look {
    /// These will do.
    Serve(Arc<KeySet>),
    /// These will do, and it is time to fetch them again.
    ServeAndRefresh(Arc<KeySet>),
    /// There are none, and it is too early to ask again.
    Fail(KeysUnavailable),
    /// The issuer must be asked, or waited for where somebody asks already.
    Ask,
}

impl Kept {
    pub(super) fn look(&self, kid: Option<&str>, now: Timestamp) -> Look {
        let resting = self.asked_at.is_some_and(|asked| now.since(asked) < PAUSE);
        let Some((keys, fetched_at)) = &self.keys else {
            return match (&self.failure, resting) {
                (Some(failure), true) => Look::Fail(failure.clone()),
                _ => Look::Ask,
            };
        };
        let (age, holds) = (now.since(*fetched_at), kid.is_none_or(|kid| keys.find(kid).is_some()));
        if age < FRESH && holds {
            let due = age >= AHEAD && !resting;
            return if due { Look::ServeAndRefresh(Arc::clone(keys)) } else { Look::Serve(Arc::clone(keys)) };
        }
        // A key may have been withdrawn since: only a failure that is known lets old keys serve on.
        match (resting, &self.failure) {
            (true, None) if age < FRESH && self.flight().is_none() => Look::Serve(Arc::clone(keys)),
            (true, Some(_)) if age < STALE => Look::Serve(Arc::clone(keys)),
            (true, Some(failure)) => Look::Fail(failure.clone()),
            _ => Look::Ask,
        }
    }

    /// The fetch that is under way.
    pub(super) fn flight(&self) -> Option<Flight> {
        self.flight.clone().filter(Flight::is_under_way)
    }

    /// The issuer is being asked.
    pub(super) fn begin(&mut self, flight: Flight, now: Timestamp) {
        self.asked_at = Some(now);
        self.flight = Some(flight);
    }

    pub(super) fn succeed(&mut self, keys: Arc<KeySet>, now: Timestamp) -> Arc<KeySet> {
        self.keys = Some((Arc::clone(&keys), now));
        self.failure = None;
        keys
    }

    /// The last keys, while they may serve.
    pub(super) fn fail(
        &mut self,
        failure: KeysUnavailable,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, KeysUnavailable> {
        self.failure = Some(failure.clone());
        match &self.keys {
            Some((keys, fetched_at)) if now.since(*fetched_at) < STALE => Ok(Arc::clone(keys)),
            _ => Err(failure),
        }
    }

    /// Gives up, for good, the keys of these thumbprints; how many of them are news.
    pub(super) fn give_up(&mut self, thumbprints: &[String]) -> usize {
        let before = self.compromised.len();
        for thumbprint in thumbprints {
            if !self.compromised.contains(thumbprint) {
                self.compromised.push(thumbprint.clone());
            }
        }
        let news = self.compromised.len() - before;
        if let Some((keys, fetched_at)) = self.keys.take_if(|_| news > 0) {
            let rest = keys.without(&self.compromised);
            self.keys = (!rest.keys().is_empty()).then(|| (Arc::new(rest), fetched_at));
        }
        self.compromised.drain(..self.compromised.len().saturating_sub(MEMORY));
        news
    }

    /// A set without what was given up.
    pub(super) fn trusted(&self, keys: &KeySet) -> KeySet {
        keys.without(&self.compromised)
    }

    /// How old the keys are.
    pub(super) fn age(&self, now: Timestamp) -> Option<Duration> {
        self.keys.as_ref().map(|(_, fetched_at)| now.since(*fetched_at))
    }

    /// How many key ids stand for another key in `fresh` than when they were last seen, in whatever set that was.
    pub(super) fn changed_keys(&mut self, fresh: &KeySet) -> usize {
        let mut changed = 0;
        for key in fresh.keys() {
            let Some(kid) = key.kid() else { continue };
            let known = self.seen.iter().position(|(known, _)| known == kid);
            let before = known.map(|at| self.seen.remove(at));
            changed += usize::from(before.is_some_and(|(_, thumbprint)| thumbprint != key.thumbprint()));
            self.seen.push((kid.to_owned(), key.thumbprint().to_owned()));
        }
        self.seen.drain(..self.seen.len().saturating_sub(MEMORY));
        changed
    }
}
