//! How far clocks may disagree.
//!
//! FAPI 2.0 (section 5.3.2.1) takes what is dated up to 10 seconds ahead and refuses what is dated more than 60
//! seconds ahead; between the two each server chooses.

use std::time::Duration;

use model::Timestamp;

/// How far ahead of ours another's clock may be.
pub const SKEW: Duration = Duration::from_secs(30);

/// Whether a time lies further ahead than a clock may be wrong.
pub(crate) fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time > now.plus(SKEW)
}
