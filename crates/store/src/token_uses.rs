//! Which ID tokens were pushed, and by which client (replay: RFC 8725 section 2.8, IAS SOP 3.0 section 4.9).

use model::{PublicId, Timestamp};

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    // One statement decides: a new token is kept, a known one counts for its own client where it may come again.
    USE = "INSERT INTO token_uses (id, public_id, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET public_id = token_uses.public_id
        WHERE token_uses.public_id = $2 AND $4";
}

/// One token in one client's hands.
pub struct TokenUse<'a> {
    /// `iss`
    pub issuer: &'a str,
    /// `jti`
    pub token_id: &'a str,
    /// Who pushes it.
    pub public_id: &'a PublicId,
    /// Whether it may be pushed once only.
    pub once: bool,
    /// When it is refused anyway.
    pub expires_at: Timestamp,
}

impl Tx {
    /// Uses a token; false when it was pushed before by another client, or at all where once is the rule.
    pub async fn use_token(&mut self, token: &TokenUse<'_>) -> Result<bool> {
        let tag = self.store.sealer().tag(&["token_uses", token.issuer, token.token_id]);
        // Sixty-four bits of a keyed hash: nobody can aim at another token's row.
        let id = tag.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
        let args = args![id, token.public_id.as_str(), token.expires_at, !token.once];
        Ok(self.execute(USE, args).await? == 1)
    }
}
