//! From reasons to OAuth errors: the one place where the authorization server's refusals get their codes.
//!
//! The description names the class of fault in the seed's words and the rule's code; whatever would help
//! a stranger tell valid from invalid credentials stays in the audit trail.

use std::time::Duration;

use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::authorize::RequestFault;
use identity::clients::UnknownClient;
use identity::proofing::{Ended, TroubleKind};
use identity::targets::TargetFault;
use identity::token_exchange::ExchangeFault;
use identity::{dpop, introspect, par, tokens};
use model::Busy;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::call::Failure;
use crate::challenge::{Challenge, write_nonce};
use crate::request::{CredentialsFault, FormFault};
use crate::response::{IN_A_SECOND, json_no_store};

/// An OAuth error answer (RFC 6749 5.2).
#[derive(Debug)]
pub(crate) struct OAuthError {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) description: String,
    /// The rule's code, for the request log.
    rule: &'static str,
    /// When it may be asked for again.
    busy: Option<Busy>,
    /// The nonce that the next proof of possession has to hold.
    nonce: Option<String>,
}

/// How an OAuth endpoint refuses a request (RFC 6749 5.2).
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub(crate) struct OAuthErrorBody<'a> {
    /// A stable word for a program.
    error: &'a str,
    /// A sentence for a developer.
    error_description: &'a str,
}

impl OAuthError {
    pub(crate) fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), rule: "", busy: None, nonce: None }
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

/// RFC 6749 has no code for too many requests. `temporarily_unavailable` is the one of its codes (4.1.2.1) that says
/// what is meant: the same request is fine, later. The status and `Retry-After` say the rest (RFC 6585 4).
impl From<Busy> for OAuthError {
    fn from(busy: Busy) -> Self {
        let text = format!("Too many requests. Please try again in {} s.", busy.seconds());
        let told = Self::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", text);
        Self { rule: "client.busy", busy: Some(busy), ..told }
    }
}

/// There may be too much to do at the moment (RFC 6749 4.1.2.1 has the word); whatever else is wrong with the store, the
/// operator reads in the log.
impl From<&StoreError> for OAuthError {
    fn from(error: &StoreError) -> Self {
        if !matches!(error, StoreError::Busy) {
            tracing::error!(%error, "the store failed");
            return Self::server_error();
        }
        let text = "There is too much to do right now. Please try again in a second.";
        Self {
            busy: Some(IN_A_SECOND),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text)
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = OAuthErrorBody { error: self.error, error_description: &self.description };
        let mut response = json_no_store(self.status, &body);
        if let Some(nonce) = &self.nonce {
            write_nonce(nonce, response.headers_mut());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            Challenge::BASIC.write(response.headers_mut());
        }
        if let Some(busy) = self.busy {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(busy.seconds()));
        }
        response.extensions_mut().insert(Failure { error: self.error, rule: self.rule });
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
            // Two authentications in one request, or one of an unknown kind, are a malformed request and not a wrong
            // client (RFC 6749 2.3).
            CredentialsFault::Doubled | CredentialsFault::AssertionType => {
                Self::bad_request("invalid_request", sentence(&fault))
            }
            CredentialsFault::Busy(busy) => busy.into(),
            _ => Self::invalid_client(),
        }
    }
}

impl From<UnknownClient> for OAuthError {
    fn from(_: UnknownClient) -> Self {
        Self::invalid_client()
    }
}

impl From<&dpop::Refusal> for OAuthError {
    fn from(refusal: &dpop::Refusal) -> Self {
        use dpop::{Refusal as R, Reject};
        match refusal {
            R::Nonce(nonce) => {
                let text = "The DPoP proof must hold the nonce of the DPoP-Nonce header.";
                Self { nonce: Some(nonce.clone()), ..Self::bad_request("use_dpop_nonce", text) }
            }
            R::Missing => Self::bad_request("invalid_dpop_proof", "A DPoP proof is required."),
            R::Proof(Reject::Parameter) => {
                Self::bad_request("invalid_request", "dpop_jkt must be the SHA-256 thumbprint of a key.")
            }
            R::Proof(_) | R::Replayed => Self::bad_request("invalid_dpop_proof", sentence(refusal)),
            R::OtherKey => Self::bad_request("invalid_grant", sentence(refusal)),
        }
    }
}

impl From<par::Refusal> for OAuthError {
    fn from(refusal: par::Refusal) -> Self {
        use par::Refusal as R;
        let described = |text: &str| format!("{text} ({})", refusal.code());
        let invalid = |text: &str| Self::bad_request("invalid_request", described(text));
        let told = match &refusal {
            R::Client(reason) => (*reason).into(),
            R::Busy(busy) => (*busy).into(),
            R::ForeignClientId => invalid("client_id differs from the authenticated client."),
            R::TefcaDisabled(mode) => Self::bad_request(
                "unauthorized_client",
                described(&format!("TEFCA is not enabled for the credential's API mode, {mode}.")),
            ),
            R::ByoiDisabled(mode) => Self::bad_request(
                "unauthorized_client",
                described(&format!("BYOI is not enabled for the credential's API mode, {mode}.")),
            ),
            R::Dpop(fault) => {
                let error = Self::from(fault);
                Self { description: format!("{} ({})", error.description, refusal.code()), ..error }
            }
            R::RequestUriPushed => invalid("request_uri cannot be part of a pushed request."),
            R::Scope => invalid(
                "scope must be \"openid profile email\", or of a client by fapi2 hold \"openid\" of these; \
                 offline_access may be added.",
            ),
            R::ResponseType => invalid("response_type must be \"code\"."),
            R::Target(fault) => Self::bad_request("invalid_target", described(target_text(*fault))),
            R::NoRedirectUri => invalid("redirect_uri is required."),
            R::Pkce => invalid("A PKCE code_challenge with code_challenge_method S256 is required."),
            R::RequestObject => Self::bad_request(
                "request_not_supported",
                described("Request objects are not supported; push the parameters themselves."),
            ),
            R::AuthorizationDetails => Self::bad_request(
                "invalid_authorization_details",
                described("No type of authorization_details is supported."),
            ),
            R::Prompt => invalid("prompt holds an unknown value, or none beside another."),
            R::MaxAge => invalid("max_age must be a number of seconds."),
            R::ResponseMode => invalid("response_mode must be \"query\"."),
            R::TooLong(name) => invalid(&format!("{name} is too long.")),
            R::RedirectUri => invalid("redirect_uri is not registered for this credential."),
            R::Idp => invalid("idp must name a supported CSP."),
            R::NoProofing(mode) => Self::bad_request(
                "unauthorized_client",
                described(&format!(
                    "idp_id_token is missing, and hosted proofing is not set up for API mode {mode}."
                )),
            ),
            R::NotRegistered(all) => invalid(&format!(
                "idp_id_token is missing, and hosted proofing is not set up at the CSP that idp names, but at {all}."
            )),
            R::NoIdToken => {
                invalid("idp_id_token is missing, and hosted proofing is not switched on for this client.")
            }
            R::PatientId => invalid(
                "patient_id needs a token exchange endpoint to be registered, and no idp_id_token beside it.",
            ),
            R::Exchange(fault) => {
                let error = Self::from(fault);
                Self { description: described(&error.description), ..error }
            }
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
            R::Store(error) => error.into(),
        };
        Self { rule: refusal.code(), ..told }
    }
}

/// In the seed's words.
fn target_text(fault: TargetFault) -> &'static str {
    match fault {
        TargetFault::NotAbsolute => "resource must be an absolute URI without a fragment.",
        TargetFault::Unknown => "audience does not target an allowed API audience.",
        TargetFault::NotGranted => "audience or resource was not granted.",
    }
}

/// The client's own endpoint failed it: what it may try again is told apart from what it may not.
impl From<&ExchangeFault> for OAuthError {
    fn from(fault: &ExchangeFault) -> Self {
        use ExchangeFault as F;
        let later = |busy, text| Self {
            busy,
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text)
        };
        let refused = |text| Self::bad_request("invalid_request", text);
        match fault {
            F::Busy(wait) => later(
                Some(Busy { retry_after: Duration::from_secs(wait.unwrap_or(1)) }),
                "Your token exchange endpoint asked us to come later.",
            ),
            F::Unreachable(_) => later(None, "Your token exchange endpoint cannot be reached."),
            F::Refused("invalid_grant") => refused(
                "Your token exchange endpoint answered invalid_grant: it has no ID Token for this patient_id.",
            ),
            F::Refused("invalid_client") => refused(
                "Your token exchange endpoint answered invalid_client: it does not accept our signature.",
            ),
            F::Refused(_) => refused("Your token exchange endpoint refused our request."),
            F::Unreadable => refused("Your token exchange endpoint gave no ID Token."),
            F::Signing => Self::server_error(),
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

impl From<tokens::Refusal> for OAuthError {
    fn from(refusal: tokens::Refusal) -> Self {
        use tokens::Refusal as R;
        let told = match &refusal {
            R::Client(reason) => (*reason).into(),
            R::Dpop(fault) => fault.into(),
            R::Busy(busy) => (*busy).into(),
            R::GrantType => {
                let text = "grant_type must be authorization_code, refresh_token or client_credentials.";
                Self::bad_request("unsupported_grant_type", text)
            }
            R::TefcaDisabled(mode) => Self::bad_request(
                "unauthorized_client",
                format!("TEFCA is not enabled for the credential's API mode, {mode}."),
            ),
            R::GrantNotAllowed => {
                let text = "client_credentials is not allowed for this client. Ask the operator.";
                Self::bad_request("unauthorized_client", text)
            }
            R::Target(fault) => Self::bad_request("invalid_target", target_text(*fault)),
            R::Missing(name) => Self::bad_request("invalid_request", format!("{name} is required.")),
            R::UnknownCode | R::RedirectUri | R::Verifier | R::Spent => Self::bad_request(
                "invalid_grant",
                "The authorization code is invalid, expired, already used, not consented, or fails PKCE validation.",
            ),
            R::Scope => Self::bad_request("invalid_scope", "scope holds what was not granted."),
            R::RefreshToken | R::RefreshReused => Self::bad_request(
                "invalid_grant",
                "The refresh token is invalid, expired, revoked or already used. Ask the patient again.",
            ),
            R::Signing => {
                tracing::error!(error = %refusal, "tokens could not be issued");
                Self::server_error()
            }
            R::Store(error) => error.into(),
        };
        Self { rule: refusal.code(), ..told }
    }
}

impl From<introspect::Refusal> for OAuthError {
    fn from(refusal: introspect::Refusal) -> Self {
        let rule = refusal.code();
        let told = match refusal {
            introspect::Refusal::Client(reason) => reason.into(),
            introspect::Refusal::Busy(busy) => busy.into(),
            introspect::Refusal::NoToken => Self::bad_request("invalid_request", "token is required."),
            introspect::Refusal::Store(error) => (&error).into(),
        };
        Self { rule, ..told }
    }
}

/// What a client is told at its redirect URI of a request that is wrong.
pub(super) fn request_error(fault: RequestFault) -> (&'static str, &'static str) {
    match fault {
        RequestFault::Pkce => {
            ("invalid_request", "A PKCE code_challenge with code_challenge_method S256 is required.")
        }
        RequestFault::ConsentRequired => {
            ("consent_required", "The patient has to be asked, which prompt=none forbids.")
        }
        RequestFault::ProofingTooOld => {
            ("login_required", "The patient was proofed longer ago than max_age. Push a newer ID Token.")
        }
    }
}

/// What a client is told at its redirect URI of a patient who was not proven: the error, and words for a developer. The
/// reason goes with them as a code of its own, [`Ended::code`].
pub(super) fn ended_error(ended: &Ended) -> (&'static str, String) {
    let (error, text, code) = match ended {
        Ended::TookTooLong => ("access_denied", "The patient took too long to prove who they are.", None),
        Ended::GaveUp => ("access_denied", "The patient did not want to prove who they are.", None),
        Ended::Met(kind, code) => match kind {
            TroubleKind::Cancelled => {
                ("access_denied", "The patient did not complete the identity check.", None)
            }
            TroubleKind::Unavailable => {
                ("temporarily_unavailable", "The identity check does not answer right now.", None)
            }
            TroubleKind::Misconfigured => {
                ("server_error", "The identity check is not set up rightly on this server", Some(code))
            }
            TroubleKind::Refused => {
                ("access_denied", "The patient's identity could not be verified", Some(code))
            }
        },
    };
    (error, code.map_or(text.to_owned(), |code| format!("{text} ({code}).")))
}

/// A fault's own words as a sentence.
fn sentence(fault: &impl std::fmt::Display) -> String {
    let text = fault.to_string();
    let mut characters = text.chars();
    characters
        .next()
        .map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), characters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::pages::{self, Problem};

    #[test]
    fn a_busy_store_is_told_from_one_that_failed() {
        let damaged = || StoreError::Damaged { table: "organizations", column: "name" };
        for of in [
            |error| OAuthError::from(par::Refusal::Store(error)).into_response(),
            |error| OAuthError::from(tokens::Refusal::Store(error)).into_response(),
            |error| OAuthError::from(introspect::Refusal::Store(error)).into_response(),
            |error| OAuthError::from(&error).into_response(),
            |error| crate::api_error::ApiError::from(error).into_response(),
            |error| pages::problem(Language::En, Problem::from(&error), &[]),
        ] as [fn(StoreError) -> Response; 6]
        {
            let busy = of(StoreError::Busy);
            assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(busy.headers()[RETRY_AFTER], "1");
            let failed = of(damaged());
            assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(!failed.headers().contains_key(RETRY_AFTER));
        }
    }
}
