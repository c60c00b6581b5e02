//! How a client proves itself at the OAuth endpoints: one way a request (RFC 6749 2.3).

use axum::http::HeaderMap;
use identity::clients::Presented;
use model::Secret;

use super::{Credentials, CredentialsFault, Fields};

/// What a client brought to prove itself, unchecked.
pub(crate) struct ClientProof {
    id: String,
    secret: Secret,
}

impl ClientProof {
    /// HTTP Basic or the form's `client_secret` (2.3.1); none when there is neither.
    pub(crate) fn read(headers: &HeaderMap, fields: &Fields) -> Result<Option<Self>, CredentialsFault> {
        let in_form = fields.get("client_secret");
        let asserted = fields.get("client_assertion").is_some();
        match Credentials::basic(headers) {
            Ok(_) if in_form.is_some() || asserted => Err(CredentialsFault::Doubled),
            _ if in_form.is_some() && asserted => Err(CredentialsFault::Doubled),
            Ok(Credentials { id, secret }) => Ok(Some(Self { id, secret })),
            Err(CredentialsFault::Missing) => Ok(in_form.map(|secret| Self {
                id: fields.text("client_id").to_owned(),
                secret: Secret::new(secret.to_owned()),
            })),
            Err(fault) => Err(fault),
        }
    }

    /// The same, where a client has to prove itself.
    pub(crate) fn require(headers: &HeaderMap, fields: &Fields) -> Result<Self, CredentialsFault> {
        Self::read(headers, fields)?.ok_or(CredentialsFault::Missing)
    }

    pub(crate) fn presented(&self) -> Presented<'_> {
        Presented { public_id: &self.id, private_key: self.secret.expose() }
    }
}
