//! Which client assertions and DPoP proofs were used (replay: RFC 7523 section 3, RFC 9449 section 11.1).

use model::Timestamp;

use crate::Result;
use crate::database::{Tx, args};
use crate::sealing::Sealer;
use crate::statement::statements;

statements! {
    // One statement decides: a new jti is kept; a known one counts again only after that use of it expired, and only of
    // what expires later. The same thing never does, however long it stood in line.
    USE = "INSERT INTO assertion_uses (id, expires_at) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET expires_at = $2 WHERE assertion_uses.expires_at <= $3 AND assertion_uses.expires_at < $2";
}

/// One client assertion or DPoP proof, verified.
#[derive(Clone, Copy, Debug)]
pub struct AssertionUse<'a> {
    /// Whose signature it bears.
    pub signer: Signer<'a>,
    /// `jti`: that signer's name for it.
    pub token_id: &'a str,
    /// When it is refused anyway.
    pub expires_at: Timestamp,
}

/// Who signed: each has names of its own for what it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer<'a> {
    /// A client, by its id: a client assertion.
    Client(&'a str),
    /// A key, by its RFC 7638 thumbprint: a DPoP proof.
    Key(&'a str),
}

/// Where a use stands in the table, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UseKey {
    /// Sixty-four bits of a keyed hash: nobody can aim at another signer's row.
    id: i64,
    expires_at: Timestamp,
}

impl UseKey {
    pub(crate) fn of(sealer: &Sealer, assertion: &AssertionUse<'_>) -> Self {
        let (kind, name) = match assertion.signer {
            Signer::Client(id) => ("client", id),
            Signer::Key(thumbprint) => ("key", thumbprint),
        };
        let tag = sealer.tag(&["assertion_uses", kind, name, assertion.token_id]);
        let id = tag.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
        Self { id, expires_at: assertion.expires_at }
    }
}

impl Tx {
    /// Uses an assertion or a proof, once; false when it was used before, or another of its name that has not expired.
    pub async fn use_assertion(&mut self, assertion: &AssertionUse<'_>, now: Timestamp) -> Result<bool> {
        let key = UseKey::of(self.store.sealer(), assertion);
        self.use_once(key, now).await
    }

    pub(crate) async fn use_once(&mut self, key: UseKey, now: Timestamp) -> Result<bool> {
        Ok(self.execute(USE, args![key.id, key.expires_at, now]).await? == 1)
    }
}
