//! Why a token was refused.

use jose::Fault;

/// The first rule a token broke. Names claims, never their values, so that it may be logged; strangers
/// get one answer for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Not a JWS that is read here, or not by a known key. The fault keeps its own code.
    #[error("{0}")]
    Jws(Fault),
    /// Not signed by the key it names.
    #[error("the token's signature is wrong")]
    Signature,
    /// `iss` is missing or not a string, so no keys can be chosen.
    #[error("the token does not say who issued it")]
    IssuerMissing,
    /// `iss` is not exactly the expected issuer.
    #[error("the token comes from another issuer than expected")]
    Issuer,
    /// `aud` is neither a string nor an array of 1 to 8 different strings.
    #[error("the token's audience is not a string or a short array of different strings")]
    AudienceShape,
    /// `aud` does not contain the expected HCID.
    #[error("the token is not meant for this organization: its audience lacks the HCID")]
    Audience,
    /// `aud` names another organisation's HCID besides the expected one.
    #[error("the token is meant for another organization too: its audience holds a second HCID")]
    ForeignAudience,
    /// A claim that every token must have is missing, blank or `Unknown`.
    #[error("the token lacks the claim {0}")]
    Missing(&'static str),
    /// A time is not a number of seconds between 1970 and the year 9999.
    #[error("the token's {0} is not a time in seconds")]
    NumericDate(&'static str),
    /// `exp` is past.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is still to come.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// `exp` is not after `iat`.
    #[error("the token expires before it was issued")]
    ExpiresBeforeIssued,
    /// `exp - iat` is more than this issuer's tokens may live.
    #[error("the token lives longer than this issuer's tokens may")]
    Lifetime,
    /// `auth_time` is still to come.
    #[error("the token says that the person was proofed in the future")]
    ProofedInFuture,
    /// `auth_time` is further back than the policy allows.
    #[error("the person was proofed too long ago")]
    ProofingAge,
    /// `jti` is not a string of 1 to 256 characters.
    #[error("the token's jti is not a short string")]
    TokenId,
    /// `typ` in the header is present and not `JWT`: an access token, a logout token, a DPoP proof
    /// (RFC 8725 section 3.11).
    #[error("the token is of another type than an ID token")]
    Type,
    /// It has an `events` claim: a logout token or a security event (RFC 8417).
    #[error("the token reports an event; it is no ID token")]
    Events,
    /// `sub` is not 1 to 255 printable ASCII characters (OIDC Core section 2).
    #[error("the token's subject is not 1 to 255 ASCII characters")]
    Subject,
    /// A claim that must be text is not.
    #[error("the token's {0} is not text")]
    NotText(&'static str),
    /// Text of more than 256 characters.
    #[error("the token's {0} is too long")]
    TooLong(&'static str),
    /// Text with control characters or characters that reorder the text around them.
    #[error("the token's {0} holds control or reordering characters")]
    Unprintable(&'static str),
    /// `birthdate` is not a full calendar date.
    #[error("the token's birthdate is not a full calendar date")]
    Birthdate,
    /// `birthdate` is before 1880 or still to come.
    #[error("the token's birthdate is not one of a living person")]
    BirthdateRange,
    /// `address` is not an object.
    #[error("the token's address is not an object")]
    Address,
    /// The state is not two letters.
    #[error("the state in the token's address is not two letters")]
    Region,
    /// `region` and `regionality` differ.
    #[error("the token's address names two different states")]
    RegionConflict,
    /// Not a ZIP code of 5 or 5+4 digits.
    #[error("the token's address has no valid ZIP code")]
    PostalCode,
    /// Not a two-letter country code.
    #[error("the country in the token's address is not a two-letter code")]
    Country,
    /// `historical_address` is neither an object nor an array of at most 32.
    #[error("the token's historical addresses are not a list of at most 32")]
    History,
    /// Neither a usable e-mail address nor a usable phone number (IAS SOP 3.0 section 4.9).
    #[error("the token has neither a verified e-mail address nor a verified phone number")]
    Contact,
}

impl Reject {
    /// A stable name for the audit log and for tests.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Jws(fault) => fault.code(),
            Self::Signature => "token.signature",
            Self::IssuerMissing => "token.issuer_missing",
            Self::Issuer => "token.issuer",
            Self::AudienceShape => "token.audience_shape",
            Self::Audience => "token.audience",
            Self::ForeignAudience => "token.foreign_audience",
            Self::Missing(_) => "token.missing",
            Self::NumericDate(_) => "token.numeric_date",
            Self::Expired => "token.expired",
            Self::NotYetValid => "token.not_yet_valid",
            Self::IssuedInFuture => "token.issued_in_future",
            Self::ExpiresBeforeIssued => "token.expires_before_issued",
            Self::Lifetime => "token.lifetime",
            Self::ProofedInFuture => "token.proofed_in_future",
            Self::ProofingAge => "token.proofing_age",
            Self::TokenId => "token.token_id",
            Self::Type => "token.type",
            Self::Events => "token.events",
            Self::Subject => "token.subject",
            Self::NotText(_) => "token.not_text",
            Self::TooLong(_) => "token.too_long",
            Self::Unprintable(_) => "token.unprintable",
            Self::Birthdate => "token.birthdate",
            Self::BirthdateRange => "token.birthdate_range",
            Self::Address => "token.address",
            Self::Region => "token.region",
            Self::RegionConflict => "token.region_conflict",
            Self::PostalCode => "token.postal_code",
            Self::Country => "token.country",
            Self::History => "token.history",
            Self::Contact => "token.contact",
        }
    }
}

impl From<Fault> for Reject {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Signature => Self::Signature,
            other => Self::Jws(other),
        }
    }
}
