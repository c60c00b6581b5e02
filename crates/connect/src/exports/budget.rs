//! What one export may take: a provider that never ends must not fill the disk or hold a place for good.

use std::time::Duration;

use model::Timestamp;

/// The longest file, in bytes of NDJSON. A lifetime of records with scanned documents stays well below it.
const MAX_BYTES: usize = 512 << 20;
/// The most lines of a file.
const MAX_LINES: usize = 2_000_000;
/// How long one attempt may read.
const MAX_TIME: Duration = Duration::from_mins(30);

/// What was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Exceeded {
    #[error("the provider sent more than {MAX_BYTES} bytes")]
    Bytes,
    #[error("the provider sent more than {MAX_LINES} resources")]
    Lines,
    #[error("the provider was still sending after {} minutes", MAX_TIME.as_secs() / 60)]
    Time,
}

/// What is left for an export.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes: usize,
    lines: usize,
    ends_at: Timestamp,
}

impl Budget {
    /// The whole of it, from now on.
    pub(crate) fn from(now: Timestamp) -> Self {
        Self { bytes: MAX_BYTES, lines: MAX_LINES, ends_at: now.plus(MAX_TIME) }
    }

    /// Takes a line of so many bytes from it.
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), Exceeded> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Exceeded::Bytes)?;
        self.lines = self.lines.checked_sub(1).ok_or(Exceeded::Lines)?;
        Ok(())
    }

    /// Whether there is time left.
    pub(crate) fn check_time(&self, now: Timestamp) -> Result<(), Exceeded> {
        if now < self.ends_at { Ok(()) } else { Err(Exceeded::Time) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

    #[test]
    fn it_ends_with_the_last_byte_the_last_line_and_the_last_moment() {
        let mut budget = Budget::from(NOW);
        assert_eq!((budget.spend(MAX_BYTES), budget.spend(1)), (Ok(()), Err(Exceeded::Bytes)));
        let mut budget = Budget::from(NOW);
        assert!((0..MAX_LINES).all(|_| budget.spend(1).is_ok()));
        assert_eq!(budget.spend(1), Err(Exceeded::Lines));
        assert_eq!(budget.check_time(NOW.plus(MAX_TIME).minus(Duration::from_millis(1))), Ok(()));
        assert_eq!(budget.check_time(NOW.plus(MAX_TIME)), Err(Exceeded::Time));
    }
}
