//! Which ID tokens were pushed, and by which client (replay: RFC 8725 section 2.8, IAS SOP 3.0 section 4.9).

use model::Timestamp;

use crate::sealing::Sealer;

/// An ID token that is pushed.
pub struct TokenUse<'a> {
    /// `iss`
    pub issuer: &'a str,
    /// `jti`
    pub token_id: &'a str,
    /// Whether it may be pushed once only.
    pub once: bool,
    /// When it is refused anyway. The same for every push of the same token.
    pub expires_at: Timestamp,
}

/// Where a token stands in the table: those that end together stand together, and new ones at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TokenKey {
    pub(crate) expires_at: i64,
    /// Sixty-four bits of a keyed hash: nobody can aim at another token's row.
    pub(crate) tag: i64,
}

impl TokenKey {
    pub(crate) fn of(sealer: &Sealer, token: &TokenUse<'_>) -> Self {
        let tag = sealer.tag(&["token_uses", token.issuer, token.token_id]);
        let tag = tag.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
        Self { expires_at: token.expires_at.millis(), tag }
    }
}
