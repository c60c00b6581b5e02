//! Pushed authorization requests (RFC 9126): single use, bound to the client that pushed them.

use model::{ProvenIdentity, PublicId, Secret, SecretHash, Timestamp};

use crate::database::{Tx, args, to_json};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "pushed_requests";

statements! {
    RESERVE = "INSERT INTO pushed_requests (secret_hash, public_id, redirect_uri, identity, expires_at)
        VALUES ($1, $2, $3, $4, $5) RETURNING id";
    TAKE = "UPDATE pushed_requests SET taken_at = $4
        WHERE id = $1 AND secret_hash = $2 AND public_id = $3 AND taken_at IS NULL AND expires_at > $4
        RETURNING redirect_uri, identity";
}

/// A pushed request as the engine hands it over.
pub struct NewPushedRequest<'a> {
    /// The client that pushed it; no other may use it.
    pub public_id: &'a PublicId,
    /// Where the code shall go, when the client said so.
    pub redirect_uri: Option<&'a str>,
    /// Who the patient is.
    pub identity: &'a ProvenIdentity,
    /// When it lapses.
    pub expires_at: Timestamp,
}

/// A pushed request that has just been taken.
#[derive(Debug)]
pub struct PushedRequest {
    /// Where the code shall go, when the client said so.
    pub redirect_uri: Option<String>,
    /// Who the patient is.
    pub identity: ProvenIdentity,
}

/// The reference part of a `request_uri`: the row's growing key and a 256-bit secret. The key finds the
/// row at the end of the table without an index on random text; the secret alone proves knowledge of it.
#[derive(Clone, Debug)]
pub struct RequestReference {
    row: i64,
    secret: Secret,
}

impl RequestReference {
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
    /// Keeps a pushed request; its reference is the only way back to it.
    pub async fn push_request(
        &mut self,
        request: &NewPushedRequest<'_>,
        secret: Secret,
    ) -> Result<RequestReference> {
        let hash = secret.hash();
        // Sealed to the hash of the secret: the row's key is not known before the row is written.
        let place = model::id::hex(hash.as_bytes());
        let sealed = self.store.sealer().seal(
            Place { table: TABLE, column: "identity", row: &place },
            to_json(request.identity).as_bytes(),
        );
        let row = self
            .fetch(
                RESERVE,
                args![
                    hash.as_bytes(),
                    request.public_id.as_str(),
                    request.redirect_uri,
                    &sealed,
                    request.expires_at
                ],
            )
            .await?
            .ok_or(StoreError::Damaged { table: TABLE, column: "id" })?;
        Ok(RequestReference { row: row.get("id")?, secret })
    }

    /// Takes a pushed request for the client that pushed it: once, and not after it lapsed. Of any number
    /// of simultaneous calls exactly one gets it.
    pub async fn take_pushed_request(
        &mut self,
        reference: &RequestReference,
        public_id: &PublicId,
        now: Timestamp,
    ) -> Result<Option<PushedRequest>> {
        let hash: SecretHash = reference.secret.hash();
        let taken = self.fetch(TAKE, args![reference.row, hash.as_bytes(), public_id.as_str(), now]).await?;
        let Some(row) = taken else { return Ok(None) };
        let place = model::id::hex(hash.as_bytes());
        let sealed: Vec<u8> = row.get("identity")?;
        let plain = self
            .store
            .sealer()
            .open_sealed(Place { table: TABLE, column: "identity", row: &place }, &sealed)?;
        let identity = serde_json::from_slice(&plain)
            .map_err(|_| StoreError::Damaged { table: TABLE, column: "identity" })?;
        Ok(Some(PushedRequest { redirect_uri: row.get("redirect_uri")?, identity }))
    }
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
