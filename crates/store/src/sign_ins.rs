//! Sign-ins at providers: what waits for the patient to come back, and what a sign-in left.

use model::id::{AccountFoundId, ConnectionId, ConsentId};
use model::{Secret, SecretHash, Timestamp};

use crate::Result;
use crate::database::{Tx, args};
use crate::sealing::Place;
use crate::statement::statements;

const TABLE: &str = "sign_ins";

statements! {
    INSERT = "INSERT INTO sign_ins (state_hash, account_id, consent_id, external_id, verifier, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    TAKE = "DELETE FROM sign_ins WHERE state_hash = $1 AND expires_at > $2
        RETURNING account_id, consent_id, external_id, verifier";
    KEEP_REFRESH_TOKEN = "UPDATE connections SET refresh_token = $2 WHERE id = $1 AND status = 'authorized'";
    REFRESH_TOKEN = "SELECT refresh_token FROM connections WHERE id = $1 AND refresh_token IS NOT NULL";
    NAME_PATIENT = "UPDATE accounts_found SET remote_patient = $2 WHERE id = $1 AND connection_id IS NULL";
}

/// A sign-in on its way.
#[derive(Debug)]
pub struct SignIn {
    /// The account that is signed in to.
    pub account_id: AccountFoundId,
    /// For whom.
    pub consent_id: ConsentId,
    /// The app's own id, for the connection that follows.
    pub external_id: Option<String>,
    /// PKCE verifier.
    pub verifier: Secret,
}

impl Tx {
    /// Keeps a sign-in until the patient comes back with its `state`.
    pub async fn add_sign_in(
        &mut self,
        state: &SecretHash,
        sign_in: &SignIn,
        expires_at: Timestamp,
    ) -> Result<()> {
        let row = model::id::hex(state.as_bytes());
        let sealed = self.store.sealer().seal(verifier_of(&row), sign_in.verifier.expose().as_bytes());
        self.execute(
            INSERT,
            args![
                state.as_bytes(),
                sign_in.account_id.as_str(),
                sign_in.consent_id.as_str(),
                sign_in.external_id.as_deref(),
                &sealed,
                expires_at
            ],
        )
        .await?;
        Ok(())
    }

    /// Takes the sign-in that a `state` belongs to, once.
    pub async fn take_sign_in(&mut self, state: &SecretHash, now: Timestamp) -> Result<Option<SignIn>> {
        let Some(row) = self.fetch(TAKE, args![state.as_bytes(), now]).await? else { return Ok(None) };
        let key = model::id::hex(state.as_bytes());
        let sealed: Vec<u8> = row.get("verifier")?;
        let verifier = self.store.sealer().open_sealed(verifier_of(&key), &sealed)?;
        Ok(Some(SignIn {
            account_id: row.read(TABLE, "account_id", |text| AccountFoundId::parse(text).ok())?,
            consent_id: row.read(TABLE, "consent_id", |text| ConsentId::parse(text).ok())?,
            external_id: row.get("external_id")?,
            verifier: Secret::new(String::from_utf8_lossy(&verifier).into_owned()),
        }))
    }

    /// Notes which of the provider's patients signed in, before the account is connected.
    pub async fn name_remote_patient(&mut self, id: &AccountFoundId, patient: &str) -> Result<bool> {
        let place = Place { table: "accounts_found", column: "remote_patient", row: id.as_str() };
        let sealed = self.store.sealer().seal(place, patient.as_bytes());
        Ok(self.execute(NAME_PATIENT, args![id.as_str(), &sealed]).await? == 1)
    }

    /// Keeps what opens a connection's records again without the patient; in place of an older one.
    pub async fn keep_connection_refresh_token(&mut self, id: &ConnectionId, token: &Secret) -> Result<()> {
        let sealed = self.store.sealer().seal(refresh_token_of(id), token.expose().as_bytes());
        self.execute(KEEP_REFRESH_TOKEN, args![id.as_str(), &sealed]).await?;
        Ok(())
    }

    /// What opens a connection's records again; none for those that the verified identity opens.
    pub async fn connection_refresh_token(&mut self, id: &ConnectionId) -> Result<Option<Secret>> {
        let Some(row) = self.fetch(REFRESH_TOKEN, args![id.as_str()]).await? else { return Ok(None) };
        let sealed: Vec<u8> = row.get("refresh_token")?;
        let plain = self.store.sealer().open_sealed(refresh_token_of(id), &sealed)?;
        Ok(Some(Secret::new(String::from_utf8_lossy(&plain).into_owned())))
    }
}

fn verifier_of(row: &str) -> Place<'_> {
    Place { table: TABLE, column: "verifier", row }
}

fn refresh_token_of(id: &ConnectionId) -> Place<'_> {
    Place { table: "connections", column: "refresh_token", row: id.as_str() }
}
