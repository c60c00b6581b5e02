//! What an operator decided about a client of the authorization server.

use serde::{Deserialize, Serialize};

/// How a client speaks OAuth with us. Kept as JSON; what an older version did not write has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a decision of its own, made by name")]
pub struct ClientPolicy {
    /// Which rules its requests keep.
    pub profile: ClientProfile,
    /// How it proves itself.
    pub authentication: ClientAuthentication,
    /// What uses a `request_uri` up.
    pub request_use: RequestUse,
    /// What its ID tokens are signed with.
    pub id_token_algorithm: IdTokenAlgorithm,
    /// Whether its tokens must be bound to a key of its own (DPoP, RFC 9449).
    pub sender_constrained: bool,
    /// Whether it may call this API by access tokens of its own (`client_credentials`, RFC 6749 section 4.4). A client
    /// under FAPI 2.0 always may: its private key opens nothing.
    pub client_credentials: bool,
    /// For how many seconds a refresh token that was used brings its unused successor once more, for a client that
    /// lost the answer. 0 makes any second use a theft.
    pub refresh_retry: u32,
    /// Where a signed-out browser may be sent (OpenID Connect RP-Initiated Logout 1.0, section 3). Exact text.
    pub post_logout_redirect_uris: Vec<String>,
    /// Whether a patient without an ID token may prove who they are here, at a CSP of their choice.
    pub hosted_proofing: bool,
    /// The client's own token exchange endpoint, where a fresh ID token of a patient can be had by `patient_id`.
    pub token_exchange_uri: Option<String>,
    /// Whether a test client's requests are allowed without asking the synthetic patient. Has no effect on a live one.
    pub consents_itself: bool,
}

impl Default for ClientPolicy {
    fn default() -> Self {
        Self {
            profile: ClientProfile::Byoi,
            authentication: ClientAuthentication::Secret,
            request_use: RequestUse::Load,
            id_token_algorithm: IdTokenAlgorithm::Es256,
            sender_constrained: false,
            client_credentials: false,
            refresh_retry: 10,
            post_logout_redirect_uris: Vec::new(),
            hosted_proofing: false,
            token_exchange_uri: None,
            consents_itself: false,
        }
    }
}

impl ClientPolicy {
    /// Whether it may have access tokens that are about no patient.
    pub fn acts_alone(&self) -> bool {
        self.client_credentials || self.profile == ClientProfile::Fapi2
    }
}

/// The rules that a client's requests keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientProfile {
    /// Fasten's "bring your own identity", as the seed has it: client and redirect URI may be left out of the pushed
    /// request, state and PKCE challenge come with the browser.
    #[default]
    Byoi,
    /// FAPI 2.0 Security Profile: everything is pushed, keys instead of secrets, tokens bound to a key.
    Fapi2,
}

impl ClientProfile {
    /// Every profile there is.
    pub const ALL: [Self; 2] = [Self::Byoi, Self::Fapi2];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Byoi => "byoi",
            Self::Fapi2 => "fapi2",
        }
    }
}

/// How a client proves itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// By its private key as a shared secret: HTTP Basic or in the form (RFC 6749 2.3.1).
    #[default]
    Secret,
    /// By assertions signed with a key of this set (RFC 7523), given as a JWK set.
    PrivateKeyJwt(String),
}

/// What uses a `request_uri` up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestUse {
    /// Its first load in a browser, as the seed has it.
    #[default]
    Load,
    /// The patient's decision (FAPI 2.0 section 5.3.2.2, note 3): until then it may be loaded again.
    Authorize,
}

impl RequestUse {
    /// Every one there is.
    pub const ALL: [Self; 2] = [Self::Load, Self::Authorize];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Authorize => "authorize",
        }
    }
}

/// What ID tokens for a client are signed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdTokenAlgorithm {
    /// ECDSA on P-256.
    #[default]
    #[serde(rename = "ES256")]
    Es256,
    /// RSA, for clients that know no other.
    #[serde(rename = "RS256")]
    Rs256,
}

impl IdTokenAlgorithm {
    /// Every one there is.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// Its name (RFC 7518 3.1).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_back_and_what_is_missing_has_its_default() {
        let policy = ClientPolicy {
            profile: ClientProfile::Fapi2,
            authentication: ClientAuthentication::PrivateKeyJwt("{\"keys\":[]}".to_owned()),
            request_use: RequestUse::Authorize,
            ..ClientPolicy::default()
        };
        let kept = serde_json::to_string(&policy).expect("JSON");
        assert_eq!(serde_json::from_str::<ClientPolicy>(&kept).expect("a policy"), policy);
        assert_eq!(serde_json::from_str::<ClientPolicy>("{}").expect("a policy"), ClientPolicy::default());
    }
}
