//! Why an access token was refused.

use jose::Fault;

use model::ScopeFault;

use crate::ClaimFault;

/// The first thing found wrong with an access token. Names the rule, never the content. On the wire all are
/// `invalid_token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Not a token that we signed.
    #[error(transparent)]
    Jws(#[from] Fault),
    /// `typ` is not that of an access token.
    #[error("the token is no access token (typ)")]
    Type,
    /// A claim is missing or not of its form.
    #[error("the access token's {0}")]
    Claim(#[from] ClaimFault),
    /// `iss` is another issuer.
    #[error("the access token is another issuer's (iss)")]
    Issuer,
    /// `aud` does not name the expected audience.
    #[error("the access token is for another audience (aud)")]
    Audience,
    /// `exp` has passed.
    #[error("the access token has expired (exp)")]
    Expired,
    /// `iat` lies further ahead than clocks disagree.
    #[error("the access token was issued in the future (iat)")]
    Ahead,
    /// `scope` is none.
    #[error("the access token's scope: {0}")]
    Scope(#[from] ScopeFault),
    /// `cnf` binds the token in another way than by the thumbprint of a key.
    #[error("the access token is bound in a way that cannot be checked (cnf)")]
    Confirmation,
}
