//! Pushed authorization requests (RFC 9126): single use, bound to the client that pushed them.

use model::{AuthorizationRequest, PublicId, Secret, SecretHash, Timestamp};

use crate::database::{Row, Tx, args};
use crate::sealing::{Place, Sealer};
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "pushed_requests";

statements! {
    TAKE = "UPDATE pushed_requests SET taken_at = $4
        WHERE id = $1 AND secret_hash = $2 AND public_id = $3 AND taken_at IS NULL AND expires_at > $4
        RETURNING request";
    LOOK_AT = "SELECT request FROM pushed_requests
        WHERE id = $1 AND secret_hash = $2 AND public_id = $3 AND taken_at IS NULL AND expires_at > $4";
    // In time was its load; how long the decision may take, the authorization knows.
    USE_UP = "UPDATE pushed_requests SET taken_at = $2 WHERE id = $1 AND taken_at IS NULL";
}

/// A pushed request as the engine hands it over, to be kept by [`Store::push`](crate::Store::push).
pub struct NewPushedRequest<'a> {
    /// The client that pushed it; no other may use it.
    pub public_id: &'a PublicId,
    /// What it asks for.
    pub request: &'a AuthorizationRequest,
    /// When it lapses.
    pub expires_at: Timestamp,
}

/// The reference part of a `request_uri`: the row's growing key and a 256-bit secret. The key finds the
/// row at the end of the table without an index on random text; the secret alone proves knowledge of it.
#[derive(Clone, Debug)]
pub struct RequestReference {
    row: i64,
    secret: Secret,
}

impl RequestReference {
    pub(crate) fn new(row: i64, secret: Secret) -> Self {
        Self { row, secret }
    }

    /// The row's key: ties what comes of a request to it. Proves nothing.
    pub const fn row(&self) -> i64 {
        self.row
    }

    /// Reads `<row>.<secret>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (row, secret) = text.split_once('.')?;
        let canonical = !row.starts_with(['0', '+', '-']) && row.len() <= 19;
        let row = row.parse().ok().filter(|_| canonical)?;
        (secret.len() == 43).then(|| Self { row, secret: Secret::new(secret.to_owned()) })
    }

    /// The reference as it stands in the `request_uri`.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.row, self.secret.expose())
    }
}

impl Tx {
    /// Takes a pushed request for the client that pushed it: once, and not after it lapsed. Of any number
    /// of simultaneous calls exactly one gets it.
    pub async fn take_pushed_request(
        &mut self,
        reference: &RequestReference,
        public_id: &PublicId,
        now: Timestamp,
    ) -> Result<Option<AuthorizationRequest>> {
        self.find_pushed_request(TAKE, reference, public_id, now).await
    }

    /// A pushed request that could be taken, left where it is.
    pub async fn look_at_pushed_request(
        &mut self,
        reference: &RequestReference,
        public_id: &PublicId,
        now: Timestamp,
    ) -> Result<Option<AuthorizationRequest>> {
        self.find_pushed_request(LOOK_AT, reference, public_id, now).await
    }

    /// Uses up, with the patient's decision, the pushed request behind an authorization; false when another
    /// decision has done so.
    pub async fn use_up_pushed_request(&mut self, row: i64, now: Timestamp) -> Result<bool> {
        Ok(self.execute(USE_UP, args![row, now]).await? == 1)
    }

    async fn find_pushed_request(
        &mut self,
        statement: &'static str,
        reference: &RequestReference,
        public_id: &PublicId,
        now: Timestamp,
    ) -> Result<Option<AuthorizationRequest>> {
        let hash = reference.secret.hash();
        let args = args![reference.row, hash.as_bytes(), public_id.as_str(), now];
        let found = self.fetch(statement, args).await?;
        found.map(|row| self.read_request(&row, &hash)).transpose()
    }

    fn read_request(&self, row: &Row, hash: &SecretHash) -> Result<AuthorizationRequest> {
        let sealed: Vec<u8> = row.get("request")?;
        let plain = self.store.sealer().open_sealed(place(&row_name(hash)), &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Damaged { table: TABLE, column: "request" })
    }
}

/// Sealed to the hash of the secret: the row's key is not known before the row is written.
fn row_name(hash: &SecretHash) -> String {
    model::id::hex(hash.as_bytes())
}

fn place(row: &str) -> Place<'_> {
    Place { table: TABLE, column: "request", row }
}

/// What is kept of a request that nobody may read, sealed.
pub(crate) fn seal(sealer: &Sealer, request: &NewPushedRequest<'_>, hash: &SecretHash) -> Vec<u8> {
    sealer.seal_json(place(&row_name(hash)), request.request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_spelling_of_a_reference_is_read() {
        let secret = "a".repeat(43);
        assert!(RequestReference::parse(&format!("17.{secret}")).is_some());
        for text in [
            String::new(),
            ".".into(),
            format!(".{secret}"),
            format!("017.{secret}"),
            format!("+1.{secret}"),
            format!("-1.{secret}"),
            format!("1.{secret}a"),
            format!("99999999999999999999.{secret}"),
            "1.short".into(),
        ] {
            assert!(RequestReference::parse(&text).is_none(), "{text}");
        }
    }
}
