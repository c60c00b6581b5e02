//! How much may be asked for in a time: by a client, by an organisation, from an address. This process counts for
//! itself; nothing of it is kept.

mod brought;
mod bucket;
mod counts;

use std::hash::{BuildHasher as _, Hash, RandomState};

use ambient::Clock;
use model::Busy;

use crate::address::Network;
pub(crate) use brought::Brought;
use bucket::Bucket;
use counts::Counts;

/// What is refused, by which limit.
const LIMITED: &str = "openias_requests_limited_total";
/// How many times the failures of one claimed name an address has for all names together, and whoever proved itself
/// there before has for itself.
const MANY: u32 = 10;

/// What the operator allows. Zero switches a limit off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls a second of one client that has proven itself.
    pub client_per_second: u32,
    /// Calls a second of all clients of one organisation together.
    pub organization_per_second: u32,
    /// Calls a minute from one address, those that bring a key left out.
    pub address_per_minute: u32,
    /// Calls a minute from one address that bring a key for one client and prove nothing by it.
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
    many_failures: Option<Bucket>,
    sign_ins: Option<Bucket>,
    /// What has proven something, and where.
    known: Counts,
    keys: RandomState,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, clock: &Clock) -> Self {
        Self {
            client: Bucket::per_second(limits.client_per_second, clock),
            organization: Bucket::per_second(limits.organization_per_second, clock),
            address: Bucket::per_minute(limits.address_per_minute, clock),
            failures: Bucket::per_minute(limits.failures_per_minute, clock),
            many_failures: Bucket::per_minute(limits.failures_per_minute.saturating_mul(MANY), clock),
            sign_ins: Bucket::per_minute(limits.sign_ins_per_minute, clock),
            known: Counts::default(),
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

    /// A key, or what stands for one, that is brought under a claimed name.
    pub(crate) fn key(&self, from: Network, name: &str, key: &str) -> Brought {
        Brought { name: Some(self.hash(&(from, name))), pass: self.hash(&(from, name, key)) }
    }

    /// An assertion that claims to be a client's. Each is another, so those that follow a good one are taken for the
    /// client's own until they are verified: nobody guesses a signature.
    pub(crate) fn assertion(&self, from: Network, name: &str) -> Brought {
        let client = self.hash(&(from, name));
        Brought { name: Some(client), pass: client }
    }

    /// A token that is brought under no name.
    pub(crate) fn token(&self, from: Network, token: &str) -> Brought {
        Brought { name: None, pass: self.hash(&(from, token)) }
    }

    /// Whether a call from an address is looked at; what it counts as, only its end tells. Whoever brings what has
    /// proven something there before is kept from it by nobody else's calls, and who brings a key for the first time
    /// by others' wrong keys alone.
    pub(crate) fn look(&self, from: Network, brought: Option<Brought>) -> Result<(), Busy> {
        match self.count(brought) {
            Count::Address => has_room(self.address.as_ref(), self.hash(&from), "address"),
            Count::Known(pass) => has_room(self.many_failures.as_ref(), pass, "failures"),
            Count::Name(name) => {
                has_room(self.failures.as_ref(), name, "failures")?;
                has_room(self.many_failures.as_ref(), self.hash(&from), "failures")
            }
        }
    }

    /// Counts a call that proved nothing.
    pub(crate) fn charge(&self, from: Network, brought: Option<Brought>) {
        match self.count(brought) {
            Count::Address => charge(self.address.as_ref(), self.hash(&from)),
            Count::Known(pass) => charge(self.many_failures.as_ref(), pass),
            Count::Name(name) => {
                charge(self.failures.as_ref(), name);
                charge(self.many_failures.as_ref(), self.hash(&from));
            }
        }
    }

    /// Remembers what proved something.
    pub(crate) fn remember(&self, brought: Brought) {
        self.known.note(brought.pass);
    }

    fn count(&self, brought: Option<Brought>) -> Count {
        match brought {
            Some(Brought { pass, .. }) if self.known.is_noted(pass) => Count::Known(pass),
            Some(Brought { name: Some(name), .. }) if self.failures.is_some() => Count::Name(name),
            _ => Count::Address,
        }
    }

    fn take(&self, bucket: Option<&Bucket>, whose: &impl Hash, name: &'static str) -> Result<(), Busy> {
        bucket.map_or(Ok(()), |bucket| told(bucket.take(self.hash(whose)), name))
    }

    /// Whose count it is, under a key of this process: nobody can choose names that meet another's.
    fn hash(&self, whose: &impl Hash) -> u64 {
        self.keys.hash_one(whose)
    }
}

/// Where a call is counted that may turn out to prove nothing.
enum Count {
    /// Among all of its address.
    Address,
    /// Apart: what it brings proved something there before.
    Known(u64),
    /// Among the wrong keys under a name, and among those of its address.
    Name(u64),
}

fn has_room(bucket: Option<&Bucket>, key: u64, limit: &'static str) -> Result<(), Busy> {
    bucket.map_or(Ok(()), |bucket| told(bucket.has_room(key), limit))
}

fn charge(bucket: Option<&Bucket>, key: u64) {
    if let Some(bucket) = bucket {
        bucket.charge(key);
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
    fn wrong_keys_are_counted_by_the_name_they_claim_and_stop_only_who_claims_it() {
        let limits = Limits { address_per_minute: 100, failures_per_minute: 2, ..Limits::OFF };
        let (limiter, clock) = limiter(limits);
        let (here, there) = (from("203.0.113.7"), from("203.0.113.8"));
        let guess = limiter.key(here, "one", "guess");
        for _ in 0..2 {
            assert!(limiter.look(here, Some(guess)).is_ok());
            limiter.charge(here, Some(guess));
        }
        let busy =
            limiter.look(here, Some(limiter.key(here, "one", "another"))).expect_err("too many failures");
        assert_eq!(busy.seconds(), 30);
        assert!(
            limiter.look(here, Some(limiter.key(here, "two", "key"))).is_ok(),
            "nobody failed under its name"
        );
        assert!(
            limiter.look(here, None).is_ok()
                && limiter.look(there, Some(limiter.key(there, "one", "x"))).is_ok()
        );
        clock.advance(30 * SECOND);
        assert!(limiter.look(here, Some(guess)).is_ok());
    }

    #[test]
    fn nobody_tries_one_name_after_the_other_for_ever() {
        let (limiter, _) = limiter(Limits { failures_per_minute: 2, ..Limits::OFF });
        let here = from("203.0.113.7");
        let tried = |number: u32| {
            let key = limiter.key(here, &number.to_string(), "guess");
            let looked = limiter.look(here, Some(key));
            limiter.charge(here, Some(key));
            looked.is_ok()
        };
        assert_eq!((0..100).filter(|number| tried(*number)).count(), 20);
    }

    #[test]
    fn what_proved_something_here_is_looked_at_whatever_others_do_and_only_here() {
        let limits = Limits { address_per_minute: 2, failures_per_minute: 2, ..Limits::OFF };
        let (limiter, _) = limiter(limits);
        let (here, there) = (from("203.0.113.7"), from("203.0.113.8"));
        let (key, token) = (limiter.key(here, "one", "right"), limiter.token(here, "a token"));
        limiter.remember(key);
        limiter.remember(token);
        for from in [here, there] {
            for number in 0..100 {
                limiter.charge(from, None);
                limiter.charge(from, Some(limiter.key(from, "one", "guess")));
                limiter.charge(from, Some(limiter.key(from, &number.to_string(), "guess")));
            }
        }
        assert!(limiter.look(here, Some(key)).is_ok() && limiter.look(here, Some(token)).is_ok());
        assert!(limiter.look(here, Some(limiter.key(here, "one", "guess"))).is_err());
        assert!(limiter.look(there, Some(limiter.key(there, "one", "right"))).is_err());
        assert!(limiter.look(there, Some(limiter.token(there, "a token"))).is_err());
        (0..20).for_each(|_| limiter.charge(here, Some(key)));
        assert!(
            limiter.look(here, Some(key)).is_err(),
            "what proves nothing any more is not looked at for ever"
        );
    }

    #[test]
    fn what_is_zero_is_no_limit() {
        let (limiter, _) = limiter(Limits::OFF);
        let here = from("203.0.113.7");
        for _ in 0..10_000 {
            assert!(limiter.admit("one", "organization").is_ok());
            assert!(limiter.admit_sign_in(here).is_ok());
            for brought in [None, Some(limiter.key(here, "one", "guess"))] {
                limiter.charge(here, brought);
                assert!(limiter.look(here, brought).is_ok());
            }
        }
    }
}
