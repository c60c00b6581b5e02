//! How a client proves itself at the OAuth endpoints: one way a request (RFC 6749 2.3).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use identity::clients::{ASSERTION_TYPE, Presented};
use model::Secret;

use super::{Credentials, CredentialsFault, Fields};
use crate::App;
use crate::guard::look_at_form;

/// What a client brought to prove itself, unchecked.
pub(crate) enum ClientProof<'f> {
    /// Its private key.
    Secret { id: String, secret: Secret },
    /// An assertion, and the `client_id` beside it.
    Assertion { text: &'f str, id: Option<&'f str> },
}

impl<'f> ClientProof<'f> {
    /// HTTP Basic, the form's `client_secret` (2.3.1) or its `client_assertion` (RFC 7523 2.2); none when there is
    /// none of these. Whether what the form holds is looked at at all, its limits say.
    pub(crate) fn read(
        app: &App,
        headers: &HeaderMap,
        fields: &'f Fields,
    ) -> Result<Option<Self>, CredentialsFault> {
        let (secret, assertion) = (fields.get("client_secret"), fields.get("client_assertion"));
        let named = fields.get("client_id");
        let proof = match (headers.contains_key(AUTHORIZATION), secret, assertion) {
            (true, None, None) => {
                let Credentials { id, secret } = Credentials::basic(headers)?;
                return Ok(Some(Self::Secret { id, secret }));
            }
            (false, None, None) => None,
            (false, Some(secret), None) => Some(Self::Secret {
                id: named.unwrap_or_default().to_owned(),
                secret: Secret::new(secret.to_owned()),
            }),
            (false, None, Some(text)) if fields.get("client_assertion_type") == Some(ASSERTION_TYPE) => {
                Some(Self::Assertion { text, id: named })
            }
            (false, None, Some(_)) => return Err(CredentialsFault::AssertionType),
            _ => return Err(CredentialsFault::Doubled),
        };
        look_at_form(app, proof.as_ref())?;
        Ok(proof)
    }

    /// The same, where a client has to prove itself.
    pub(crate) fn require(
        app: &App,
        headers: &HeaderMap,
        fields: &'f Fields,
    ) -> Result<Self, CredentialsFault> {
        Self::read(app, headers, fields)?.ok_or(CredentialsFault::Missing)
    }

    pub(crate) fn presented(&self) -> Presented<'_> {
        match self {
            Self::Secret { id, secret } => Presented::Secret { public_id: id, private_key: secret.expose() },
            Self::Assertion { text, id } => Presented::Assertion { text, public_id: *id },
        }
    }
}
