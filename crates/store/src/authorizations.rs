//! Authorizations: a pushed request on its way through consent to a code.
//!
//! `stage` only moves forward, and each move is one guarded statement:
//! `consent` -> `code` (allowed) or `denied`; `code` -> `exchanged`.

use model::id::ConsentId;
use model::{ProvenIdentity, PublicId, SecretHash, Timestamp};

use crate::database::{Row, Tx, args, to_json};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "authorizations";

statements! {
    INSERT = "INSERT INTO authorizations (id, handle_hash, public_id, redirect_uri, client_state, code_challenge,
            stage, identity, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'consent', $7, $8)";
    AWAITING_CONSENT = "SELECT * FROM authorizations WHERE handle_hash = $1 AND stage = 'consent' AND expires_at > $2";
    ALLOW = "UPDATE authorizations SET stage = 'code', code_hash = $2, consent_id = $3, expires_at = $4
        WHERE id = $1 AND stage = 'consent' AND expires_at > $5";
    DENY = "UPDATE authorizations SET stage = 'denied' WHERE id = $1 AND stage = 'consent' AND expires_at > $2";
    BY_CODE = "SELECT * FROM authorizations WHERE code_hash = $1";
    EXCHANGE = "UPDATE authorizations SET stage = 'exchanged'
        WHERE id = $1 AND stage = 'code' AND expires_at > $2 RETURNING consent_id";
}

/// An authorization as the engine hands it over.
pub struct NewAuthorization<'a> {
    /// Its id: a UUID, never shown.
    pub id: &'a str,
    /// Hash of the handle that the consent form carries.
    pub handle: &'a SecretHash,
    /// The client.
    pub public_id: &'a PublicId,
    /// Where the code goes; already checked against the registered ones.
    pub redirect_uri: &'a str,
    /// The client's `state`, returned unchanged.
    pub client_state: Option<&'a str>,
    /// PKCE S256 challenge (RFC 7636).
    pub code_challenge: &'a str,
    /// Who the patient is.
    pub identity: &'a ProvenIdentity,
    /// Until when the patient may decide.
    pub expires_at: Timestamp,
}

/// An authorization as stored.
#[derive(Debug)]
pub struct Authorization {
    /// Its id.
    pub id: String,
    /// The client.
    pub public_id: PublicId,
    /// Where the code goes.
    pub redirect_uri: String,
    /// The client's `state`.
    pub client_state: Option<String>,
    /// PKCE S256 challenge.
    pub code_challenge: String,
    /// Who the patient is.
    pub identity: ProvenIdentity,
}

impl Tx {
    /// Keeps an authorization that waits for the patient's decision.
    pub async fn add_authorization(&mut self, authorization: &NewAuthorization<'_>) -> Result<()> {
        let a = authorization;
        let sealed = self.store.sealer().seal(place(a.id), to_json(a.identity).as_bytes());
        self.execute(
            INSERT,
            args![
                a.id,
                a.handle.as_bytes(),
                a.public_id.as_str(),
                a.redirect_uri,
                a.client_state,
                a.code_challenge,
                &sealed,
                a.expires_at
            ],
        )
        .await?;
        Ok(())
    }

    /// The authorization behind a consent form, while the patient may still decide.
    pub async fn awaiting_consent(
        &mut self,
        handle: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<Authorization>> {
        let row = self.fetch(AWAITING_CONSENT, args![handle.as_bytes(), now]).await?;
        row.map(|row| self.read_authorization(&row)).transpose()
    }

    /// Records that the patient allowed it and which code stands for that; false when it was decided already.
    pub async fn allow(
        &mut self,
        id: &str,
        code: &SecretHash,
        consent: &ConsentId,
        code_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(self.execute(ALLOW, args![id, code.as_bytes(), consent.as_str(), code_expires_at, now]).await?
            == 1)
    }

    /// Records that the patient denied it; false when it was decided already.
    pub async fn deny(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        Ok(self.execute(DENY, args![id, now]).await? == 1)
    }

    /// The authorization a code was issued for, used or not: what a redemption is checked against.
    pub async fn authorization_by_code(&mut self, code: &SecretHash) -> Result<Option<Authorization>> {
        let row = self.fetch(BY_CODE, args![code.as_bytes()]).await?;
        row.map(|row| self.read_authorization(&row)).transpose()
    }

    /// Redeems the code of an authorization: once, and not after it lapsed. Of any number of simultaneous
    /// calls exactly one gets the consent.
    pub async fn exchange_code(&mut self, id: &str, now: Timestamp) -> Result<Option<ConsentId>> {
        let row = self.fetch(EXCHANGE, args![id, now]).await?;
        row.map(|row| row.read(TABLE, "consent_id", |text| ConsentId::parse(text).ok())).transpose()
    }

    fn read_authorization(&self, row: &Row) -> Result<Authorization> {
        let id: String = row.get("id")?;
        let sealed: Vec<u8> = row.get("identity")?;
        let plain = self.store.sealer().open_sealed(place(&id), &sealed)?;
        Ok(Authorization {
            public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
            redirect_uri: row.get("redirect_uri")?,
            client_state: row.get("client_state")?,
            code_challenge: row.get("code_challenge")?,
            identity: serde_json::from_slice(&plain)
                .map_err(|_| StoreError::Damaged { table: TABLE, column: "identity" })?,
            id,
        })
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: TABLE, column: "identity", row: id }
}
