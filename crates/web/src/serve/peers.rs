//! How many connections one address may hold, so that nobody takes them all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::address::{Network, TrustedProxies, is_own};

/// Connections by where they come from. Clones share the count.
#[derive(Clone)]
pub(super) struct Peers {
    most: usize,
    bounds: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
    held: Arc<Mutex<HashMap<Network, usize>>>,
}

/// One connection's place in the count, given back when dropped.
pub(super) struct Place {
    peers: Peers,
    from: Network,
}

impl Peers {
    /// At most `most` connections for each address that is neither the operator's own nor a trusted proxy's: behind
    /// those stand everybody's connections.
    pub(super) fn at_most(most: usize, trusted: &TrustedProxies) -> Self {
        let trusted = trusted.clone();
        Self::bounding(most, move |address| !is_own(address) && !trusted.contain(address))
    }

    fn bounding(most: usize, bounds: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self { most, bounds: Arc::new(bounds), held: Arc::default() }
    }

    /// A place for a connection from `address`; none when it holds too many.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Place> {
        let from = Network::of(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(from).or_default();
        if *count >= self.most && (self.bounds)(address) {
            return None;
        }
        *count += 1;
        Some(Place { peers: self.clone(), from })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.peers.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
impl Peers {
    /// The bound for every address, as tests come from this machine.
    pub(super) fn strictly(most: usize) -> Self {
        Self::bounding(most, |_| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn at_most(most: usize) -> Peers {
        Peers::at_most(most, &TrustedProxies::default())
    }

    #[test]
    fn each_address_has_its_own_bound_and_gets_its_places_back() {
        let peers = at_most(2);
        let admit = |text| peers.admit(address(text));
        let (first, second) = (admit("203.0.113.7"), admit("::ffff:203.0.113.7"));
        assert!(first.is_some() && second.is_some() && admit("203.0.113.7").is_none());
        assert!(admit("203.0.113.8").is_some());
        drop(first);
        assert!(admit("203.0.113.7").is_some());
        drop(second);
        assert!(peers.held.lock().expect("the count").is_empty(), "nothing is kept of who is gone");
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let peers = at_most(1);
        let held = peers.admit(address("2001:db8:1:2::1"));
        assert!(held.is_some() && peers.admit(address("2001:db8:1:2:ffff::9")).is_none());
    }

    #[test]
    fn a_trusted_proxy_is_not_bounded() {
        let trusted = TrustedProxies::parse(["203.0.113.7"]).expect("an address");
        let peers = Peers::at_most(1, &trusted);
        let held = (peers.admit(address("203.0.113.7")), peers.admit(address("203.0.113.7")));
        assert!(held.0.is_some() && held.1.is_some());
        let other = peers.admit(address("203.0.113.8"));
        assert!(other.is_some() && peers.admit(address("203.0.113.8")).is_none());
    }

    #[test]
    fn a_proxy_of_our_own_is_not_bounded() {
        for text in ["127.0.0.1", "::1", "10.0.0.5", "172.17.0.1", "192.168.1.1", "fd00::1", "fe80::1"] {
            let peers = at_most(1);
            let held = (peers.admit(address(text)), peers.admit(address(text)));
            assert!(held.0.is_some() && held.1.is_some(), "{text}");
        }
    }
}
