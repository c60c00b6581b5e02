//! Keeping pushed requests, many at a time: what is on the way when the disk is asked for durability shares the
//! answer (see `docs/decisions/0009-a-push-is-one-record.md`).

pub(crate) mod group;
mod queue;

use model::id::OrganizationId;
use model::{Secret, Timestamp};
use tokio::sync::oneshot;

use crate::assertion_uses::{AssertionUse, UseKey};
use crate::clients::ConfigurationVersion;
use crate::pushed_requests::{self, NewPushedRequest, RequestReference};
use crate::token_uses::{TokenKey, TokenUse};
use crate::{Result, Store, StoreError};

#[cfg(test)]
pub(crate) use queue::write_alone;
pub(crate) use queue::{Queue, start};

/// A pushed request that was judged, with everything that is kept of it in one record.
pub struct Push<'a> {
    /// The request.
    pub request: &'a NewPushedRequest<'a>,
    /// What its client proved itself by, when that counts once.
    pub assertion: Option<AssertionUse<'a>>,
    /// The proof that its client holds a key.
    pub proof: Option<AssertionUse<'a>>,
    /// The ID token that it brought and that it uses, if it brought one.
    pub token: Option<TokenUse<'a>>,
    /// The organisation, for the audit trail.
    pub organization: &'a OrganizationId,
    /// The HTTP request, for the audit trail.
    pub request_id: &'a str,
    /// What was odd about it, for the audit trail.
    pub remarks: &'a str,
    /// What its client and organisation were taken to be.
    pub judged_by: ConfigurationVersion,
}

/// What became of a push.
#[derive(Debug)]
pub enum Pushed {
    /// It is on the disk; this is the way back to it.
    Kept(RequestReference),
    /// Its token was pushed before, by another client or where once is the rule. Nothing was kept.
    Replayed,
    /// Its assertion was used before. Nothing was kept.
    AssertionReplayed,
    /// Its proof was used before. Nothing was kept, and its assertion is used up.
    ProofReplayed,
    /// An operator changed a client or an organisation since it was judged. Nothing was kept: judge it again.
    Outdated,
}

impl Store {
    /// Keeps a pushed request, uses its token and writes its line of the audit trail: all of it or nothing, and on
    /// the disk when this returns. Everybody who waits meanwhile is served together.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when there is no place in the queue within a while.
    pub async fn push(&self, push: &Push<'_>, secret: Secret, now: Timestamp) -> Result<Pushed> {
        let hash = secret.hash();
        let (reply, answer) = oneshot::channel();
        let row = Row {
            sealed: pushed_requests::seal(self.sealer(), push.request, &hash),
            secret_hash: hash,
            public_id: push.request.public_id.as_str().to_owned(),
            organization_id: push.organization.as_str().to_owned(),
            request_id: push.request_id.to_owned(),
            remarks: push.remarks.to_owned(),
            pushed_at: now,
            expires_at: push.request.expires_at,
            token: push.token.as_ref().map(|token| (TokenKey::of(self.sealer(), token), token.once)),
            assertion: push.assertion.as_ref().map(|used| UseKey::of(self.sealer(), used)),
            proof: push.proof.as_ref().map(|used| UseKey::of(self.sealer(), used)),
            judged_by: push.judged_by,
            id: 0,
        };
        self.0.queue.send(Waiting { row, reply }).await?;
        // No answer comes when the runtime ends in the middle.
        Ok(match answer.await.map_err(|_| StoreError::Busy)?? {
            Verdict::Kept(id) => Pushed::Kept(RequestReference::new(id, secret)),
            Verdict::Replayed => Pushed::Replayed,
            Verdict::AssertionReplayed => Pushed::AssertionReplayed,
            Verdict::ProofReplayed => Pushed::ProofReplayed,
            Verdict::Outdated => Pushed::Outdated,
        })
    }
}

/// A push in the queue, and who waits for it.
struct Waiting {
    row: Row,
    reply: oneshot::Sender<Result<Verdict>>,
}

/// A push as it will be written.
pub(crate) struct Row {
    /// Given when its group is written, so that the rows of the table come in order.
    pub(crate) id: i64,
    pub(crate) secret_hash: model::SecretHash,
    pub(crate) public_id: String,
    pub(crate) organization_id: String,
    pub(crate) request_id: String,
    pub(crate) remarks: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) pushed_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) assertion: Option<UseKey>,
    pub(crate) proof: Option<UseKey>,
    /// The token's place, and whether it may come once only.
    pub(crate) token: Option<(TokenKey, bool)>,
    pub(crate) judged_by: ConfigurationVersion,
}

/// What a group's transaction says of one of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Kept(i64),
    Replayed,
    AssertionReplayed,
    ProofReplayed,
    Outdated,
}
