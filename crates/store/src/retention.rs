//! Forgetting: what has lapsed is deleted, not kept.

use model::Timestamp;

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    PUSHED_REQUESTS = "DELETE FROM pushed_requests WHERE expires_at <= $1";
    AUTHORIZATIONS = "DELETE FROM authorizations WHERE expires_at <= $1";
    ACCESS_TOKENS = "DELETE FROM access_tokens WHERE expires_at <= $1";
    CSP_PUSHED_REQUESTS = "DELETE FROM csp_pushed_requests WHERE expires_at <= $1";
    USERINFO_TOKENS = "DELETE FROM userinfo_tokens WHERE expires_at <= $1";
    REFRESH_TOKENS = "DELETE FROM refresh_tokens WHERE expires_at <= $1";
    SIGN_INS = "DELETE FROM sign_ins WHERE expires_at <= $1";
    OPERATOR_SESSIONS = "DELETE FROM operator_sessions WHERE expires_at <= $1";
}

impl Tx {
    /// Deletes short-lived rows that lapsed before `before`; how many. The margin to now keeps the rows of
    /// codes a little longer than they are valid, so that their late use is told apart from a guess.
    pub async fn forget_lapsed(&mut self, before: Timestamp) -> Result<u64> {
        let mut deleted = 0;
        for statement in [
            PUSHED_REQUESTS,
            AUTHORIZATIONS,
            ACCESS_TOKENS,
            CSP_PUSHED_REQUESTS,
            USERINFO_TOKENS,
            REFRESH_TOKENS,
            SIGN_INS,
            OPERATOR_SESSIONS,
        ] {
            deleted += self.execute(statement, args![before]).await?;
        }
        Ok(deleted)
    }
}
