//! Which addresses are public: everything that IANA does not reserve for something else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address may be dialled without the operator having listed its origin.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)        // this network, private, loopback
            | (100, 64..=127, _)    // carrier-grade NAT
            | (169, 254, _)         // link-local, cloud metadata
            | (172, 16..=31, _)     // private
            | (192, 0, 0 | 2)       // protocol assignments, documentation
            | (192, 88, 99)         // 6to4 relays
            | (192, 168, _)         // private
            | (198, 18..=19, _)     // benchmarking
            | (198, 51, 100)        // documentation
            | (203, 0, 113)         // documentation
            | (224.., _, _) // multicast, reserved, broadcast
    );
    !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is global unicast; what tunnels or embeds an IPv4 address is judged by that address.
    match (first, second) {
        (0x2002, _) => false,               // 6to4
        (0x2001, 0..=0x01ff) => false,      // Teredo, benchmarking, ORCHID
        (0x2001, 0x0db8) => false,          // documentation
        (0x3fff, 0..=0x0fff) => false,      // documentation
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reserved_range_is_refused() {
        for text in [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
            "198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
            "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "fc00::1", "fdff::1", "fe80::1",
            "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
        ] {
            assert!(!is_public(text.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn the_public_internet_is_reachable() {
        for text in ["8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.20.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(is_public(text.parse().expect("an address")), "{text}");
        }
    }
}
