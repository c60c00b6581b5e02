//! Too much at a time.

use std::time::Duration;

/// More is asked for than may be asked for in this time. Asking again later helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more is asked for than may be in this time")]
pub struct Busy {
    /// When it may be asked for again.
    pub retry_after: Duration,
}

impl Busy {
    /// Whole seconds for `Retry-After` (RFC 9110 10.2.3), never too few.
    pub fn seconds(self) -> u64 {
        let begun = u64::from(self.retry_after.subsec_nanos() > 0);
        self.retry_after.as_secs().saturating_add(begun).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_second_counts_whole() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (60_000, 60)] {
            assert_eq!(Busy { retry_after: Duration::from_millis(millis) }.seconds(), seconds, "{millis}");
        }
    }
}
