//! What time it is.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// Tells the time: the system's, or one that a test sets by hand. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.millis()))))
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Source::Manual(millis) => Timestamp::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// The time since some moment that stays the same for as long as the process runs. It never goes back, which
    /// [`Clock::now`] does when somebody sets the system's clock: for measuring rates, not for dates.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
    pub fn steady(&self) -> Duration {
        static BEGAN: OnceLock<Instant> = OnceLock::new();
        match &self.0 {
            Source::System => BEGAN.get_or_init(Instant::now).elapsed(),
            Source::Manual(millis) => {
                Duration::from_millis(u64::try_from(millis.load(Ordering::SeqCst)).unwrap_or_default())
            }
        }
    }

    /// Moves a manual clock on; the system's clock does not listen.
    pub fn advance(&self, span: Duration) {
        if let Source::Manual(millis) = &self.0 {
            millis.store(self.now().plus(span).millis(), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_until_moved_and_its_clones_agree() {
        let clock = Clock::manual(Timestamp::from_seconds(100));
        let twin = clock.clone();
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(5));
        assert_eq!(twin.now(), Timestamp::from_seconds(105));
        assert_eq!(twin.steady(), Duration::from_secs(105));
    }
}
