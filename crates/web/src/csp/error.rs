//! From the CSP's reasons to OAuth errors.

use ::csp::{authorize, tokens};
use axum::http::StatusCode;

use crate::oauth::OAuthError;

impl From<authorize::Refusal> for OAuthError {
    fn from(refusal: authorize::Refusal) -> Self {
        use authorize::Refusal as R;
        match &refusal {
            R::Client => Self::invalid_client(),
            R::Busy(busy) => (*busy).into(),
            R::ProofingNotConfigured => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "This issuer has no identity proofing configured, so it cannot verify anyone.",
            ),
            R::RedirectUri => {
                Self::bad_request("invalid_request", "redirect_uri is not registered for this client.")
            }
            R::RequestUri => {
                Self::bad_request("invalid_request", "request_uri cannot be part of a pushed request.")
            }
            R::Redirectable { reason, .. } => Self::bad_request("invalid_request", format!("{reason}.")),
            R::Store(error) => error.into(),
        }
    }
}

impl From<tokens::Refusal> for OAuthError {
    fn from(refusal: tokens::Refusal) -> Self {
        use tokens::Refusal as R;
        match &refusal {
            R::Client => Self::invalid_client(),
            R::Busy(busy) => (*busy).into(),
            R::UnknownCode | R::RedirectUri | R::Verifier | R::Spent | R::AnotherPerson => Self::bad_request(
                "invalid_grant",
                "The authorization code is invalid, expired, already used, or fails PKCE or redirect_uri validation.",
            ),
            R::RefreshToken | R::RefreshReused => Self::bad_request(
                "invalid_grant",
                "The refresh token is invalid, expired, already used or revoked. The patient must verify again.",
            ),
            R::NotIssued => {
                tracing::error!(error = %refusal, "no ID token could be issued");
                Self::server_error()
            }
            R::Store(error) => error.into(),
        }
    }
}
