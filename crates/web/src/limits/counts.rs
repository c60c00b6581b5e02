//! What is counted, or noted, in bounded memory: a flood of callers pushes out who has not called for longest, and
//! begins anew with them.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;

/// Callers that wait for nobody but those of their shard.
const SHARDS: usize = 16;
/// Callers of a generation of a shard. All together take at most some megabytes.
const GENERATION: usize = 2048;

/// Each caller's state: when its bucket will be full again.
pub(super) struct Counts {
    shards: [Mutex<Shard>; SHARDS],
}

/// Two generations. Who calls moves into the young one; when that is full, the old one is forgotten.
#[derive(Default)]
struct Shard {
    young: HashMap<u64, Nanos>,
    old: HashMap<u64, Nanos>,
}

impl Default for Counts {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl Counts {
    /// Puts off the moment at which a bucket will be full again.
    pub(super) fn owe(&self, key: u64, more: Nanos) {
        let mut shard = self.shard(key);
        if let Some(state) = shard.get(key) {
            shard.put(key, state + more);
        }
    }

    /// Notes a key that has no bucket.
    pub(super) fn note(&self, key: u64) {
        self.shard(key).put(key, Nanos::default());
    }

    /// Whether it was noted and is not forgotten.
    pub(super) fn is_noted(&self, key: u64) -> bool {
        self.shard(key).get(key).is_some()
    }

    fn shard(&self, key: u64) -> MutexGuard<'_, Shard> {
        let at = usize::try_from(key % SHARDS as u64).unwrap_or_default();
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn get(&self, key: u64) -> Option<Nanos> {
        self.young.get(&key).or_else(|| self.old.get(&key)).copied()
    }

    fn put(&mut self, key: u64, state: Nanos) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&key) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, state);
    }
}

/// The counts, changed by whoever asks.
pub(super) struct Keep(pub(super) Arc<Counts>);

impl StateStore for Keep {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut shard = self.0.shard(*key);
        let (verdict, state) = judge(shard.get(*key))?;
        shard.put(*key, state);
        Ok(verdict)
    }
}

/// The counts, as they are.
pub(super) struct Look(pub(super) Arc<Counts>);

impl StateStore for Look {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let state = self.0.shard(*key).get(*key);
        judge(state).map(|(verdict, _)| verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_callers_takes_bounded_memory_and_forgets_nobody_who_keeps_calling() {
        let keep = Keep(Arc::default());
        let call = |key| {
            let seen = |before: Option<Nanos>| Ok::<_, ()>((before.is_some(), Nanos::from(key)));
            keep.measure_and_replace(&key, seen) == Ok(true)
        };
        call(7);
        for key in 1000..1_000_000 {
            assert!(!call(key), "{key}");
            assert!(key % 1000 != 0 || call(7));
        }
        let held: usize = keep
            .0
            .shards
            .iter()
            .map(|shard| {
                let shard = shard.lock().expect("a shard");
                shard.young.len() + shard.old.len()
            })
            .sum();
        assert!(held <= 2 * SHARDS * GENERATION, "{held}");
        assert!(!call(1000), "forgotten");
    }
}
