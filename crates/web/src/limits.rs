//! How much may be asked for in a time: by a client, by an organisation, from an address. This process counts for
//! itself; nothing of it is kept.

mod bucket;
mod counts;

use std::hash::{BuildHasher as _, Hash, RandomState};

use ambient::Clock;
use model::Busy;

use crate::address::Network;
use bucket::Bucket;

/// What is refused, by which limit.
const LIMITED: &str = "openias_requests_limited_total";

/// What the operator allows. Zero switches a limit off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls a second of one client that has proven itself.
    pub client_per_second: u32,
    /// Calls a second of all clients of one organisation together.
    pub organization_per_second: u32,
    /// Calls a minute from one address, those of clients that have proven themselves left out.
    pub address_per_minute: u32,
    /// Failed client authentications a minute from one address.
    pub failures_per_minute: u32,
    /// Tries to sign in to the portal a minute from one address.
    pub sign_ins_per_minute: u32,
}

impl Limits {
    /// No limit at all.
    pub const OFF: Self = Self {
        client_per_second: 0,
        organization_per_second: 0,
        address_per_minute: 0,
        failures_per_minute: 0,
        sign_ins_per_minute: 0,
    };
}

/// Counts, and says what is too much.
pub(crate) struct Limiter {
    client: Option<Bucket>,
    organization: Option<Bucket>,
    address: Option<Bucket>,
    failures: Option<Bucket>,
    sign_ins: Option<Bucket>,
    keys: RandomState,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, clock: &Clock) -> Self {
        Self {
            client: Bucket::per_second(limits.client_per_second, clock),
            organization: Bucket::per_second(limits.organization_per_second, clock),
            address: Bucket::per_minute(limits.address_per_minute, clock),
            failures: Bucket::per_minute(limits.failures_per_minute, clock),
            sign_ins: Bucket::per_minute(limits.sign_ins_per_minute, clock),
            keys: RandomState::new(),
        }
    }

    /// Counts a call of a client that has proven itself, and of its organisation. The client comes first: what it
    /// may not ask for does not count against its organisation's other clients.
    pub(crate) fn admit(&self, client: &str, organization: &str) -> Result<(), Busy> {
        self.take(self.client.as_ref(), &client, "client")?;
        self.take(self.organization.as_ref(), &organization, "organization")
    }

    /// Counts a try to sign in.
    pub(crate) fn admit_sign_in(&self, from: Network) -> Result<(), Busy> {
        self.take(self.sign_ins.as_ref(), &from, "sign_in")
    }

    /// Whether a call from an address is looked at; what it counts as, only its end tells.
    pub(crate) fn look(&self, from: Network, brings_a_key: bool) -> Result<(), Busy> {
        let has_room = |bucket: Option<&Bucket>, name| {
            bucket.map_or(Ok(()), |bucket| told(bucket.has_room(self.key(&from)), name))
        };
        if brings_a_key {
            has_room(self.failures.as_ref(), "failures")?;
        }
        has_room(self.address.as_ref(), "address")
    }

    /// Counts a call that no client stood behind.
    pub(crate) fn charge(&self, from: Network) {
        self.charge_to(self.address.as_ref(), from);
    }

    /// Counts a failed authentication.
    pub(crate) fn charge_failure(&self, from: Network) {
        self.charge_to(self.failures.as_ref(), from);
    }

    fn charge_to(&self, bucket: Option<&Bucket>, from: Network) {
        if let Some(bucket) = bucket {
            bucket.charge(self.key(&from));
        }
    }

    fn take(&self, bucket: Option<&Bucket>, whose: &impl Hash, name: &'static str) -> Result<(), Busy> {
        bucket.map_or(Ok(()), |bucket| told(bucket.take(self.key(whose)), name))
    }

    /// Whose count it is, under a key of this process: nobody can choose names that meet another's.
    fn key(&self, whose: &impl Hash) -> u64 {
        self.keys.hash_one(whose)
    }
}

fn told(outcome: Result<(), Busy>, limit: &'static str) -> Result<(), Busy> {
    outcome.inspect_err(|_| metrics::counter!(LIMITED, "limit" => limit).increment(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use model::Timestamp;

    const SECOND: Duration = Duration::from_secs(1);

    fn limiter(limits: Limits) -> (Limiter, Clock) {
        let clock = Clock::manual(Timestamp::from_seconds(1_780_000_000));
        (Limiter::new(limits, &clock), clock)
    }

    fn from(text: &str) -> Network {
        Network::of(text.parse().expect("an address"))
    }

    #[test]
    fn an_organization_sums_its_clients() {
        let (limiter, clock) =
            limiter(Limits { client_per_second: 2, organization_per_second: 3, ..Limits::OFF });
        let ask = |client| limiter.admit(client, "organization").is_ok();
        assert_eq!([ask("one"), ask("one"), ask("one")], [true, true, false]);
        assert_eq!([ask("two"), ask("two")], [true, false], "the third refusal of one counted for nobody");
        assert!(limiter.admit("three", "another organization").is_ok());
        clock.advance(SECOND);
        assert!(ask("one"));
    }

    #[test]
    fn failures_are_counted_apart_and_stop_only_who_authenticates() {
        let limits = Limits { address_per_minute: 100, failures_per_minute: 2, ..Limits::OFF };
        let (limiter, clock) = limiter(limits);
        let (guesser, other) = (from("203.0.113.7"), from("203.0.113.8"));
        for _ in 0..2 {
            assert!(limiter.look(guesser, true).is_ok());
            limiter.charge_failure(guesser);
        }
        let busy = limiter.look(guesser, true).expect_err("too many failures");
        assert_eq!(busy.seconds(), 30);
        assert!(limiter.look(guesser, false).is_ok() && limiter.look(other, true).is_ok());
        clock.advance(30 * SECOND);
        assert!(limiter.look(guesser, true).is_ok());
    }

    #[test]
    fn what_is_zero_is_no_limit() {
        let (limiter, _) = limiter(Limits::OFF);
        for _ in 0..10_000 {
            assert!(limiter.admit("one", "organization").is_ok());
            assert!(limiter.admit_sign_in(from("203.0.113.7")).is_ok());
            limiter.charge(from("203.0.113.7"));
            limiter.charge_failure(from("203.0.113.7"));
            assert!(limiter.look(from("203.0.113.7"), true).is_ok());
        }
    }
}
