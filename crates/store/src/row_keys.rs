//! Keys that grow with time, for tables that grow at one end.
//!
//! A key is `milliseconds << 20 | place`: the engine appends instead of inserting somewhere, nothing has to be asked
//! of the database before the row is written, and what was pushed and what else happened stand in one order.

use std::sync::atomic::{AtomicI64, Ordering};

use ambient::Entropy;
use model::Timestamp;

/// Places within a millisecond, as a power of two. What is left of an `i64` lasts until the year 2248.
const PLACES: u32 = 20;

/// Whose row it is. The two kinds of keys never meet: when a pushed request becomes a line of the trail, no line
/// can stand there already.
#[derive(Clone, Copy)]
pub(crate) enum RowKind {
    /// A line of the audit trail.
    Line = 0,
    /// A pushed request, which is a line of the trail too.
    Pushed = 1,
}

/// Gives out keys, each once in this process. Another process may, once in a long while, give out the same: every
/// insert has to look.
pub(crate) struct RowKeys {
    last: AtomicI64,
    entropy: Entropy,
}

impl RowKeys {
    pub(crate) fn new(entropy: Entropy) -> Self {
        Self { last: AtomicI64::new(0), entropy }
    }

    /// A key greater than all before it.
    pub(crate) fn next(&self, kind: RowKind, now: Timestamp) -> i64 {
        let begins = first(now);
        // Nodes that write in the same millisecond begin at different places in it.
        let place = match self.last.load(Ordering::Relaxed) {
            last if last >= begins => begins,
            _ => begins | i64::from(u32::from_le_bytes(self.entropy.bytes()) & ((1 << PLACES) - 2)),
        };
        let step = |last: i64| place.max(last.saturating_add(2));
        let before = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(step(last)));
        step(before.unwrap_or_else(|last| last)) | kind as i64
    }
}

/// The least key of a moment.
pub(crate) fn first(at: Timestamp) -> i64 {
    at.millis().clamp(0, i64::MAX >> PLACES) << PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_grow_whatever_the_clock_does() {
        let keys = RowKeys::new(Entropy::seeded(1));
        let times = [5, 5, 5, 6, 6, 4, 4, 900].map(Timestamp::from_millis);
        let given: Vec<i64> = times.iter().map(|now| keys.next(RowKind::Line, *now)).collect();
        assert!(given.is_sorted_by(|a, b| a < b), "{given:?}");
        assert!(given[0] >= first(times[0]) && given[7] >= first(times[7]));
        assert!(given[3] < first(Timestamp::from_millis(7)));
    }

    #[test]
    fn the_two_kinds_never_meet() {
        let (one, other) = (RowKeys::new(Entropy::seeded(1)), RowKeys::new(Entropy::seeded(1)));
        for _ in 0..100 {
            let line = one.next(RowKind::Line, Timestamp::from_seconds(1));
            let pushed = other.next(RowKind::Pushed, Timestamp::from_seconds(1));
            assert_eq!((line & 1, pushed & 1, line >> 1), (0, 1, pushed >> 1));
        }
    }

    #[test]
    fn the_end_of_time_is_a_key_too() {
        let keys = RowKeys::new(Entropy::seeded(1));
        for millis in [i64::MIN, -1, i64::MAX] {
            keys.next(RowKind::Pushed, Timestamp::from_millis(millis));
        }
    }
}
