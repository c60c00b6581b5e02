//! Forgetting: what has lapsed is deleted, not kept.
//!
//! Audit lines are never forgotten: they are how an operator answers years later who was given what and why,
//! and they hold ids and reasons, nothing about the person.

use std::time::Duration;

use model::Timestamp;

use crate::Result;
use crate::database::{Tx, args};
use crate::row_keys;
use crate::statement::statements;

/// What lapsed is kept this much longer, so that the late use of a code is told apart from a guess.
pub const LATE_USE: Duration = Duration::from_hours(1);
/// How far the clocks of the processes that share a store may disagree: what one refuses as expired, another may
/// still take.
const CLOCKS: Duration = Duration::from_mins(2);
/// An event is kept this long after its delivery, so that it can be looked at and sent again. One that was
/// given up is kept until somebody sends it again.
const DELIVERED: Duration = Duration::from_hours(30 * 24);

/// A failed call is kept this long: longer than anybody looks for why one failed.
const FAILED_CALL: Duration = Duration::from_hours(14 * 24);

statements! {
    ASSERTION_USES = "DELETE FROM assertion_uses WHERE expires_at <= $1";
    TOKEN_USES = "DELETE FROM token_uses WHERE expires_at <= $1 AND expires_at <= COALESCE((
        SELECT expires_at FROM token_uses ORDER BY expires_at LIMIT 1 OFFSET $2), $1)";
    // The oldest of those that were pushed before what lapsed can have lapsed, by the key of the last of them.
    LAST_LAPSED = "SELECT MAX(id) AS id FROM (
        SELECT id FROM pushed_requests WHERE id < $1 ORDER BY id LIMIT $2) AS oldest";
    // What they say in the audit trail stays there, under the same key.
    KEEP_LINES = "INSERT INTO audit (id, at, request_id, actor, action, subject, detail)
        SELECT id, pushed_at, request_id, public_id, 'par.accepted', organization_id, remarks
        FROM pushed_requests WHERE id <= $1 AND expires_at <= $2 ON CONFLICT (id) DO NOTHING";
    PUSHED_REQUESTS = "DELETE FROM pushed_requests WHERE id <= $1 AND expires_at <= $2";
    AUTHORIZATIONS = "DELETE FROM authorizations WHERE expires_at <= $1";
    PROOFINGS = "DELETE FROM proofings WHERE expires_at <= $1";
    CODE_MAILS = "DELETE FROM code_mails WHERE sent_at <= $1";
    LETTERS = "DELETE FROM letters WHERE expires_at <= $1";
    ACCESS_TOKENS = "DELETE FROM access_tokens WHERE expires_at <= $1";
    CONSENT_REFRESH_TOKENS = "DELETE FROM consent_refresh_tokens WHERE expires_at <= $1";
    REVOKED_TOKENS = "DELETE FROM revoked_tokens WHERE expires_at <= $1";
    CSP_PUSHED_REQUESTS = "DELETE FROM csp_pushed_requests WHERE expires_at <= $1";
    USERINFO_TOKENS = "DELETE FROM userinfo_tokens WHERE expires_at <= $1";
    REFRESH_TOKENS = "DELETE FROM refresh_tokens WHERE expires_at <= $1";
    // With the family of a token that was used twice goes what it could renew.
    REVOKED_REFRESH_TOKENS = "DELETE FROM refresh_tokens
        WHERE inquiry_id IN (SELECT id FROM inquiries WHERE tokens_revoked_at <= $1)";
    // What anybody can begin and nobody went through goes at once.
    ABANDONED_INQUIRIES = "DELETE FROM inquiries WHERE expires_at <= $1 AND stage IN ('started', 'confirming')";
    // Whatever its stage: the code of an approved one lapses then. Only tokens last longer.
    INQUIRIES = "DELETE FROM inquiries WHERE expires_at <= $1
        AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.inquiry_id = inquiries.id)
        AND NOT EXISTS (SELECT 1 FROM userinfo_tokens t WHERE t.inquiry_id = inquiries.id)";
    // One with a reference stays, as a keyed hash: the client's patient comes back under the same subject.
    ACCOUNTS = "DELETE FROM accounts WHERE created_at <= $1 AND reference_tag IS NULL
        AND NOT EXISTS (SELECT 1 FROM inquiries i WHERE i.account_id = accounts.id)";
    SIGN_INS = "DELETE FROM sign_ins WHERE expires_at <= $1";
    OPERATOR_SESSIONS = "DELETE FROM operator_sessions WHERE expires_at <= $1";
    SIGNING_KEYS = "DELETE FROM signing_keys WHERE forgotten_at <= $1";
    FAILED_CALLS = "DELETE FROM failed_calls WHERE at <= $1";
    DELIVERIES = "DELETE FROM webhook_deliveries WHERE status = 'success' AND updated_at <= $1";
    EVENTS = "DELETE FROM webhook_events WHERE created_at <= $1
        AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = webhook_events.id)";
}

/// About how many tokens and pushed requests are forgotten at a time: nobody shall wait for long behind that.
pub const FORGOTTEN_AT_ONCE: u64 = 1000;

impl Tx {
    /// Deletes rows that nothing can use any more; how many. What others point to goes after them. Where that are
    /// [`FORGOTTEN_AT_ONCE`] or more, there may be more of them.
    pub async fn forget_lapsed(&mut self, now: Timestamp) -> Result<u64> {
        let (lapsed, delivered) = (now.minus(LATE_USE), now.minus(DELIVERED));
        let most = i64::try_from(FORGOTTEN_AT_ONCE).unwrap_or(i64::MAX);
        let mut deleted = self.execute(TOKEN_USES, args![lapsed, most]).await?;
        deleted += self.forget_pushed_requests(lapsed, most).await?;
        for (statement, before) in [
            (ASSERTION_USES, now.minus(CLOCKS)),
            (AUTHORIZATIONS, lapsed),
            (PROOFINGS, lapsed),
            (CODE_MAILS, lapsed),
            (ACCESS_TOKENS, lapsed),
            (CONSENT_REFRESH_TOKENS, lapsed),
            (REVOKED_TOKENS, lapsed),
            (CSP_PUSHED_REQUESTS, lapsed),
            (USERINFO_TOKENS, lapsed),
            (REFRESH_TOKENS, lapsed),
            (REVOKED_REFRESH_TOKENS, lapsed),
            (LETTERS, now),
            (ABANDONED_INQUIRIES, now),
            (INQUIRIES, lapsed),
            (ACCOUNTS, lapsed),
            (SIGN_INS, lapsed),
            (OPERATOR_SESSIONS, lapsed),
            (SIGNING_KEYS, lapsed),
            (FAILED_CALLS, now.minus(FAILED_CALL)),
            (DELIVERIES, delivered),
            (EVENTS, delivered),
        ] {
            deleted += self.execute(statement, args![before]).await?;
        }
        Ok(deleted)
    }

    async fn forget_pushed_requests(&mut self, lapsed: Timestamp, most: i64) -> Result<u64> {
        let found = self.fetch(LAST_LAPSED, args![row_keys::first(lapsed), most]).await?;
        let Some(last) = found.map(|row| row.get::<Option<i64>>("id")).transpose()?.flatten() else {
            return Ok(0);
        };
        self.execute(KEEP_LINES, args![last, lapsed]).await?;
        self.execute(PUSHED_REQUESTS, args![last, lapsed]).await
    }
}
