//! Consents: what an individual allowed an organisation, and until when.

use model::id::{ConsentId, OrganizationId};
use model::{ProvenIdentity, PublicId, Scope, Tenant, Timestamp};
use serde::de::DeserializeOwned;

use crate::database::{Row, Tx, args, to_json};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "consents";

statements! {
    INSERT = "INSERT INTO consents (id, organization_id, public_id, identity, scope, resources, dpop_jkt, given_at,
            expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    BY_ID = "SELECT * FROM consents WHERE id = $1";
    BIND = "UPDATE consents SET dpop_jkt = $2 WHERE id = $1 AND dpop_jkt IS NULL";
    REVOKE_TOKENS = "UPDATE consents SET tokens_revoked_at = $2 WHERE id = $1 AND tokens_revoked_at IS NULL";
}

/// A consent as the engine hands it over.
pub struct NewConsent<'a> {
    /// Its id.
    pub id: &'a ConsentId,
    /// To whom it is given.
    pub organization_id: &'a OrganizationId,
    /// Through which credential.
    pub public_id: &'a PublicId,
    /// By whom.
    pub identity: &'a ProvenIdentity,
    /// The scope granted.
    pub scope: &'a Scope,
    /// For whom its access tokens may be (RFC 8707).
    pub resources: &'a [String],
    /// The key that its code is bound to (RFC 9449).
    pub dpop_jkt: Option<&'a str>,
    /// When.
    pub given_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A consent as stored, with as much of the identity as its reader needs.
#[derive(Debug)]
pub struct Consent<I = ProvenIdentity> {
    /// Its id.
    pub id: ConsentId,
    /// To whom it is given.
    pub organization_id: OrganizationId,
    /// Through which credential, which names the mode too.
    pub public_id: PublicId,
    /// By whom.
    pub identity: I,
    /// The scope granted.
    pub scope: Scope,
    /// For whom its access tokens may be.
    pub resources: Vec<String>,
    /// The key that its code or its first proof was by: its tokens are bound to that or, when they are renewed, to
    /// another.
    pub dpop_jkt: Option<String>,
    /// Whether everything that was issued for it was revoked.
    pub tokens_revoked: bool,
    /// Until when.
    pub expires_at: Timestamp,
}

impl<I> Consent<I> {
    /// Whether it allows anything at `now`.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }

    /// To whom it is given, in which mode.
    pub fn tenant(&self) -> Tenant<'_> {
        Tenant { organization: &self.organization_id, mode: self.public_id.mode() }
    }
}

impl Tx {
    /// Keeps a consent.
    pub async fn add_consent(&mut self, consent: &NewConsent<'_>) -> Result<()> {
        let c = consent;
        let sealed = self.store.sealer().seal_json(place(c.id), c.identity);
        self.execute(
            INSERT,
            args![
                c.id.as_str(),
                c.organization_id.as_str(),
                c.public_id.as_str(),
                &sealed,
                c.scope.as_str(),
                &to_json(&c.resources),
                c.dpop_jkt,
                c.given_at,
                c.expires_at
            ],
        )
        .await?;
        Ok(())
    }

    /// The consent with this id.
    pub async fn consent(&mut self, id: &ConsentId) -> Result<Option<Consent>> {
        match self.fetch(BY_ID, args![id.as_str()]).await? {
            Some(row) => Ok(Some(self.read_consent(&row)?)),
            None => Ok(None),
        }
    }

    /// Notes the key of the first proof that came for a consent; another one changes nothing.
    pub async fn bind_consent(&mut self, id: &ConsentId, dpop_jkt: &str) -> Result<()> {
        self.execute(BIND, args![id.as_str(), dpop_jkt]).await?;
        Ok(())
    }

    /// Ends every token that was or is being issued for a consent; false when that was done before.
    pub async fn revoke_consent_tokens(&mut self, id: &ConsentId, now: Timestamp) -> Result<bool> {
        Ok(self.execute(REVOKE_TOKENS, args![id.as_str(), now]).await? == 1)
    }

    pub(crate) fn read_consent<I: DeserializeOwned>(&self, row: &Row) -> Result<Consent<I>> {
        let id = row.read(TABLE, "id", |text| ConsentId::parse(text).ok())?;
        let sealed: Vec<u8> = row.get("identity")?;
        let plain = self.store.sealer().open_sealed(place(&id), &sealed)?;
        Ok(Consent {
            organization_id: row.read(TABLE, "organization_id", |text| OrganizationId::parse(text).ok())?,
            public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
            identity: serde_json::from_slice(&plain)
                .map_err(|_| StoreError::Damaged { table: TABLE, column: "identity" })?,
            scope: row.read(TABLE, "scope", |text| Scope::parse(text).ok())?,
            resources: row.json(TABLE, "resources")?,
            dpop_jkt: row.get("dpop_jkt")?,
            tokens_revoked: row.time_if_any("tokens_revoked_at")?.is_some(),
            expires_at: row.time("expires_at")?,
            id,
        })
    }
}

fn place(id: &ConsentId) -> Place<'_> {
    Place { table: TABLE, column: "identity", row: id.as_str() }
}
