//! From reasons to OAuth errors: the one place where the authorization server's refusals get their codes.
//!
//! The description names the class of fault in the seed's words and the rule's code; whatever would help
//! a stranger tell valid from invalid credentials stays in the audit trail.

use axum::http::header::{ALLOW, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::clients::UnknownClient;
use identity::{exchange, par};
use serde::Serialize;

use crate::request::{CredentialsFault, FormFault};
use crate::response::json_no_store;

/// An OAuth error answer (RFC 6749 5.2).
#[derive(Debug)]
pub(crate) struct OAuthError {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: &'a str,
}

impl OAuthError {
    pub(crate) fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    pub(crate) fn bad_request(error: &'static str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, description)
    }

    pub(crate) fn invalid_client() -> Self {
        let text = "The client credentials are missing, unknown or not valid.";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", text)
    }

    pub(crate) fn server_error() -> Self {
        let text = "Something went wrong on our side. Please try again.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", text)
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Body { error: self.error, error_description: &self.description };
        let mut response = json_no_store(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"OpenIAS\", charset=\"UTF-8\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Answers every method but POST (RFC 9126 2.3).
pub(crate) async fn post_only(method: Method) -> Response {
    let text = format!("{method} is not supported here; use POST.");
    let error = OAuthError::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", text);
    let mut response = error.into_response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

impl From<FormFault> for OAuthError {
    fn from(fault: FormFault) -> Self {
        Self::new(fault.status(), "invalid_request", sentence(&fault))
    }
}

impl From<CredentialsFault> for OAuthError {
    fn from(fault: CredentialsFault) -> Self {
        match fault {
            // Two authentications in one request are a malformed request, not a wrong client (RFC 6749 2.3).
            CredentialsFault::Doubled => Self::bad_request("invalid_request", sentence(&fault)),
            _ => Self::invalid_client(),
        }
    }
}

impl From<UnknownClient> for OAuthError {
    fn from(_: UnknownClient) -> Self {
        Self::invalid_client()
    }
}

impl From<par::Refusal> for OAuthError {
    fn from(refusal: par::Refusal) -> Self {
        use par::Refusal as R;
        let described = |text: &str| format!("{text} ({})", refusal.code());
        let invalid = |text: &str| Self::bad_request("invalid_request", described(text));
        match &refusal {
            R::Client(reason) => (*reason).into(),
            R::ForeignClientId => invalid("client_id differs from the authenticated client."),
            R::TefcaDisabled(mode) => Self::bad_request(
                "unauthorized_client",
                described(&format!("TEFCA is not enabled for the credential's API mode, {mode}.")),
            ),
            R::ByoiDisabled(mode) => Self::bad_request(
                "unauthorized_client",
                described(&format!("BYOI is not enabled for the credential's API mode, {mode}.")),
            ),
            R::RequestUriPushed => invalid("request_uri cannot be part of a pushed request."),
            R::Scope => {
                Self::bad_request("invalid_request", described("scope must be \"openid profile email\"."))
            }
            R::ResponseType => invalid("response_type must be \"code\"."),
            R::Audience => Self::bad_request(
                "invalid_target",
                described("audience does not target an allowed API audience."),
            ),
            R::RedirectUri => invalid("redirect_uri is not registered for this credential."),
            R::Idp => invalid("idp must name a supported CSP."),
            R::NoIdToken => invalid("idp_id_token is required."),
            R::NoHcid => {
                invalid("The organization has no HCID configured, so no ID Token can be meant for it.")
            }
            R::Issuer { .. } => {
                invalid("The ID Token issuer does not match the selected idp in this API mode.")
            }
            R::Keys(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                described("The CSP's signing keys cannot be fetched right now. Please try again."),
            ),
            R::Token(reject) => invalid(token_text(*reject)),
            R::Email(mode) => invalid(&format!("The ID Token email is not appropriate for API mode {mode}.")),
            R::Replayed => invalid("The ID Token was pushed before."),
            R::Store(error) => {
                tracing::error!(%error, "the store failed");
                Self::server_error()
            }
        }
    }
}

/// The class of fault that the seed names, for a token that does not stand.
fn token_text(reject: token::Reject) -> &'static str {
    use token::Rule as R;
    match reject.rule {
        R::Expired => "The ID Token has expired.",
        R::NotYetValid => "The ID Token is not valid yet.",
        R::Issuer => "The ID Token issuer does not match the selected idp.",
        R::AudienceMissing | R::AudienceShape | R::Audience | R::AudienceBare | R::ForeignAudience => {
            "The ID Token audience does not match the organization's HCID."
        }
        R::JwsSignature | R::JwsUnknownKey | R::JwsKeyType | R::JwsAlgorithm => {
            "The ID Token is not signed with the CSP's key."
        }
        rule if rule.code().starts_with("jws.") => "The ID Token cannot be read.",
        _ => "The ID Token does not meet the claims rules.",
    }
}

impl From<exchange::Refusal> for OAuthError {
    fn from(refusal: exchange::Refusal) -> Self {
        use exchange::Refusal as R;
        match &refusal {
            R::Client(reason) => (*reason).into(),
            R::GrantType => {
                Self::bad_request("unsupported_grant_type", "grant_type must be authorization_code.")
            }
            R::Missing(name) => Self::bad_request("invalid_request", format!("{name} is required.")),
            R::UnknownCode | R::RedirectUri | R::Verifier | R::Spent => Self::bad_request(
                "invalid_grant",
                "The authorization code is invalid, expired, already used, not consented, or fails PKCE validation.",
            ),
            R::Signing | R::Store(_) => {
                tracing::error!(error = %refusal, "a code could not be redeemed");
                Self::server_error()
            }
        }
    }
}

/// A fault's own words as a sentence.
fn sentence(fault: &impl std::fmt::Display) -> String {
    let text = fault.to_string();
    let mut characters = text.chars();
    characters
        .next()
        .map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), characters.as_str()))
}
