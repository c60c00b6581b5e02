//! Why a pushed request is not kept.

use model::{Busy, Mode};
use store::StoreError;

use crate::clients::UnknownClient;
use crate::dpop;
use crate::targets::TargetFault;
use crate::token_exchange::ExchangeFault;

/// Why a request was not kept: one reason a check, in the order of the checks.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] UnknownClient),
    /// The client or its organisation pushes too much at a time.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The body names another client than the credentials.
    #[error("client_id in the body is not the authenticated client")]
    ForeignClientId,
    /// TEFCA is not enabled for the organisation in this mode.
    #[error("TEFCA is not enabled for this organisation in {0} mode")]
    TefcaDisabled(Mode),
    /// BYOI is not enabled for the organisation in this mode.
    #[error("BYOI is not enabled for this organisation in {0} mode")]
    ByoiDisabled(Mode),
    /// The sender's DPoP proof or `dpop_jkt` does not stand.
    #[error(transparent)]
    Dpop(#[from] dpop::Refusal),
    /// A `request_uri` was pushed.
    #[error("request_uri cannot be pushed")]
    RequestUriPushed,
    /// `scope` is not one allowed.
    #[error(
        "scope must be \"openid profile email\", or by fapi2 hold openid of these, perhaps with offline_access"
    )]
    Scope,
    /// `response_type` is not `code`.
    #[error("response_type must be \"code\"")]
    ResponseType,
    /// `audience` or `resource` is not what it may be.
    #[error(transparent)]
    Target(#[from] TargetFault),
    /// `redirect_uri` is left out where it has to be pushed.
    #[error("redirect_uri has to be pushed")]
    NoRedirectUri,
    /// `code_challenge` is left out where it has to be pushed, malformed, or not by S256.
    #[error("a PKCE code_challenge with method S256 is required")]
    Pkce,
    /// A request object came (RFC 9101), which no client here may use.
    #[error("request objects are not supported")]
    RequestObject,
    /// `authorization_details` came (RFC 9396); no type of them is known.
    #[error("authorization_details of no type are supported")]
    AuthorizationDetails,
    /// `prompt` holds an unknown value, or `none` beside another.
    #[error("prompt holds an unknown value, or none beside another")]
    Prompt,
    /// `max_age` is not a number of seconds.
    #[error("max_age is not a number of seconds")]
    MaxAge,
    /// `response_mode` is not `query`.
    #[error("response_mode must be \"query\"")]
    ResponseMode,
    /// A parameter is longer than anybody needs.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// `redirect_uri` is not registered for the credential.
    #[error("redirect_uri is not registered for this credential")]
    RedirectUri,
    /// `idp` is missing or names no trusted CSP.
    #[error("idp names no trusted CSP")]
    Idp,
    /// No CSP is there to send a patient without an ID token to, or no mail to confirm an address by.
    #[error("hosted proofing is not set up here for {0} mode")]
    NoProofing(Mode),
    /// We are no client of the CSP that is named, but of these.
    #[error("hosted proofing is not set up here at the CSP that idp names, but at {0}")]
    NotRegistered(String),
    /// `idp_id_token` is missing.
    #[error("idp_id_token is missing")]
    NoIdToken,
    /// `patient_id` from a client without a token exchange endpoint, or beside an ID token.
    #[error("patient_id needs a token exchange endpoint, and no ID token beside it")]
    PatientId,
    /// The client's endpoint gave no ID token.
    #[error(transparent)]
    Exchange(#[from] ExchangeFault),
    /// The organisation has no HCID, so no token can be meant for it.
    #[error("the organisation has no HCID configured")]
    NoHcid,
    /// The token's issuer is not one of the chosen CSP's for this mode.
    #[error("the ID token's issuer is not one of {idp}'s in {mode} mode")]
    Issuer {
        /// The chosen CSP.
        idp: String,
        /// The mode of the key.
        mode: Mode,
    },
    /// The CSP's keys cannot be had now.
    #[error("{0}")]
    Keys(#[from] egress::KeysUnavailable),
    /// The token does not stand.
    #[error("the ID token was refused: {0}")]
    Token(#[from] token::Reject),
    /// The e-mail is not appropriate for the API mode.
    #[error("the ID token's e-mail does not fit {0} mode")]
    Email(Mode),
    /// The token was pushed before, by another client or where once is the rule.
    #[error("the ID token was pushed before")]
    Replayed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// The rule's code, for the audit trail and the answer.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Client(reason) => reason.code(),
            Self::Busy(_) => "client.busy",
            Self::ForeignClientId => "par.client_id",
            Self::TefcaDisabled(_) => "organization.tefca_disabled",
            Self::ByoiDisabled(_) => "organization.byoi_disabled",
            Self::Dpop(refusal) => refusal.code(),
            Self::RequestUriPushed => "par.request_uri",
            Self::Scope => "par.scope",
            Self::ResponseType => "par.response_type",
            Self::Target(fault) => fault.code(),
            Self::NoRedirectUri => "par.no_redirect_uri",
            Self::Pkce => "par.code_challenge",
            Self::RequestObject => "par.request",
            Self::AuthorizationDetails => "par.authorization_details",
            Self::Prompt => "par.prompt",
            Self::MaxAge => "par.max_age",
            Self::ResponseMode => "par.response_mode",
            Self::TooLong(_) => "par.too_long",
            Self::RedirectUri => "par.redirect_uri",
            Self::Idp => "par.idp",
            Self::NoProofing(_) => "proofing.not_set_up",
            Self::NotRegistered(_) => "proofing.idp",
            Self::NoIdToken => "par.idp_id_token",
            Self::PatientId => "par.patient_id",
            Self::Exchange(fault) => fault.code(),
            Self::NoHcid => "organization.no_hcid",
            Self::Issuer { .. } => "token.issuer",
            Self::Keys(_) => "csp.keys_unavailable",
            Self::Token(reject) => reject.code(),
            Self::Email(_) => "token.email_mode",
            Self::Replayed => "token.replayed",
            Self::Store(_) => "store",
        }
    }
}
