//! What a client asks of the authorization endpoint, as it was pushed (RFC 9126) and as it is kept until the patient
//! decides.

use serde::{Deserialize, Serialize};

use crate::{ProvenIdentity, Scope};

/// The parameters of an authorization request that were checked. Stored sealed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthorizationRequest {
    /// `scope`
    pub scope: Scope,
    /// `redirect_uri`, registered for the client.
    pub redirect_uri: Option<String>,
    /// `state`, returned unchanged.
    pub state: Option<String>,
    /// `nonce`, copied into the ID token.
    pub nonce: Option<String>,
    /// `code_challenge`, by S256.
    pub code_challenge: Option<String>,
    /// `resource` and `audience` (RFC 8707): for whom the access token shall be.
    pub resources: Vec<String>,
    /// `prompt=none`: the patient must not be asked anything.
    pub silent: bool,
    /// `max_age`, in seconds: how long ago the patient may have been proofed.
    pub max_age: Option<u64>,
    /// `login_hint`: an e-mail address to begin with.
    pub login_hint: Option<String>,
    /// `dpop_jkt` (RFC 9449 section 10): the key that the code is for.
    pub dpop_jkt: Option<String>,
    /// Whose records.
    pub patient: Patient,
}

/// Whose records a request is about, and how that is known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Patient {
    /// A CSP's ID token came with the request.
    Proven(Box<ProvenIdentity>),
    /// The client knows the patient by this id, and gives an ID token out when it is asked.
    KnownAs(String),
    /// Nobody knows yet: the patient proves it here.
    #[default]
    Unknown,
}

impl Patient {
    /// The proven identity, when there is one.
    pub fn proven(&self) -> Option<&ProvenIdentity> {
        match self {
            Self::Proven(identity) => Some(identity),
            Self::KnownAs(_) | Self::Unknown => None,
        }
    }
}
