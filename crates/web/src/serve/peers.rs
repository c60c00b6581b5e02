//! How many connections one address may hold, so that nobody takes them all.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Connections by where they come from. Clones share the count.
#[derive(Clone)]
pub(super) struct Peers {
    most: usize,
    bounds: fn(IpAddr) -> bool,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection's place in the count, given back when dropped.
pub(super) struct Place {
    peers: Peers,
    from: IpAddr,
}

impl Peers {
    /// At most `most` connections for each address that is not the operator's own: behind those stands a proxy
    /// with everybody's connections.
    pub(super) fn at_most(most: usize) -> Self {
        Self::bounding(most, |address| !is_own(address))
    }

    fn bounding(most: usize, bounds: fn(IpAddr) -> bool) -> Self {
        Self { most, bounds, held: Arc::default() }
    }

    /// A place for a connection from `address`; none when it holds too many.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Place> {
        let from = caller(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(from).or_default();
        if *count >= self.most && (self.bounds)(from) {
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

/// Who is behind an address. In IPv6 everybody has a whole /64 of them.
fn caller(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        canonical => canonical,
    }
}

/// This machine and private networks.
fn is_own(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
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

    #[test]
    fn each_address_has_its_own_bound_and_gets_its_places_back() {
        let peers = Peers::at_most(2);
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
        let peers = Peers::at_most(1);
        let held = peers.admit(address("2001:db8:1:2::1"));
        assert!(held.is_some() && peers.admit(address("2001:db8:1:2:ffff::9")).is_none());
        assert!(peers.admit(address("2001:db8:1:3::1")).is_some());
    }

    #[test]
    fn a_proxy_of_our_own_is_not_bounded() {
        for text in ["127.0.0.1", "::1", "10.0.0.5", "172.17.0.1", "192.168.1.1", "fd00::1", "fe80::1"] {
            let peers = Peers::at_most(1);
            let held = (peers.admit(address(text)), peers.admit(address(text)));
            assert!(held.0.is_some() && held.1.is_some(), "{text}");
        }
    }
}
