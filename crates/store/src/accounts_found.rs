//! Patient accounts that the record locator found: what the patient may choose from.

use model::id::{AccountFoundId, ConnectionId, ConsentId};

use crate::database::{Row, Tx, args};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "accounts_found";

statements! {
    UPSERT = "INSERT INTO accounts_found (id, consent_id, tefca_directory_id, provider, endpoint, authorization_type,
            remote_patient)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (consent_id, tefca_directory_id) DO NOTHING";
    OF_CONSENT = "SELECT * FROM accounts_found WHERE consent_id = $1 ORDER BY provider, id LIMIT 10000";
    BY_ID = "SELECT * FROM accounts_found WHERE id = $1 AND consent_id = $2";
    CONNECT = "UPDATE accounts_found SET connection_id = $3
        WHERE id = $1 AND consent_id = $2 AND connection_id IS NULL";
    DISCONNECT = "UPDATE accounts_found SET connection_id = NULL WHERE connection_id = $1";
}

/// How records at a place can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationType {
    /// The verified identity is enough (SOP IAS response mode 2).
    Direct,
    /// The patient must sign in at the provider (SOP IAS response mode 1).
    Facilitated,
}

impl AuthorizationType {
    /// As stored and as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "tefca_direct",
            Self::Facilitated => "tefca_facilitated",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Direct, Self::Facilitated].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A patient account at one place.
#[derive(Clone, Debug)]
pub struct AccountFound {
    /// `vault_connection_id`.
    pub id: AccountFoundId,
    /// For whom it was found.
    pub consent_id: ConsentId,
    /// The place, as `urn:oid:`.
    pub tefca_directory_id: String,
    /// Its name in the directory.
    pub provider: String,
    /// Its FHIR base URL, or where the patient signs in.
    pub endpoint: String,
    /// How its records can be reached.
    pub authorization_type: AuthorizationType,
    /// The patient's id there; empty until the patient has signed in, where that is needed.
    pub remote_patient: String,
    /// The connection made from it.
    pub connection_id: Option<ConnectionId>,
}

impl Tx {
    /// Keeps an account found; finding it again changes nothing.
    pub async fn add_account_found(&mut self, account: &AccountFound) -> Result<()> {
        let a = account;
        let sealed = self.store.sealer().seal(place(&a.id), a.remote_patient.as_bytes());
        self.execute(
            UPSERT,
            args![
                a.id.as_str(),
                a.consent_id.as_str(),
                &a.tefca_directory_id,
                &a.provider,
                &a.endpoint,
                a.authorization_type.as_str(),
                &sealed
            ],
        )
        .await?;
        Ok(())
    }

    /// The accounts found under a consent, by name of the provider.
    pub async fn accounts_found(&mut self, consent: &ConsentId) -> Result<Vec<AccountFound>> {
        let rows = self.fetch_all(OF_CONSENT, args![consent.as_str()]).await?;
        rows.iter().map(|row| self.read_account_found(row)).collect()
    }

    /// One account found under a consent.
    pub async fn account_found(
        &mut self,
        id: &AccountFoundId,
        consent: &ConsentId,
    ) -> Result<Option<AccountFound>> {
        let row = self.fetch(BY_ID, args![id.as_str(), consent.as_str()]).await?;
        row.map(|row| self.read_account_found(&row)).transpose()
    }

    /// Claims an account for a connection that is written in the same transaction: once; false when it has
    /// one. Of any number of simultaneous calls exactly one claims it.
    pub async fn connect_account(
        &mut self,
        id: &AccountFoundId,
        consent: &ConsentId,
        connection: &ConnectionId,
    ) -> Result<bool> {
        Ok(self.execute(CONNECT, args![id.as_str(), consent.as_str(), connection.as_str()]).await? == 1)
    }

    /// Frees the account of a revoked connection, so that it can be connected anew.
    pub async fn disconnect_account(&mut self, connection: &ConnectionId) -> Result<()> {
        self.execute(DISCONNECT, args![connection.as_str()]).await?;
        Ok(())
    }

    fn read_account_found(&self, row: &Row) -> Result<AccountFound> {
        let id = row.read(TABLE, "id", |text| AccountFoundId::parse(text).ok())?;
        let sealed: Vec<u8> = row.get("remote_patient")?;
        let plain = self.store.sealer().open_sealed(place(&id), &sealed)?;
        let connection: Option<String> = row.get("connection_id")?;
        Ok(AccountFound {
            consent_id: row.read(TABLE, "consent_id", |text| ConsentId::parse(text).ok())?,
            tefca_directory_id: row.get("tefca_directory_id")?,
            provider: row.get("provider")?,
            endpoint: row.get("endpoint")?,
            authorization_type: row.read(TABLE, "authorization_type", AuthorizationType::parse)?,
            remote_patient: String::from_utf8_lossy(&plain).into_owned(),
            connection_id: connection
                .map(|text| ConnectionId::parse(&text))
                .transpose()
                .map_err(|_| StoreError::Damaged { table: TABLE, column: "connection_id" })?,
            id,
        })
    }
}

fn place(id: &AccountFoundId) -> Place<'_> {
    Place { table: TABLE, column: "remote_patient", row: id.as_str() }
}
