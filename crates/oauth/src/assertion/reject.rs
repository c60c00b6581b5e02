//! Why a client assertion was refused.

use jose::Fault;

use crate::ClaimFault;

/// The first thing found wrong with an assertion. Names the rule, never the content. On the wire all are
/// `invalid_client`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Not a token that this client signed.
    #[error(transparent)]
    Jws(#[from] Fault),
    /// A claim is missing or not of its form.
    #[error("the assertion's {0}")]
    Claim(#[from] ClaimFault),
    /// `typ` is that of another kind of token.
    #[error("the assertion's type is that of another token (typ)")]
    Type,
    /// `iss` or `sub` is not the client.
    #[error("the assertion's {0} is not the client")]
    Client(&'static str),
    /// `aud` is not us, or not in the form that the client's profile asks for.
    #[error("the assertion is for another audience (aud)")]
    Audience,
    /// `exp` has passed.
    #[error("the assertion has expired (exp)")]
    Expired,
    /// `exp` lies too far ahead.
    #[error("the assertion lives too long (exp)")]
    Life,
    /// `iat` or `nbf` lies further ahead than clocks disagree.
    #[error("the assertion is not yet valid ({0})")]
    Ahead(&'static str),
}

impl Reject {
    /// Whether [`verify()`](super::verify()) says so of what the client signed with its own key: such a reason may be
    /// told to the client.
    pub const fn is_of_signer(self) -> bool {
        !matches!(self, Self::Jws(_) | Self::Type)
    }

    /// The rule's code, for the client's failed calls.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Jws(_) | Self::Type => "client.assertion",
            Self::Claim(_) => "assertion.claim",
            Self::Client(_) => "assertion.client",
            Self::Audience => "assertion.audience",
            Self::Expired => "assertion.expired",
            Self::Life => "assertion.life",
            Self::Ahead(_) => "assertion.ahead",
        }
    }
}
