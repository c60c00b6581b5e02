//! Forgetting: what has lapsed is deleted, not kept.
//!
//! Audit lines are never forgotten: they are how an operator answers years later who was given what and why,
//! and they hold ids and reasons, nothing about the person.

use std::time::Duration;

use model::Timestamp;

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

/// What lapsed is kept this much longer, so that the late use of a code is told apart from a guess.
const LATE_USE: Duration = Duration::from_hours(1);
/// An event is kept this long after its delivery, so that it can be looked at and sent again. One that was
/// given up is kept until somebody sends it again.
const DELIVERED: Duration = Duration::from_hours(30 * 24);

/// A failed call is kept this long: longer than anybody looks for why one failed.
const FAILED_CALL: Duration = Duration::from_hours(14 * 24);

statements! {
    TOKEN_USES = "DELETE FROM token_uses WHERE expires_at <= $1";
    PUSHED_REQUESTS = "DELETE FROM pushed_requests WHERE expires_at <= $1";
    AUTHORIZATIONS = "DELETE FROM authorizations WHERE expires_at <= $1";
    PROOFINGS = "DELETE FROM proofings WHERE expires_at <= $1";
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

impl Tx {
    /// Deletes rows that nothing can use any more; how many. What others point to goes after them.
    pub async fn forget_lapsed(&mut self, now: Timestamp) -> Result<u64> {
        let (lapsed, delivered) = (now.minus(LATE_USE), now.minus(DELIVERED));
        let mut deleted = 0;
        for (statement, before) in [
            (TOKEN_USES, lapsed),
            (PUSHED_REQUESTS, lapsed),
            (AUTHORIZATIONS, lapsed),
            (PROOFINGS, lapsed),
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
}
