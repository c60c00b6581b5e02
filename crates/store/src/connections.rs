//! Connections: records at one provider that an individual shares with an organisation.

use model::id::{ConnectionId, ConsentId, OrganizationId, RequestId};
use model::{Mode, PublicId, Tenant, Timestamp};

use crate::Result;
use crate::accounts_found::AccountFound;
use crate::consents::Consent;
use crate::database::{Row, Tx, args};
use crate::sealing::Place;
use crate::statement::statements;

const TABLE: &str = "connections";

statements! {
    INSERT = "INSERT INTO connections (id, organization_id, mode, public_id, consent_id, tefca_directory_id, provider,
            endpoint, remote_patient, status, external_id, request_id, consent_expires_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'authorized', $10, $11, $12, $13)";
    BY_ID = "SELECT * FROM connections WHERE id = $1 AND organization_id = $2 AND mode = $3";
    IN_ANY_MODE = "SELECT * FROM connections WHERE id = $1 AND organization_id = $2";
    FOR_EXPORT = "SELECT connections.* FROM connections JOIN exports ON exports.connection_id = connections.id
        WHERE exports.id = $1";
    OF_ORGANIZATION = "SELECT * FROM connections WHERE organization_id = $1 ORDER BY created_at DESC, id LIMIT $2";
    TEST_AUTHORIZED = "SELECT connections.id AS connection_id, consents.* FROM connections
        JOIN consents ON consents.id = connections.consent_id
        WHERE connections.organization_id = $1 AND connections.status = 'authorized'
        AND connections.mode = 'test' AND connections.id > $2
        ORDER BY connections.id LIMIT $3";
    REVOKE = "UPDATE connections SET status = 'revoked', refresh_token = NULL
        WHERE id = $1 AND organization_id = $2 AND mode = $3 AND status = 'authorized'";
}

/// Whether a connection may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionStatus {
    /// It may.
    Authorized,
    /// The patient or the organisation ended it.
    Revoked,
}

impl ConnectionStatus {
    /// As stored and as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorized => "authorized",
            Self::Revoked => "revoked",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Authorized, Self::Revoked].into_iter().find(|status| status.as_str() == text)
    }
}

/// A connection as the engine hands it over.
pub struct NewConnection<'a> {
    /// Its id.
    pub id: &'a ConnectionId,
    /// With whom the records are shared.
    pub organization_id: &'a OrganizationId,
    /// Through which credential.
    pub public_id: &'a PublicId,
    /// The account it is made from.
    pub account: &'a AccountFound,
    /// The app's own id, echoed in events.
    pub external_id: Option<&'a str>,
    /// Ties the events together for support.
    pub request_id: &'a RequestId,
    /// When the consent behind it ends.
    pub consent_expires_at: Timestamp,
    /// Now.
    pub created_at: Timestamp,
}

/// A connection as stored.
#[derive(Clone, Debug)]
pub struct Connection {
    /// `org_connection_id`.
    pub id: ConnectionId,
    /// With whom the records are shared.
    pub organization_id: OrganizationId,
    /// Through which credential.
    pub public_id: PublicId,
    /// The consent behind it.
    pub consent_id: ConsentId,
    /// The provider, as `urn:oid:`.
    pub tefca_directory_id: String,
    /// The provider's name in the directory.
    pub provider: String,
    /// Its FHIR base URL.
    pub endpoint: String,
    /// The patient's id there.
    pub remote_patient: String,
    /// Whether it may be used.
    pub status: ConnectionStatus,
    /// The app's own id.
    pub external_id: Option<String>,
    /// The request that made it.
    pub request_id: String,
    /// When the consent behind it ends.
    pub consent_expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Connection {
    /// The mode it was made in.
    pub fn mode(&self) -> Mode {
        self.public_id.mode()
    }

    /// Whose it is.
    pub fn tenant(&self) -> Tenant<'_> {
        Tenant { organization: &self.organization_id, mode: self.mode() }
    }

    /// Whether it may be used at `now`.
    pub fn usable_at(&self, now: Timestamp) -> bool {
        self.status == ConnectionStatus::Authorized && self.consent_expires_at > now
    }
}

impl Tx {
    /// Keeps a connection.
    pub async fn add_connection(&mut self, connection: &NewConnection<'_>) -> Result<()> {
        let c = connection;
        let sealed = self.store.sealer().seal(place(c.id), c.account.remote_patient.as_bytes());
        self.execute(
            INSERT,
            args![
                c.id.as_str(),
                c.organization_id.as_str(),
                c.public_id.mode().as_str(),
                c.public_id.as_str(),
                c.account.consent_id.as_str(),
                &c.account.tefca_directory_id,
                &c.account.provider,
                &c.account.endpoint,
                &sealed,
                c.external_id,
                c.request_id.as_str(),
                c.consent_expires_at,
                c.created_at
            ],
        )
        .await?;
        Ok(())
    }

    /// A tenant's connection; another's, and the other mode's, is not found.
    pub async fn connection(&mut self, id: &ConnectionId, tenant: Tenant<'_>) -> Result<Option<Connection>> {
        let (organization, mode) = (tenant.organization.as_str(), tenant.mode.as_str());
        let row = self.fetch(BY_ID, args![id.as_str(), organization, mode]).await?;
        row.map(|row| self.read_connection(&row)).transpose()
    }

    /// An organisation's connection of either mode, for the operator alone.
    pub async fn connection_in_any_mode(
        &mut self,
        id: &ConnectionId,
        organization: &OrganizationId,
    ) -> Result<Option<Connection>> {
        let row = self.fetch(IN_ANY_MODE, args![id.as_str(), organization.as_str()]).await?;
        row.map(|row| self.read_connection(&row)).transpose()
    }

    /// The connection an export reads from.
    pub async fn connection_of_export(&mut self, export: &model::id::ExportId) -> Result<Option<Connection>> {
        let row = self.fetch(FOR_EXPORT, args![export.as_str()]).await?;
        row.map(|row| self.read_connection(&row)).transpose()
    }

    /// An organisation's connections of both modes, newest first.
    pub async fn connections_of(
        &mut self,
        organization: &OrganizationId,
        limit: u32,
    ) -> Result<Vec<Connection>> {
        let rows = self.fetch_all(OF_ORGANIZATION, args![organization.as_str(), i64::from(limit)]).await?;
        rows.iter().map(|row| self.read_connection(row)).collect()
    }

    /// An organisation's authorized connections of test mode, each with the consent behind it: a page of them
    /// in the order of their ids, those past `after`. Empty past the last.
    pub async fn test_connections_past(
        &mut self,
        organization: &OrganizationId,
        after: Option<&ConnectionId>,
        limit: u32,
    ) -> Result<Vec<(ConnectionId, Consent)>> {
        let after = after.map_or("", ConnectionId::as_str);
        let rows =
            self.fetch_all(TEST_AUTHORIZED, args![organization.as_str(), after, i64::from(limit)]).await?;
        rows.iter()
            .map(|row| {
                let id = row.read(TABLE, "connection_id", |text| ConnectionId::parse(text).ok())?;
                Ok((id, self.read_consent(row)?))
            })
            .collect()
    }

    /// Revokes a connection and ends its exports, whose files are to be deleted then; false when it was
    /// revoked already, is another's or the other mode's.
    pub async fn revoke_connection(&mut self, id: &ConnectionId, tenant: Tenant<'_>) -> Result<bool> {
        let (organization, mode) = (tenant.organization.as_str(), tenant.mode.as_str());
        let revoked = self.execute(REVOKE, args![id.as_str(), organization, mode]).await? == 1;
        if revoked {
            self.lapse_exports_of(id).await?;
        }
        Ok(revoked)
    }

    fn read_connection(&self, row: &Row) -> Result<Connection> {
        let id = row.read(TABLE, "id", |text| ConnectionId::parse(text).ok())?;
        let sealed: Vec<u8> = row.get("remote_patient")?;
        let plain = self.store.sealer().open_sealed(place(&id), &sealed)?;
        Ok(Connection {
            organization_id: row.read(TABLE, "organization_id", |text| OrganizationId::parse(text).ok())?,
            public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
            consent_id: row.read(TABLE, "consent_id", |text| ConsentId::parse(text).ok())?,
            tefca_directory_id: row.get("tefca_directory_id")?,
            provider: row.get("provider")?,
            endpoint: row.get("endpoint")?,
            remote_patient: String::from_utf8_lossy(&plain).into_owned(),
            status: row.read(TABLE, "status", ConnectionStatus::parse)?,
            external_id: row.get("external_id")?,
            request_id: row.get("request_id")?,
            consent_expires_at: row.time("consent_expires_at")?,
            created_at: row.time("created_at")?,
            id,
        })
    }
}

fn place(id: &ConnectionId) -> Place<'_> {
    Place { table: TABLE, column: "remote_patient", row: id.as_str() }
}
