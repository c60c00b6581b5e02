//! The audit trail: who did what to what, and why it was refused. Ids and rule codes, nothing about a person.
//!
//! An accepted pushed request is a line by itself (see `docs/decisions/0009-a-push-is-one-record.md`); the view
//! `audit_trail` shows both kinds in one order.

use std::time::Duration;

use model::Timestamp;

use crate::Result;
use crate::database::{Row, Tx, args};
use crate::paging::{Page, Place, most};
use crate::row_keys::RowKind;
use crate::statement::statements;

/// A line that any stranger can cause is written at most this often.
const BRAKE: Duration = Duration::from_mins(1);

statements! {
    INSERT = "INSERT INTO audit (id, at, request_id, actor, action, subject, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    TAKE_TURN = "INSERT INTO audit_brakes (action, at) VALUES ($1, $2)
        ON CONFLICT (action) DO UPDATE SET at = excluded.at WHERE audit_brakes.at <= $3";
    IS_BRAKED = "SELECT at FROM audit_brakes WHERE action = $1 AND at > $2";
    OLDER = "SELECT * FROM audit_trail WHERE id < $1 ORDER BY id DESC LIMIT $2";
    NEWER = "SELECT * FROM audit_trail WHERE id > $1 ORDER BY id LIMIT $2";
    OLDER_BY_REQUEST = "SELECT * FROM audit_trail WHERE id < $1 AND request_id = $6
        AND ($3 = '' OR action = $3) AND ($4 = '' OR subject = $4) AND ($5 = '' OR actor = $5) ORDER BY id DESC LIMIT $2";
    NEWER_BY_REQUEST = "SELECT * FROM audit_trail WHERE id > $1 AND request_id = $6
        AND ($3 = '' OR action = $3) AND ($4 = '' OR subject = $4) AND ($5 = '' OR actor = $5) ORDER BY id LIMIT $2";
    OLDER_BY_SUBJECT = "SELECT * FROM audit_trail WHERE id < $1 AND subject = $4
        AND ($3 = '' OR action = $3) AND ($5 = '' OR actor = $5) AND ($6 = '' OR request_id = $6) ORDER BY id DESC LIMIT $2";
    NEWER_BY_SUBJECT = "SELECT * FROM audit_trail WHERE id > $1 AND subject = $4
        AND ($3 = '' OR action = $3) AND ($5 = '' OR actor = $5) AND ($6 = '' OR request_id = $6) ORDER BY id LIMIT $2";
    OLDER_BY_ACTOR = "SELECT * FROM audit_trail WHERE id < $1 AND actor = $5
        AND ($3 = '' OR action = $3) AND ($4 = '' OR subject = $4) AND ($6 = '' OR request_id = $6) ORDER BY id DESC LIMIT $2";
    NEWER_BY_ACTOR = "SELECT * FROM audit_trail WHERE id > $1 AND actor = $5
        AND ($3 = '' OR action = $3) AND ($4 = '' OR subject = $4) AND ($6 = '' OR request_id = $6) ORDER BY id LIMIT $2";
    OLDER_BY_ACTION = "SELECT * FROM audit_trail WHERE id < $1 AND action = $3
        AND ($4 = '' OR subject = $4) AND ($5 = '' OR actor = $5) AND ($6 = '' OR request_id = $6) ORDER BY id DESC LIMIT $2";
    NEWER_BY_ACTION = "SELECT * FROM audit_trail WHERE id > $1 AND action = $3
        AND ($4 = '' OR subject = $4) AND ($5 = '' OR actor = $5) AND ($6 = '' OR request_id = $6) ORDER BY id LIMIT $2";
}

/// Something worth remembering.
#[derive(Clone, Copy, Debug)]
pub struct Happening<'a> {
    /// The request it belongs to, as the answer named it.
    pub request_id: &'a str,
    /// Who: a public id, `operator`, `patient`, `worker`.
    pub actor: &'a str,
    /// What, such as `par.accepted` or `par.refused`.
    pub action: &'a str,
    /// To what: an id.
    pub subject: &'a str,
    /// Why: a rule's code.
    pub detail: &'a str,
}

/// One line of the trail.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Its place in the trail: a later line has a greater one.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// The request it belongs to.
    pub request_id: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Why.
    pub detail: String,
}

/// Which lines of the trail: those that have all of these; none stands for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter<'a> {
    /// Those of this action.
    pub action: Option<&'a str>,
    /// Those about this.
    pub subject: Option<&'a str>,
    /// Those of whom.
    pub actor: Option<&'a str>,
    /// Those of this request.
    pub request_id: Option<&'a str>,
}

impl Tx {
    /// Adds a line to the audit trail.
    pub async fn audit(&mut self, happening: Happening<'_>, now: Timestamp) -> Result<()> {
        let h = happening;
        loop {
            let id = self.store.row_keys().next(RowKind::Line, now);
            let args = args![id, now, h.request_id, h.actor, h.action, h.subject, h.detail];
            // Another node's line may stand there: once in a long while, and never twice.
            if self.execute(INSERT, args).await? == 1 {
                return Ok(());
            }
        }
    }

    /// Adds a line that any stranger can cause, unless one of its action was added within the last minute, by
    /// whichever node; whether it was added.
    pub async fn audit_now_and_then(&mut self, happening: Happening<'_>, now: Timestamp) -> Result<bool> {
        let turn = self.execute(TAKE_TURN, args![happening.action, now, now.minus(BRAKE)]).await? == 1;
        if turn {
            self.audit(happening, now).await?;
        }
        Ok(turn)
    }

    /// Whether [`Tx::audit_now_and_then`] would add no line now. It only saves a write each time.
    pub async fn is_audit_braked(&mut self, action: &str, now: Timestamp) -> Result<bool> {
        Ok(self.fetch(IS_BRAKED, args![action, now.minus(BRAKE)]).await?.is_some())
    }

    /// The latest lines, newest first.
    pub async fn audit_trail(&mut self, limit: u32) -> Result<Vec<AuditEntry>> {
        Ok(self.audit_page(AuditFilter::default(), Place::Latest, limit).await?.rows)
    }

    /// A page of the trail with at most `limit` lines.
    pub async fn audit_page(
        &mut self,
        filter: AuditFilter<'_>,
        place: Place,
        limit: u32,
    ) -> Result<Page<AuditEntry>> {
        let ((from, backwards), most) = (place.reads_from(), most(limit));
        // The rarest of what is asked for has the index; the rest is looked for among its lines.
        let (older, newer) = match filter {
            AuditFilter { request_id: Some(_), .. } => (OLDER_BY_REQUEST, NEWER_BY_REQUEST),
            AuditFilter { subject: Some(_), .. } => (OLDER_BY_SUBJECT, NEWER_BY_SUBJECT),
            AuditFilter { actor: Some(_), .. } => (OLDER_BY_ACTOR, NEWER_BY_ACTOR),
            AuditFilter { action: Some(_), .. } => (OLDER_BY_ACTION, NEWER_BY_ACTION),
            _ => (OLDER, NEWER),
        };
        let sql = if backwards { older } else { newer };
        let rows = if filter == AuditFilter::default() {
            self.fetch_all(sql, args![from, most]).await?
        } else {
            let AuditFilter { action, subject, actor, request_id } = filter;
            let wanted = [action, subject, actor, request_id].map(Option::unwrap_or_default);
            let [action, subject, actor, request_id] = wanted;
            self.fetch_all(sql, args![from, most, action, subject, actor, request_id]).await?
        };
        Page::cut(place, limit, &rows, read)
    }
}

fn read(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get("id")?,
        at: row.time("at")?,
        request_id: row.get("request_id")?,
        actor: row.get("actor")?,
        action: row.get("action")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
    })
}
