//! The name that follows from a key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::SelfSigned;

/// The SHA-256 thumbprint of a public key (RFC 7638) in its one spelling: 43 base64url characters. It is what
/// `jkt` and `dpop_jkt` hold, and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// Reads the `dpop_jkt` parameter (RFC 9449 section 10), a `jkt` member (section 6.1) or one that was kept.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        let bytes = (text.len() == 43).then(|| URL_SAFE_NO_PAD.decode_slice(text, &mut hash))?.ok()?;
        (bytes == hash.len()).then(|| Self(text.to_owned()))
    }

    /// That of the key that a proof brought.
    pub(crate) fn of(proof: &SelfSigned) -> Self {
        Self(proof.thumbprint().to_owned())
    }

    /// The thumbprint as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9449 section 6.1.
    const PUBLISHED: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    #[test]
    fn par_13_a_thumbprint_has_one_spelling() {
        assert_eq!(Thumbprint::parse(PUBLISHED).as_ref().map(Thumbprint::as_str), Some(PUBLISHED));
        for text in [
            "",
            &PUBLISHED[1..],
            &format!("{PUBLISHED}="),
            &format!("{PUBLISHED}A"),
            &PUBLISHED.replace('-', "+"),
            &PUBLISHED.replace("4I", "4J"),
            &PUBLISHED.replace('0', " "),
            &format!("{}é", &PUBLISHED[..41]),
        ] {
            assert_eq!(Thumbprint::parse(text), None, "{text}");
        }
    }
}
