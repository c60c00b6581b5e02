//! API credentials: a public id that a page may show and a private key that a backend keeps.

use crate::id::{InvalidId, OrganizationId, base62};
use crate::{ClientPolicy, Mode, Secret, SecretHash, Tenant, TokenPolicy};

/// `public_{test|live}_` and 45 lower-case letters and digits. Names the client and, by its prefix, the
/// mode. The last part holds no `_`: the widget splits on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicId(String);

impl PublicId {
    /// A new public id for `mode` from random bytes.
    pub fn from_random(mode: Mode, random: [u8; 45]) -> Self {
        let tail: String = random
            .iter()
            .map(|b| char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::from(*b) % 36]))
            .collect();
        Self(format!("public_{mode}_{tail}"))
    }

    /// Reads a public id as it arrived.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let valid =
            text.strip_prefix("public_").and_then(|rest| rest.split_once('_')).is_some_and(|(mode, tail)| {
                Mode::parse(mode).is_some()
                    && (20..=64).contains(&tail.len())
                    && tail.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            });
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidId("public id")) }
    }

    /// The mode its prefix names.
    pub fn mode(&self) -> Mode {
        if self.0.starts_with("public_live_") { Mode::Live } else { Mode::Test }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PublicId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A new private key for `mode`: `private_{test|live}_` and 45 base62 characters, 267 bits.
pub fn private_key(mode: Mode, random: [u8; 45]) -> Secret {
    Secret::new(format!("private_{mode}_{}", base62(&random)))
}

/// One pair of keys of an organisation, as stored: the private key only as its hash.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The public half; names the mode.
    pub public_id: PublicId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// SHA-256 of the private half.
    pub private_key: SecretHash,
    /// Where a code may be sent, compared as exact text. At most 25.
    pub redirect_uris: Vec<String>,
    /// Origins of the pages that may embed the widget, such as `https://app.example.org`.
    pub origins: Vec<String>,
    /// The operator's own words.
    pub note: String,
    /// How its ID tokens are judged.
    pub tokens: TokenPolicy,
    /// How it speaks OAuth.
    pub policy: ClientPolicy,
    /// Whether it is accepted at all.
    pub active: bool,
}

impl Credential {
    /// The mode the credential acts in.
    pub fn mode(&self) -> Mode {
        self.public_id.mode()
    }

    /// Whose connections and exports it may touch.
    pub fn tenant(&self) -> Tenant<'_> {
        Tenant { organization: &self.organization_id, mode: self.mode() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_names_the_mode() {
        let id = PublicId::from_random(Mode::Live, [9; 45]);
        assert_eq!(id.mode(), Mode::Live);
        assert_eq!(id.as_str().split('_').count(), 3);
        assert_eq!(PublicId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn other_text_is_not_a_public_id() {
        let tail = "a".repeat(45);
        for text in [
            format!("private_test_{tail}"),
            format!("public_prod_{tail}"),
            format!("public_test_{tail}_x"),
            "public_test_".into(),
            format!("public_test_{}", tail.to_uppercase()),
        ] {
            assert!(PublicId::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn private_keys_carry_their_mode_too() {
        assert!(private_key(Mode::Test, [1; 45]).expose().starts_with("private_test_"));
    }
}
