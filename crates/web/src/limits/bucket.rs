//! One limit for many callers: a bucket for each, judged by the generic cell rate algorithm.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use ambient::Clock;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::{NotUntil, Quota, RateLimiter};
use model::Busy;

use super::counts::{Counts, Keep, Look};

/// How far a caller can get into debt by calls that were under way when its bucket ran empty.
const MOST_DEBT: Duration = Duration::from_mins(1);

/// Our clock, as governor asks for the time.
struct Steady(Clock);

impl GovernorClock for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.steady()
    }
}

/// A limiter over our clock and a view of our counts.
type Limiter<View> = RateLimiter<u64, View, Steady, NoOpMiddleware<Duration>>;

/// Buckets of one size, one for each key.
pub(super) struct Bucket {
    keeping: Limiter<Keep>,
    /// The same buckets, asked without being drawn from.
    looking: Limiter<Look>,
    counts: Arc<Counts>,
    /// What one call is worth.
    each: Nanos,
    clock: Clock,
}

impl Bucket {
    /// Buckets that hold a second's calls and are full again after one. None for no limit.
    pub(super) fn per_second(calls: u32, clock: &Clock) -> Option<Self> {
        NonZeroU32::new(calls).map(|calls| Self::new(Quota::per_second(calls), clock))
    }

    /// Buckets that hold a minute's calls and are full again after one. None for no limit.
    pub(super) fn per_minute(calls: u32, clock: &Clock) -> Option<Self> {
        NonZeroU32::new(calls).map(|calls| Self::new(Quota::per_minute(calls), clock))
    }

    fn new(quota: Quota, clock: &Clock) -> Self {
        let counts = Arc::new(Counts::default());
        Self {
            // Both begin at one moment, from which they count.
            keeping: RateLimiter::new(quota, Keep(Arc::clone(&counts)), Steady(clock.clone())),
            looking: RateLimiter::new(quota, Look(Arc::clone(&counts)), Steady(clock.clone())),
            counts,
            each: quota.replenish_interval().into(),
            clock: clock.clone(),
        }
    }

    /// Draws one call, or nothing where the bucket is empty.
    pub(super) fn take(&self, key: u64) -> Result<(), Busy> {
        self.keeping.check_key(&key).map_err(|until| self.busy(&until))
    }

    /// Whether there is a call to draw.
    pub(super) fn has_room(&self, key: u64) -> Result<(), Busy> {
        self.looking.check_key(&key).map_err(|until| self.busy(&until))
    }

    /// Draws one call that is over, even from an empty bucket: else whoever calls many times at once would pay for
    /// one.
    pub(super) fn charge(&self, key: u64) {
        if let Err(busy) = self.take(key)
            && busy.retry_after < MOST_DEBT
        {
            self.counts.owe(key, self.each);
        }
    }

    fn busy(&self, until: &NotUntil<Duration>) -> Busy {
        Busy { retry_after: until.wait_time_from(self.clock.steady()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;

    const SECOND: Duration = Duration::from_secs(1);

    fn clock() -> Clock {
        Clock::manual(Timestamp::from_seconds(1_780_000_000))
    }

    #[test]
    fn a_bucket_holds_its_calls_and_fills_evenly() {
        let clock = clock();
        let bucket = Bucket::per_minute(6, &clock).expect("a limit");
        let drawn = |key| std::iter::repeat_with(|| bucket.take(key)).take_while(Result::is_ok).count();
        assert_eq!((drawn(1), drawn(2)), (6, 6));
        assert_eq!(bucket.take(1).expect_err("empty").seconds(), 10);
        clock.advance(9 * SECOND);
        assert_eq!(bucket.take(1).expect_err("empty").seconds(), 1);
        clock.advance(21 * SECOND);
        assert_eq!(drawn(1), 3);
        clock.advance(3600 * SECOND);
        assert_eq!(drawn(1), 6, "it holds no more than it holds");
    }

    #[test]
    fn looking_draws_nothing() {
        let bucket = Bucket::per_second(1, &clock()).expect("a limit");
        assert!((0..10).all(|_| bucket.has_room(1).is_ok()));
        bucket.take(1).expect("a call");
        assert!(bucket.has_room(1).is_err());
    }

    #[test]
    fn what_was_under_way_is_paid_for_later_within_reason() {
        let clock = clock();
        let bucket = Bucket::per_minute(6, &clock).expect("a limit");
        (0..8).for_each(|_| bucket.charge(1));
        assert_eq!(bucket.has_room(1).expect_err("two in debt").seconds(), 30);
        (0..1000).for_each(|_| bucket.charge(1));
        assert_eq!(bucket.has_room(1).expect_err("in debt").seconds(), 60);
        clock.advance(60 * SECOND);
        assert!(bucket.has_room(1).is_ok());
    }
}
