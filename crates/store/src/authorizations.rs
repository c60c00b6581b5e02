//! Authorizations: a pushed request on its way through consent to a code.
//!
//! `stage` only moves forward, and each move is one guarded statement:
//! `consent` -> `code` (allowed) or `denied`; `code` -> `exchanged`.

use model::id::ConsentId;
use model::{AuthorizationRequest, ProvenIdentity, ProvenSubject, PublicId, SecretHash, Timestamp};
use serde::de::DeserializeOwned;

use crate::consents::Consent;
use crate::database::{Row, Tx, args};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "authorizations";

statements! {
    INSERT = "INSERT INTO authorizations (id, handle_hash, public_id, pushed_id, stage, request, expires_at)
        VALUES ($1, $2, $3, $4, 'consent', $5, $6)";
    AWAITING_CONSENT = "SELECT * FROM authorizations WHERE handle_hash = $1 AND stage = 'consent' AND expires_at > $2";
    ALLOW = "UPDATE authorizations SET stage = 'code', code_hash = $2, consent_id = $3, request = $4, expires_at = $5
        WHERE id = $1 AND stage = 'consent' AND expires_at > $6";
    DENY = "UPDATE authorizations SET stage = 'denied' WHERE id = $1 AND stage = 'consent' AND expires_at > $2";
    BY_CODE = "SELECT consents.*, authorizations.id AS authorization_id, stage, request
        FROM authorizations JOIN consents ON consents.id = authorizations.consent_id WHERE code_hash = $1";
    EXCHANGE = "UPDATE authorizations SET stage = 'exchanged'
        WHERE id = $1 AND stage = 'code' AND expires_at > $2";
}

/// An authorization as the engine hands it over; it waits for the patient's consent.
pub struct NewAuthorization<'a> {
    /// Its own name.
    pub id: &'a str,
    /// Hash of the handle in the consent form.
    pub handle: &'a SecretHash,
    /// The client.
    pub public_id: &'a PublicId,
    /// The row of the pushed request behind it.
    pub pushed_id: i64,
    /// What the client asks for. Its `redirect_uri` and `code_challenge` are known by now.
    pub request: &'a AuthorizationRequest<Box<ProvenIdentity>>,
    /// When the patient has thought too long.
    pub expires_at: Timestamp,
}

/// A code as the engine hands it over.
pub struct NewAuthorizationCode<'a> {
    /// Its hash.
    pub hash: &'a SecretHash,
    /// What the patient allowed.
    pub consent_id: &'a ConsentId,
    /// What its exchange is compared with.
    pub request: &'a AuthorizationRequest<()>,
    /// When it lapses.
    pub expires_at: Timestamp,
}

/// An authorization as stored, until it is decided.
#[derive(Debug)]
pub struct Authorization {
    /// Its own name.
    pub id: String,
    /// The client.
    pub public_id: PublicId,
    /// The row of the pushed request behind it.
    pub pushed_id: i64,
    /// What the client asks for.
    pub request: AuthorizationRequest<Box<ProvenIdentity>>,
}

/// A code as stored, whether it can still be redeemed or not.
#[derive(Debug)]
pub struct AuthorizationCode {
    /// The authorization that it came of.
    pub authorization_id: String,
    /// What its exchange is compared with.
    pub request: AuthorizationRequest<()>,
    /// What the patient allowed.
    pub consent: Consent<ProvenSubject>,
    /// Whether it was redeemed.
    pub exchanged: bool,
}

impl Tx {
    /// Keeps a new authorization.
    pub async fn add_authorization(&mut self, authorization: &NewAuthorization<'_>) -> Result<()> {
        let a = authorization;
        let sealed = self.store.sealer().seal_json(place(a.id), a.request);
        let args = args![a.id, a.handle.as_bytes(), a.public_id.as_str(), a.pushed_id, &sealed, a.expires_at];
        self.execute(INSERT, args).await?;
        Ok(())
    }

    /// The authorization that waits for this page's decision.
    pub async fn awaiting_consent(
        &mut self,
        handle: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<Authorization>> {
        let row = self.fetch(AWAITING_CONSENT, args![handle.as_bytes(), now]).await?;
        row.map(|row| self.read_authorization(&row)).transpose()
    }

    /// Turns consent into a code; false when it was decided or lapsed meanwhile. Whose records it is about, the consent
    /// alone says from here on.
    pub async fn allow(&mut self, id: &str, code: &NewAuthorizationCode<'_>, now: Timestamp) -> Result<bool> {
        let sealed = self.store.sealer().seal_json(place(id), code.request);
        let values = args![id, code.hash.as_bytes(), code.consent_id.as_str(), &sealed, code.expires_at, now];
        Ok(self.execute(ALLOW, values).await? == 1)
    }

    /// Records that the patient said no; false when it was decided or lapsed meanwhile.
    pub async fn deny(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        Ok(self.execute(DENY, args![id, now]).await? == 1)
    }

    /// What stands behind a code.
    pub async fn authorization_code(&mut self, code: &SecretHash) -> Result<Option<AuthorizationCode>> {
        let Some(row) = self.fetch(BY_CODE, args![code.as_bytes()]).await? else { return Ok(None) };
        let authorization_id: String = row.get("authorization_id")?;
        Ok(Some(AuthorizationCode {
            request: self.read_requested(&authorization_id, &row)?,
            consent: self.read_consent(&row)?,
            exchanged: row.get::<String>("stage")? == "exchanged",
            authorization_id,
        }))
    }

    /// Redeems the code of an authorization: once, and in time.
    pub async fn exchange_code(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        Ok(self.execute(EXCHANGE, args![id, now]).await? == 1)
    }

    fn read_authorization(&self, row: &Row) -> Result<Authorization> {
        let id: String = row.get("id")?;
        Ok(Authorization {
            public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
            pushed_id: row.get("pushed_id")?,
            request: self.read_requested(&id, row)?,
            id,
        })
    }

    fn read_requested<P: DeserializeOwned>(&self, id: &str, row: &Row) -> Result<AuthorizationRequest<P>> {
        let sealed: Vec<u8> = row.get("request")?;
        let plain = self.store.sealer().open_sealed(place(id), &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Damaged { table: TABLE, column: "request" })
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: TABLE, column: "request", row: id }
}
