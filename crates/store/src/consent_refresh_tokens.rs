//! Refresh tokens of a consent: each is used once and brings a successor.

use model::id::ConsentId;
use model::{ProvenSubject, Secret, SecretHash, Timestamp};

use crate::consents::Consent;
use crate::database::{Tx, args};
use crate::statement::statements;
use crate::{Result, Store};

statements! {
    INSERT = "INSERT INTO consent_refresh_tokens (token_hash, consent_id, issued_at, expires_at)
        VALUES ($1, $2, $3, $4)";
    FIND = "SELECT consents.*, t.issued_at AS token_issued_at, t.expires_at AS token_expires_at,
            t.used_at AS token_used_at
        FROM consent_refresh_tokens t JOIN consents ON consents.id = t.consent_id WHERE token_hash = $1";
    USE = "UPDATE consent_refresh_tokens SET used_at = $2
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
        AND EXISTS (SELECT 1 FROM consents c WHERE c.id = consent_id AND c.tokens_revoked_at IS NULL)";
    IS_UNUSED = "SELECT 1 FROM consent_refresh_tokens WHERE token_hash = $1 AND used_at IS NULL";
}

/// A refresh token as kept, used or not, lapsed or not.
#[derive(Debug)]
pub struct ConsentRefreshToken {
    /// What the patient allowed.
    pub consent: Consent<ProvenSubject>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl ConsentRefreshToken {
    /// Whether it may be used at `now`.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && self.expires_at > now && !self.consent.tokens_revoked
    }
}

impl Store {
    /// The refresh token that follows this one. It can be told again to who lost it, and is kept nowhere: a keyed
    /// hash of a secret of 256 bits is one.
    pub fn refresh_successor(&self, token: &Secret) -> Secret {
        let tag = self.sealer().tag(&["consent_refresh_tokens", token.expose()]);
        Secret::from_random(tag.first_chunk().copied().unwrap_or_default())
    }
}

impl Tx {
    /// Keeps a refresh token.
    pub async fn add_consent_refresh_token(
        &mut self,
        token: &SecretHash,
        consent: &ConsentId,
        issued_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        self.execute(INSERT, args![token.as_bytes(), consent.as_str(), issued_at, expires_at]).await?;
        Ok(())
    }

    /// The refresh token of this hash.
    pub async fn consent_refresh_token(&mut self, token: &SecretHash) -> Result<Option<ConsentRefreshToken>> {
        let Some(row) = self.fetch(FIND, args![token.as_bytes()]).await? else { return Ok(None) };
        Ok(Some(ConsentRefreshToken {
            consent: self.read_consent(&row)?,
            issued_at: row.time("token_issued_at")?,
            expires_at: row.time("token_expires_at")?,
            used_at: row.time_if_any("token_used_at")?,
        }))
    }

    /// Uses a refresh token: once, in time, and not after its family was revoked.
    pub async fn use_consent_refresh_token(&mut self, token: &SecretHash, now: Timestamp) -> Result<bool> {
        Ok(self.execute(USE, args![token.as_bytes(), now]).await? == 1)
    }

    /// Whether nobody has used this refresh token yet.
    pub async fn is_consent_refresh_token_unused(&mut self, token: &SecretHash) -> Result<bool> {
        Ok(self.fetch(IS_UNUSED, args![token.as_bytes()]).await?.is_some())
    }
}
