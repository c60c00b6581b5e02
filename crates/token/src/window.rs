//! When a token is good, and when its person was proofed.

use std::time::Duration;

use jose::json::Object;
use model::Timestamp;

use crate::breach::{Breach, Breaches};
use crate::expectations::DEFAULT_LEEWAY;
use crate::{Expectations, Rule};

/// Longer lives than this are remarked on: "short-lived" in IAS SOP 3.0, one hour in the 2.x form.
const LONG_LIFE: Duration = Duration::from_hours(2);
/// CMS-aligned networks take nothing older.
const FRESH: Duration = Duration::from_mins(5);

/// The times of a token.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) auth_time: Option<Timestamp>,
}

impl Window {
    /// Reads and checks `exp`, `iat`, `nbf` and `auth_time`. One that is present but no number is a breach,
    /// never taken for absent (CVE-2026-25537).
    pub(crate) fn read(
        claims: &Object<'_>,
        expected: &Expectations<'_>,
        breaches: &mut Breaches,
    ) -> Option<Self> {
        let expires_at = required(claims, "exp", breaches);
        let issued_at = required(claims, "iat", breaches);
        let not_before = optional(claims, "nbf", breaches);
        let auth_time = optional(claims, "auth_time", breaches);

        let latest = expected.now.plus(DEFAULT_LEEWAY);
        match not_before {
            Some(not_before) if not_before > latest => breaches.add(Rule::NotYetValid),
            None if claims.get("nbf").is_none() => breaches.add(Rule::NotBeforeMissing),
            _ => {}
        }
        match auth_time {
            Some(auth_time) => check_proofing(auth_time, issued_at, expected, breaches),
            None if claims.get("auth_time").is_some() => {}
            None if expected.max_proofing_age.is_some() => breaches.add_at(Rule::Missing, "auth_time"),
            None => breaches.add(Rule::AuthTimeMissing),
        }
        let (expires_at, issued_at) = (expires_at?, issued_at?);
        check_life(expires_at, issued_at, expected, breaches);
        Some(Self { issued_at, expires_at, auth_time })
    }
}

fn check_life(
    expires_at: Timestamp,
    issued_at: Timestamp,
    expected: &Expectations<'_>,
    breaches: &mut Breaches,
) {
    if expected.now >= expires_at.plus(DEFAULT_LEEWAY) {
        breaches.add(Rule::Expired);
    }
    if issued_at > expected.now.plus(DEFAULT_LEEWAY) {
        breaches.add(Rule::IssuedInFuture);
    }
    if expires_at <= issued_at {
        return breaches.add(Rule::ExpiresBeforeIssued);
    }
    let life = expires_at.since(issued_at);
    if life > expected.max_life {
        breaches.add(Rule::Lifetime);
    } else if life > LONG_LIFE {
        breaches.add(Rule::LongLived);
    }
    if expected.now.since(issued_at) > FRESH {
        breaches.add_at(Rule::NotFresh, "iat");
    }
}

fn check_proofing(
    auth_time: Timestamp,
    issued_at: Option<Timestamp>,
    expected: &Expectations<'_>,
    breaches: &mut Breaches,
) {
    if auth_time > expected.now.plus(DEFAULT_LEEWAY) {
        breaches.add(Rule::ProofedInFuture);
    } else if issued_at.is_some_and(|issued_at| auth_time > issued_at.plus(DEFAULT_LEEWAY)) {
        breaches.add(Rule::AuthTimeLate);
    }
    let age = expected.now.since(auth_time);
    if expected.max_proofing_age.is_some_and(|most| age > most) {
        breaches.add(Rule::ProofingAge);
    }
    if age > FRESH {
        breaches.add_at(Rule::NotFresh, "auth_time");
    }
}

fn required(claims: &Object<'_>, name: &'static str, breaches: &mut Breaches) -> Option<Timestamp> {
    if claims.get(name).is_none() {
        breaches.add_at(Rule::Missing, name);
    }
    optional(claims, name, breaches)
}

fn optional(claims: &Object<'_>, name: &'static str, breaches: &mut Breaches) -> Option<Timestamp> {
    let seconds = claims.get(name)?.numeric_date().ok_or(Breach::at(Rule::NumericDate, name));
    breaches.take(seconds).map(Timestamp::from_seconds)
}
