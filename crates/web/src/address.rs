//! Who calls, as far as an address tells: the peer, or whom a proxy that the operator trusts names.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection that a request came over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Who is behind an address: an IPv4 address, or in IPv6 a whole /64, for everybody has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

impl Network {
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) if !v6.is_loopback() => {
                let [a, b, c, d, ..] = v6.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            canonical => canonical,
        })
    }
}

/// This machine and private networks: what calls from there, unnamed, may be a proxy with everybody's calls.
pub(crate) fn is_own(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// The proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// Text that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network such as 10.0.0.0/8")]
pub struct InvalidNetwork(String);

impl TrustedProxies {
    /// Reads addresses and networks: `10.0.0.5`, `2001:db8::/32`.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidNetwork> {
        let read = |text: &str| {
            let address = text.parse::<IpAddr>().map(IpNet::from).ok();
            address.or_else(|| text.parse().ok()).ok_or_else(|| InvalidNetwork(text.to_owned()))
        };
        texts.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is a trusted proxy's.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who calls. Behind trusted proxies it is the last hop that is none of them: what stands before it anybody can
    /// have written. None where nobody says who it is: an unnamed neighbour, or a proxy that names nobody.
    pub(crate) fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Network> {
        if !self.contain(peer) {
            return (!is_own(peer)).then(|| Network::of(peer));
        }
        let values: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
        for value in values.into_iter().rev() {
            for hop in String::from_utf8_lossy(value.as_bytes()).rsplit(',') {
                match read(hop.trim()) {
                    Some(address) if self.contain(address) => {}
                    Some(address) => return Some(Network::of(address)),
                    // Whom a proxy hides or does not know is limited as the proxy itself.
                    None => return Some(Network::of(peer)),
                }
            }
        }
        None
    }
}

/// A hop, which some proxies write with its port.
fn read(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    hop.parse().ok().or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn caller(proxies: &[&str], peer: &str, forwarded: &[&str]) -> Option<Network> {
        let value = |text: &&str| (FORWARDED_FOR, HeaderValue::from_str(text).expect("a value"));
        let headers = forwarded.iter().map(value).collect();
        let proxies = TrustedProxies::parse(proxies.iter().copied()).expect("networks");
        proxies.caller(address(peer), &headers)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_the_last_hop_before_it() {
        let some = |text| Some(Network::of(address(text)));
        let trusted: &[&str] = &["10.0.0.0/8", "192.0.2.1", "2001:db8:f::/48"];
        for (proxies, peer, forwarded, wanted) in [
            (&[][..], "203.0.113.7", &["198.51.100.1"][..], some("203.0.113.7")),
            (trusted, "203.0.113.7", &["198.51.100.1"], some("203.0.113.7")),
            (trusted, "10.1.2.3", &["198.51.100.1"], some("198.51.100.1")),
            (trusted, "::ffff:10.1.2.3", &["198.51.100.1"], some("198.51.100.1")),
            (trusted, "2001:db8:f::1", &["198.51.100.1"], some("198.51.100.1")),
            (trusted, "192.0.2.1", &["6.6.6.6, 198.51.100.1 ,10.9.9.9"], some("198.51.100.1")),
            (trusted, "192.0.2.1", &["6.6.6.6", "198.51.100.1", "10.9.9.9"], some("198.51.100.1")),
            (trusted, "192.0.2.1", &["nonsense, 198.51.100.1:4711"], some("198.51.100.1")),
            (trusted, "192.0.2.1", &["[2001:db8:1:2::9]:443"], some("2001:db8:1:2::1")),
            (trusted, "192.0.2.1", &["[2001:db8:1:2::9]"], some("2001:db8:1:2::1")),
            (trusted, "192.0.2.1", &["172.16.0.9"], some("172.16.0.9")),
            (trusted, "192.0.2.1", &["198.51.100.1, unknown"], some("192.0.2.1")),
            (trusted, "192.0.2.1", &["_hidden"], some("192.0.2.1")),
            (trusted, "192.0.2.1", &["_hidden, 10.9.9.9"], some("192.0.2.1")),
            (trusted, "192.0.2.1", &["\u{e9}, 198.51.100.1"], some("198.51.100.1")),
            (trusted, "192.0.2.1", &["10.9.9.9"], None),
            (trusted, "192.0.2.1", &[""], some("192.0.2.1")),
            (trusted, "192.0.2.1", &[], None),
            (&[], "127.0.0.1", &["198.51.100.1"], None),
            (trusted, "192.168.1.1", &["198.51.100.1"], None),
        ] {
            assert_eq!(caller(proxies, peer, forwarded), wanted, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let of = |text| Network::of(address(text));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
        assert_ne!(of("203.0.113.8"), of("203.0.113.7"));
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in ["10.0.0.0/33", "proxy.example", "", "10.0.0"] {
            let fault = TrustedProxies::parse([text]).expect_err("no network");
            assert!(fault.to_string().contains(&format!("{text:?}")), "{fault}");
        }
    }
}
