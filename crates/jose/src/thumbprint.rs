//! Names for keys that follow from the key itself (RFC 7638): SHA-256 over the required members in
//! alphabetical order without whitespace, as base64url.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The thumbprint of an RSA key, from the base64url text of its members.
pub fn rsa(n: &str, e: &str) -> String {
    hash(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#))
}

/// The thumbprint of an EC key, from its curve's name and the base64url text of its coordinates.
pub fn ec(crv: &str, x: &str, y: &str) -> String {
    hash(&format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#))
}

/// The thumbprint of an OKP key, from its curve's name and the base64url text of its point (RFC 8037
/// appendix A.3).
pub fn okp(crv: &str, x: &str) -> String {
    hash(&format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#))
}

fn hash(members: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_rfc_7638_section_3_1() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWK\
                 RXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMic\
                 AtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3\
                 XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(super::rsa(n, "AQAB"), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_example_of_rfc_8037_appendix_a_3() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(super::okp("Ed25519", x), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
