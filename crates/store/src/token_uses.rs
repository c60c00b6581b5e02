//! Which ID tokens were pushed, and by which client (replay: RFC 8725 section 2.8, IAS SOP 3.0 section 4.9).

use model::{PublicId, Timestamp};

use crate::Result;
use crate::database::{Tx, args};
use crate::sealing::Sealer;
use crate::statement::statements;

statements! {
    // One statement decides: a new token is kept, a known one counts for its own client where it may come again.
    USE = "INSERT INTO token_uses (expires_at, tag, public_id, pushed_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (expires_at, tag) DO UPDATE SET public_id = token_uses.public_id
        WHERE token_uses.public_id = $3 AND $5";
}

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

impl Tx {
    /// Uses a token that a CSP gave for a request pushed without one; false when it was used before by another client,
    /// or at all where once is the rule.
    pub async fn use_token(
        &mut self,
        token: &TokenUse<'_>,
        public_id: &PublicId,
        pushed_id: i64,
    ) -> Result<bool> {
        let TokenKey { expires_at, tag } = TokenKey::of(self.store.sealer(), token);
        let args = args![expires_at, tag, public_id.as_str(), pushed_id, !token.once];
        Ok(self.execute(USE, args).await? == 1)
    }
}
