//! The audit trail: who did what to what, and why it was refused. Ids and rule codes, nothing about a person.

use model::Timestamp;

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    INSERT = "INSERT INTO audit (at, request_id, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)";
    LATEST = "SELECT at, request_id, actor, action, subject, detail FROM audit ORDER BY id DESC LIMIT $1";
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

impl Tx {
    /// Adds a line to the audit trail.
    pub async fn audit(&mut self, happening: Happening<'_>, now: Timestamp) -> Result<()> {
        let h = happening;
        self.execute(INSERT, args![now, h.request_id, h.actor, h.action, h.subject, h.detail]).await?;
        Ok(())
    }

    /// The latest lines, newest first.
    pub async fn audit_trail(&mut self, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows = self.fetch_all(LATEST, args![i64::from(limit)]).await?;
        rows.iter()
            .map(|row| {
                Ok(AuditEntry {
                    at: row.time("at")?,
                    request_id: row.get("request_id")?,
                    actor: row.get("actor")?,
                    action: row.get("action")?,
                    subject: row.get("subject")?,
                    detail: row.get("detail")?,
                })
            })
            .collect()
    }
}
