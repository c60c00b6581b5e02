//! When a token is good, and when its person was proofed.

use std::time::Duration;

use jose::json::Object;
use model::Timestamp;

use crate::expectations::MAX_LEEWAY;
use crate::finding::Findings;
use crate::{Expectations, Reject};

/// Longer lives than this are remarked on: "short-lived" in IAS SOP 3.0, one hour in the 2.x form.
const LONG_LIFE: Duration = Duration::from_hours(2);

/// The times of an accepted token.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) auth_time: Option<Timestamp>,
}

impl Window {
    /// Reads and checks `exp`, `iat`, `nbf` and `auth_time`. One that is present but no number is refused,
    /// never taken for absent (CVE-2026-25537).
    pub(crate) fn read(
        claims: &Object<'_>,
        expected: &Expectations<'_>,
        findings: &mut Findings,
    ) -> Result<Self, Reject> {
        let expires_at = date(claims, "exp")?.ok_or(Reject::Missing("exp"))?;
        let issued_at = date(claims, "iat")?.ok_or(Reject::Missing("iat"))?;
        let not_before = date(claims, "nbf")?;
        let auth_time = date(claims, "auth_time")?;

        let leeway = expected.leeway.min(MAX_LEEWAY);
        let latest = expected.now.plus(leeway);
        if expected.now >= expires_at.plus(leeway) {
            return Err(Reject::Expired);
        }
        if not_before.is_some_and(|not_before| not_before > latest) {
            return Err(Reject::NotYetValid);
        }
        if issued_at > latest {
            return Err(Reject::IssuedInFuture);
        }
        if expires_at <= issued_at {
            return Err(Reject::ExpiresBeforeIssued);
        }
        let life = expires_at.since(issued_at);
        if life > expected.max_life {
            return Err(Reject::Lifetime);
        }
        if life > LONG_LIFE {
            findings.warn("token.long_lived", "the token lives longer than two hours");
        }
        if let Some(auth_time) = auth_time {
            if auth_time > latest {
                return Err(Reject::ProofedInFuture);
            }
            if auth_time > issued_at.plus(leeway) {
                findings.warn(
                    "token.auth_time",
                    "the token was issued before its person was proofed (auth_time)",
                );
            }
        }
        if let Some(max_age) = expected.max_proofing_age {
            let auth_time = auth_time.ok_or(Reject::Missing("auth_time"))?;
            if expected.now.since(auth_time) > max_age {
                return Err(Reject::ProofingAge);
            }
        }
        Ok(Self { issued_at, expires_at, auth_time })
    }
}

fn date(claims: &Object<'_>, name: &'static str) -> Result<Option<Timestamp>, Reject> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value.numeric_date().ok_or(Reject::NumericDate(name))?;
    Ok(Some(Timestamp::from_seconds(seconds)))
}
