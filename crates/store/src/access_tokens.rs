//! Access tokens: what one stands for, until it lapses or is revoked.

use model::id::ConsentId;
use model::{ProvenIdentity, Scope, SecretHash, Timestamp};
use serde::de::DeserializeOwned;

use crate::Result;
use crate::consents::Consent;
use crate::database::{Tx, args, to_json};
use crate::statement::statements;

const TABLE: &str = "access_tokens";

statements! {
    INSERT = "INSERT INTO access_tokens (expires_at, token_hash, consent_id, scope, audience, dpop_jkt, issued_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // The consent's own columns of these names are not asked for here.
    FIND = "SELECT consents.*, access_tokens.scope AS token_scope, access_tokens.audience AS token_audience,
            access_tokens.issued_at AS token_issued_at, access_tokens.dpop_jkt AS token_dpop_jkt
        FROM access_tokens JOIN consents ON consents.id = access_tokens.consent_id
        WHERE access_tokens.expires_at = $1 AND token_hash = $2 AND consents.tokens_revoked_at IS NULL";
    FORGET = "DELETE FROM access_tokens WHERE expires_at = $1 AND token_hash = $2";
    FORGET_ALL = "DELETE FROM access_tokens WHERE consent_id = $1";
    REVOKE = "INSERT INTO revoked_tokens (token_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    IS_REVOKED = "SELECT 1 FROM revoked_tokens WHERE token_hash = $1";
}

/// What an access token is kept under: when it lapses, which stands in it, and its hash, which alone proves that it is
/// the one.
#[derive(Clone, Debug)]
pub struct AccessTokenKey {
    /// When it lapses.
    pub expires_at: Timestamp,
    /// Hash of the token.
    pub hash: SecretHash,
}

/// An access token as the engine hands it over.
pub struct NewAccessToken<'a> {
    /// What it is kept under.
    pub key: &'a AccessTokenKey,
    /// What the patient allowed.
    pub consent_id: &'a ConsentId,
    /// Its own scope, which may be narrower than what was granted.
    pub scope: &'a Scope,
    /// For whom it is (RFC 8707); nobody, if nobody but us can read it.
    pub audience: &'a [String],
    /// The thumbprint of the key that it is bound to (RFC 9449).
    pub dpop_jkt: Option<&'a str>,
    /// Now.
    pub issued_at: Timestamp,
}

/// An access token that stands, with as much of the identity behind it as its reader needs.
#[derive(Debug)]
pub struct AccessToken<I = ProvenIdentity> {
    /// What the patient allowed.
    pub consent: Consent<I>,
    /// Its scope.
    pub scope: Scope,
    /// For whom it is.
    pub audience: Vec<String>,
    /// The thumbprint of the key that it is bound to.
    pub dpop_jkt: Option<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
}

impl Tx {
    /// Keeps an access token.
    pub async fn add_access_token(&mut self, token: &NewAccessToken<'_>) -> Result<()> {
        let t = token;
        let (hash, consent) = (t.key.hash.as_bytes(), t.consent_id.as_str());
        let (scope, audience) = (t.scope.as_str(), to_json(&t.audience));
        let values = args![t.key.expires_at, hash, consent, scope, &audience, t.dpop_jkt, t.issued_at];
        self.execute(INSERT, values).await?;
        Ok(())
    }

    /// An access token that has neither lapsed nor been revoked.
    pub async fn access_token<I: DeserializeOwned>(
        &mut self,
        key: &AccessTokenKey,
        now: Timestamp,
    ) -> Result<Option<AccessToken<I>>> {
        if key.expires_at <= now {
            return Ok(None);
        }
        let found = self.fetch(FIND, args![key.expires_at, key.hash.as_bytes()]).await?;
        let Some(row) = found else { return Ok(None) };
        Ok(Some(AccessToken {
            consent: self.read_consent(&row)?,
            scope: row.read(TABLE, "token_scope", |text| Scope::parse(text).ok())?,
            audience: row.json(TABLE, "token_audience")?,
            dpop_jkt: row.get("token_dpop_jkt")?,
            issued_at: row.time("token_issued_at")?,
            expires_at: key.expires_at,
        }))
    }

    /// Revokes one access token; false when there is none.
    pub async fn revoke_access_token(&mut self, key: &AccessTokenKey) -> Result<bool> {
        Ok(self.execute(FORGET, args![key.expires_at, key.hash.as_bytes()]).await? == 1)
    }

    /// Revokes the access tokens of a consent, and leaves what may renew them.
    pub async fn revoke_access_tokens_of(&mut self, consent: &ConsentId) -> Result<u64> {
        self.execute(FORGET_ALL, args![consent.as_str()]).await
    }

    /// Remembers that a token of which nothing is kept was revoked, until it lapses.
    pub async fn remember_revoked(&mut self, token: &SecretHash, expires_at: Timestamp) -> Result<()> {
        self.execute(REVOKE, args![token.as_bytes(), expires_at]).await?;
        Ok(())
    }

    /// Whether such a token was revoked.
    pub async fn was_revoked(&mut self, token: &SecretHash) -> Result<bool> {
        Ok(self.fetch(IS_REVOKED, args![token.as_bytes()]).await?.is_some())
    }
}
