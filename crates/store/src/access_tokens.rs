//! Access tokens of a patient's session in the widget.

use model::id::ConsentId;
use model::{SecretHash, Timestamp};

use crate::Result;
use crate::consents::Consent;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    INSERT = "INSERT INTO access_tokens (token_hash, consent_id, expires_at) VALUES ($1, $2, $3)";
    CONSENT = "SELECT consents.* FROM access_tokens JOIN consents ON consents.id = access_tokens.consent_id
        WHERE token_hash = $1 AND access_tokens.expires_at > $2";
}

impl Tx {
    /// Keeps a fresh access token.
    pub async fn add_access_token(
        &mut self,
        token: &SecretHash,
        consent: &ConsentId,
        expires_at: Timestamp,
    ) -> Result<()> {
        self.execute(INSERT, args![token.as_bytes(), consent.as_str(), expires_at]).await?;
        Ok(())
    }

    /// The consent an unexpired access token stands for.
    pub async fn consent_by_access_token(
        &mut self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<Consent>> {
        let row = self.fetch(CONSENT, args![token.as_bytes(), now]).await?;
        row.map(|row| self.read_consent(&row)).transpose()
    }
}
