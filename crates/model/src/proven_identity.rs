//! An identity that a CSP has proven, as the engines carry it after the token was judged.

use serde::{Deserialize, Serialize};

use crate::{Demographics, Hcid, Timestamp};

/// What is kept of a verified ID token. Stored sealed, sent on only inside assertions to the network.
#[derive(Clone, Serialize, Deserialize)]
pub struct ProvenIdentity {
    /// `iss`: the CSP.
    pub issuer: String,
    /// `sub`: the person at that CSP.
    pub subject: String,
    /// Whom the token is meant for: the HCID in `aud` that it was judged by. The network is asked in this name, for
    /// responders judge the token by the HCID of whoever asks.
    pub meant_for: Hcid,
    /// The compact token byte for byte: responders check its signature themselves.
    pub id_token: String,
    /// `exp`: after it, responders refuse the token.
    pub expires_at: Timestamp,
    /// When the person was proofed: `auth_time`, else `iat`.
    pub proofed_at: Timestamp,
    /// Whether the token says that the e-mail address was verified.
    #[serde(default)]
    pub email_verified: bool,
    /// The verified demographics.
    pub demographics: Demographics,
}

impl std::fmt::Debug for ProvenIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProvenIdentity(..)")
    }
}

/// Of a [`ProvenIdentity`] what tokens about a patient say: whoever issues them reads this of what was stored, and not
/// the rest.
#[derive(Deserialize)]
pub struct ProvenSubject {
    /// `iss`: the CSP.
    pub issuer: String,
    /// `sub`: the person at that CSP.
    pub subject: String,
    /// When the person was proofed.
    pub proofed_at: Timestamp,
}

impl From<&ProvenIdentity> for ProvenSubject {
    fn from(identity: &ProvenIdentity) -> Self {
        let (issuer, subject) = (identity.issuer.clone(), identity.subject.clone());
        Self { issuer, subject, proofed_at: identity.proofed_at }
    }
}

impl std::fmt::Debug for ProvenSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProvenSubject(..)")
    }
}
