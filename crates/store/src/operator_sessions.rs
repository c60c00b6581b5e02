//! How an operator gets into the portal: a sign-in token, exchanged once for a session.

use model::{SecretHash, Timestamp};

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    INSERT = "INSERT INTO operator_sessions (token_hash, kind, expires_at) VALUES ($1, $2, $3)";
    VALID = "SELECT kind FROM operator_sessions WHERE token_hash = $1 AND kind = $2 AND expires_at > $3";
    END = "DELETE FROM operator_sessions WHERE token_hash = $1 AND kind = 'session'";
    TAKE_SIGN_IN = "DELETE FROM operator_sessions WHERE token_hash = $1 AND kind = 'sign_in' AND expires_at > $2";
    END_SIGN_IN = "DELETE FROM operator_sessions WHERE kind = 'sign_in'";
}

impl Tx {
    /// Makes `token` the one that signs an operator in; earlier ones no longer do.
    pub async fn set_operator_sign_in(&mut self, token: &SecretHash, expires_at: Timestamp) -> Result<()> {
        self.execute(END_SIGN_IN, &[]).await?;
        self.execute(INSERT, args![token.as_bytes(), "sign_in", expires_at]).await?;
        Ok(())
    }

    /// Uses `token` up to sign an operator in: once, and not after it lapsed.
    pub async fn take_operator_sign_in(&mut self, token: &SecretHash, now: Timestamp) -> Result<bool> {
        Ok(self.execute(TAKE_SIGN_IN, args![token.as_bytes(), now]).await? == 1)
    }

    /// Whether `token` could sign an operator in now. It only saves a write for each guess: whether it does is for
    /// [`Tx::take_operator_sign_in`] to say.
    pub async fn is_operator_sign_in(&mut self, token: &SecretHash, now: Timestamp) -> Result<bool> {
        Ok(self.fetch(VALID, args![token.as_bytes(), "sign_in", now]).await?.is_some())
    }

    /// Keeps a session.
    pub async fn add_operator_session(&mut self, token: &SecretHash, expires_at: Timestamp) -> Result<()> {
        self.execute(INSERT, args![token.as_bytes(), "session", expires_at]).await?;
        Ok(())
    }

    /// Whether a session is valid.
    pub async fn is_operator_session(&mut self, token: &SecretHash, now: Timestamp) -> Result<bool> {
        Ok(self.fetch(VALID, args![token.as_bytes(), "session", now]).await?.is_some())
    }

    /// Ends a session.
    pub async fn end_operator_session(&mut self, token: &SecretHash) -> Result<()> {
        self.execute(END, args![token.as_bytes()]).await?;
        Ok(())
    }
}
