//! Proof Key for Code Exchange (RFC 7636), by S256 alone: `plain` protects nothing.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::SecretHash;

/// The one `code_challenge_method`.
pub const METHOD: &str = "S256";

/// A `code_challenge`: 43 base64url characters (4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// Reads the challenge of an authorization request; its method must be [`METHOD`] (4.3).
    pub fn requested(challenge: &str, method: Option<&str>) -> Option<Self> {
        Self::parse(challenge).filter(|_| method == Some(METHOD))
    }

    /// Reads a challenge that was kept.
    pub fn parse(text: &str) -> Option<Self> {
        let characters = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        (text.len() == 43 && characters).then(|| Self(text.to_owned()))
    }

    /// The challenge that `verifier` meets (4.2).
    pub fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(SecretHash::of(verifier).as_bytes()))
    }

    /// The challenge as it stands in the request.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `verifier` is one, 43 to 128 unreserved characters (4.1), and this is its challenge. Compared
    /// in constant time.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && verify_slices_are_equal(Self::of(verifier).0.as_bytes(), self.0.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_published_pair_fits() {
        assert_eq!(Challenge::of(VERIFIER).as_str(), CHALLENGE);
        let challenge = Challenge::requested(CHALLENGE, Some("S256")).expect("a challenge");
        assert!(challenge.is_met_by(VERIFIER));
        assert!(!challenge.is_met_by(&VERIFIER.replace('d', "e")));
    }

    #[test]
    fn other_methods_and_shapes_are_no_challenge() {
        for method in [None, Some("plain"), Some("s256")] {
            assert_eq!(Challenge::requested(CHALLENGE, method), None, "{method:?}");
        }
        for text in ["", &CHALLENGE[1..], &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+")] {
            assert_eq!(Challenge::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        for (verifier, fits) in [
            ("v".repeat(42), false),
            ("v".repeat(43), true),
            ("-._~".repeat(32), true),
            ("v".repeat(129), false),
            (format!("{}+", "v".repeat(43)), false),
            (format!("{}é", "v".repeat(43)), false),
        ] {
            assert_eq!(Challenge::of(&verifier).is_met_by(&verifier), fits, "{verifier}");
        }
    }
}
