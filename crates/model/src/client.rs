//! API credentials: a public id that a page may show and a private key that a backend keeps.

use crate::id::{InvalidId, OrganizationId, base62};
use crate::{
    ClientAuthentication, ClientPolicy, ClientProfile, Mode, Secret, SecretHash, Tenant, TokenPolicy,
};

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

    /// Whether its codes may go to the widget, which proves nobody: where the operator has it proven by a key, nothing
    /// less will do, and pages that embed the widget are registered. In test mode a developer's machine embeds it too.
    pub fn uses_widget(&self) -> bool {
        let ClientPolicy { profile, authentication, sender_constrained, .. } = &self.policy;
        *profile == ClientProfile::Byoi
            && *authentication == ClientAuthentication::Secret
            && !sender_constrained
            && (self.mode() == Mode::Test || !self.origins.is_empty())
    }

    /// Whether nobody is asked for its patients' consent: of a test client, whose patients are made up, alone.
    pub fn consents_itself(&self) -> bool {
        self.policy.consents_itself && self.mode() == Mode::Test
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(mode: Mode, origins: &[&str], policy: ClientPolicy) -> Credential {
        Credential {
            public_id: PublicId::from_random(mode, [1; 45]),
            organization_id: OrganizationId::from_random([1; 16]),
            private_key: SecretHash::of("x"),
            redirect_uris: Vec::new(),
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            note: String::new(),
            tokens: TokenPolicy::default(),
            policy,
            active: true,
        }
    }

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

    #[test]
    fn the_widget_is_for_clients_that_pages_embed_and_nobody_has_proven_by_a_key() {
        let (own, seed) = (["https://app.example"], ClientPolicy::default());
        let keys = ClientAuthentication::PrivateKeyJwt("{}".to_owned());
        for (mode, origins, policy, expected) in [
            (Mode::Live, &own[..], seed.clone(), true),
            (Mode::Live, &[], seed.clone(), false),
            (Mode::Test, &[], seed.clone(), true),
            (Mode::Live, &own, ClientPolicy { sender_constrained: true, ..seed.clone() }, false),
            (Mode::Live, &own, ClientPolicy { authentication: keys, ..seed.clone() }, false),
            (Mode::Test, &own, ClientPolicy { profile: ClientProfile::Fapi2, ..seed }, false),
        ] {
            let credential = credential(mode, origins, policy);
            assert_eq!(credential.uses_widget(), expected, "{:?} {mode} {origins:?}", credential.policy);
        }
    }

    #[test]
    fn a_live_client_never_consents_itself() {
        let policy = ClientPolicy { consents_itself: true, ..ClientPolicy::default() };
        for (mode, expected) in [(Mode::Test, true), (Mode::Live, false)] {
            let credential = credential(mode, &[], policy.clone());
            assert_eq!(credential.consents_itself(), expected, "{mode}");
        }
    }
}
