//! Who sends a request, as far as the request says it: credentials, an access token, proof of a key.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use identity::{dpop, session};
use model::Secret;

use super::credentials::access_token;

/// What a request says of its sender, and which request it is: a proof of possession is good for one (RFC 9449).
pub(crate) struct Sender {
    /// The headers of that name.
    pub(crate) authorization: HeaderMap,
    method: Method,
    path: String,
    proof: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, state).await?;
        // Several headers are one with commas between (RFC 9110 section 5.3), and no proof has commas.
        let proofs = parts.headers.get_all("dpop").iter();
        let proofs: Vec<_> = proofs.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let authorization = parts.headers.get_all(AUTHORIZATION).iter();
        Ok(Self {
            authorization: authorization.map(|value| (AUTHORIZATION, value.clone())).collect(),
            method: parts.method.clone(),
            path: uri.path().to_owned(),
            proof: (!proofs.is_empty()).then(|| proofs.join(", ")),
        })
    }
}

impl Sender {
    /// The request with its proof, if there is one.
    pub(crate) fn request(&self) -> dpop::Request<'_> {
        let (method, path) = (self.method.as_str(), self.path.as_str());
        dpop::Request { proof: self.proof.as_deref(), method, path }
    }

    /// The access token of the one `Authorization` header.
    pub(crate) fn access_token(&self) -> Option<AccessToken<'_>> {
        let (token, by_proof) = access_token(&self.authorization)?;
        Some(AccessToken { token, request: by_proof.then(|| self.request()) })
    }
}

/// An access token by the scheme `Bearer`, or by `DPoP` with the request whose proof goes with it.
pub(crate) struct AccessToken<'r> {
    pub(crate) token: Secret,
    request: Option<dpop::Request<'r>>,
}

impl AccessToken<'_> {
    pub(crate) fn presented(&self) -> session::Presented<'_> {
        session::Presented { token: self.token.expose(), dpop: self.request }
    }

    /// Whether the scheme is `DPoP`.
    pub(crate) fn is_by_proof(&self) -> bool {
        self.request.is_some()
    }
}
