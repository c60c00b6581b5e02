//! Consents: what an individual allowed an organisation, and until when.

use model::id::{ConsentId, OrganizationId};
use model::{ProvenIdentity, PublicId, Tenant, Timestamp};

use crate::database::{Row, Tx, args, to_json};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "consents";

statements! {
    INSERT = "INSERT INTO consents (id, organization_id, public_id, identity, given_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    BY_ID = "SELECT * FROM consents WHERE id = $1";
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
    /// When.
    pub given_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A consent as stored.
#[derive(Debug)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// To whom it is given.
    pub organization_id: OrganizationId,
    /// Through which credential, which names the mode too.
    pub public_id: PublicId,
    /// By whom.
    pub identity: ProvenIdentity,
    /// Until when.
    pub expires_at: Timestamp,
}

impl Consent {
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
        let sealed = self.store.sealer().seal(place(c.id), to_json(c.identity).as_bytes());
        self.execute(
            INSERT,
            args![
                c.id.as_str(),
                c.organization_id.as_str(),
                c.public_id.as_str(),
                &sealed,
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

    pub(crate) fn read_consent(&self, row: &Row) -> Result<Consent> {
        let id = row.read(TABLE, "id", |text| ConsentId::parse(text).ok())?;
        let sealed: Vec<u8> = row.get("identity")?;
        let plain = self.store.sealer().open_sealed(place(&id), &sealed)?;
        Ok(Consent {
            organization_id: row.read(TABLE, "organization_id", |text| OrganizationId::parse(text).ok())?,
            public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
            identity: serde_json::from_slice(&plain)
                .map_err(|_| StoreError::Damaged { table: TABLE, column: "identity" })?,
            expires_at: row.time("expires_at")?,
            id,
        })
    }
}

fn place(id: &ConsentId) -> Place<'_> {
    Place { table: TABLE, column: "identity", row: id.as_str() }
}
