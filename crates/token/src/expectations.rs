//! What a token is measured against. None of it comes from the token.

use std::time::Duration;

use jose::Algorithm;
use model::Timestamp;

use crate::Policy;

/// How far clocks may disagree.
pub const DEFAULT_LEEWAY: Duration = Duration::from_mins(1);
/// How long a token may live unless its issuer is registered with another limit.
pub const DEFAULT_MAX_LIFE: Duration = Duration::from_hours(24);

/// Who must have issued a token, and when. For whom is an argument of its own: it is never left open.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// The registered issuer, compared byte for byte with `iss`.
    pub issuer: &'a str,
    /// The algorithms this issuer may sign with; RS256 alone in the SOP (IAS SOP 3.0 section 4.9).
    pub algorithms: &'a [Algorithm],
    /// The present.
    pub now: Timestamp,
    /// The most that `exp - iat` may be.
    pub max_life: Duration,
    /// The longest time since the person was proofed (`auth_time`). When set, a token that does not say
    /// when that was is refused.
    pub max_proofing_age: Option<Duration>,
    /// By which form, and what the issuer is forgiven.
    pub policy: Policy<'a>,
}

impl<'a> Expectations<'a> {
    /// The defaults: a life of at most 24 hours, any proofing age, the form that the token says it follows.
    pub fn new(issuer: &'a str, algorithms: &'a [Algorithm], now: Timestamp) -> Self {
        Self {
            issuer,
            algorithms,
            now,
            max_life: DEFAULT_MAX_LIFE,
            max_proofing_age: None,
            policy: Policy::default(),
        }
    }
}
