//! Calls of clients that proved themselves and were refused all the same, so that whoever integrates sees why.
//! Routes, codes and ids; nothing that a call carried and nothing about a person.

use model::id::OrganizationId;
use model::{Mode, PublicId, Timestamp};

use crate::Result;
use crate::database::{Row, Tx, args};
use crate::paging::{Page, Place, most};
use crate::statement::statements;

const TABLE: &str = "failed_calls";
/// How many are kept of an organisation, the newest.
pub const KEPT: u32 = 5000;

statements! {
    INSERT = "INSERT INTO failed_calls
        (at, organization_id, public_id, request_id, method, route, status, error, rule)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    // The first that is too many, and all before it.
    TRIM = "DELETE FROM failed_calls WHERE organization_id = $1 AND id <= (
        SELECT id FROM failed_calls WHERE organization_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)";
    OLDER = "SELECT * FROM failed_calls WHERE organization_id = $1 AND id < $2
        AND ($4 = '' OR request_id = $4) AND ($5 = '' OR public_id = $5) AND status >= $6 AND status < $7
        ORDER BY id DESC LIMIT $3";
    NEWER = "SELECT * FROM failed_calls WHERE organization_id = $1 AND id > $2
        AND ($4 = '' OR request_id = $4) AND ($5 = '' OR public_id = $5) AND status >= $6 AND status < $7
        ORDER BY id LIMIT $3";
    WHOSE = "SELECT organization_id FROM failed_calls WHERE request_id = $1 LIMIT 1";
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedCall {
    /// When.
    pub at: Timestamp,
    /// Whose client called.
    pub organization_id: OrganizationId,
    /// Which of its credentials; it names the mode too.
    pub public_id: PublicId,
    /// The request, as the answer named it.
    pub request_id: String,
    /// `POST`.
    pub method: String,
    /// The route, with names in place of what stood in the path: `/bridge/fhir/ehi-export/{task}`.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
    /// The error of the answer: RFC 6749's, or the bridge's code. Empty where the answer had none.
    pub error: String,
    /// The rule that was broken, such as `token.audience`. Empty where no rule is that precise.
    pub rule: String,
}

impl FailedCall {
    /// The mode of its credential.
    pub fn mode(&self) -> Mode {
        self.public_id.mode()
    }
}

/// Which failed calls; the default stands for all.
#[derive(Clone, Copy, Debug, Default)]
pub struct FailedCallFilter<'a> {
    /// The one of this request.
    pub request_id: Option<&'a str>,
    /// Those of this credential.
    pub public_id: Option<&'a str>,
    /// Those whose status begins with this digit.
    pub class: Option<u8>,
}

impl Tx {
    /// Keeps a failed call.
    pub async fn add_failed_call(&mut self, call: &FailedCall) -> Result<()> {
        let c = call;
        let (organization, public_id) = (c.organization_id.as_str(), c.public_id.as_str());
        let args = args![
            c.at,
            organization,
            public_id,
            &c.request_id,
            &c.method,
            &c.route,
            i64::from(c.status),
            &c.error,
            &c.rule
        ];
        self.execute(INSERT, args).await?;
        Ok(())
    }

    /// Forgets the oldest failed calls of an organisation, so that `most` are left; how many went.
    pub async fn trim_failed_calls(&mut self, organization: &OrganizationId, most: u32) -> Result<u64> {
        self.execute(TRIM, args![organization.as_str(), i64::from(most)]).await
    }

    /// A page of an organisation's failed calls with at most `limit` of them, each with its place in the list.
    pub async fn failed_calls(
        &mut self,
        organization: &OrganizationId,
        filter: FailedCallFilter<'_>,
        place: Place,
        limit: u32,
    ) -> Result<Page<(i64, FailedCall)>> {
        let ((from, backwards), most) = (place.reads_from(), most(limit));
        let sql = if backwards { OLDER } else { NEWER };
        let (request_id, public_id) = (filter.request_id.unwrap_or(""), filter.public_id.unwrap_or(""));
        let (least, end) = filter.class.map_or((0, 1000), |digit| {
            let least = i64::from(digit) * 100;
            (least, least + 100)
        });
        let args = args![organization.as_str(), from, most, request_id, public_id, least, end];
        let rows = self.fetch_all(sql, args).await?;
        Page::cut(place, limit, &rows, read)
    }

    /// Whose call a request was, if it is among the failed ones.
    pub async fn whose_failed_call(&mut self, request_id: &str) -> Result<Option<OrganizationId>> {
        let row = self.fetch(WHOSE, args![request_id]).await?;
        row.map(|row| organization(&row)).transpose()
    }
}

fn read(row: &Row) -> Result<(i64, FailedCall)> {
    let call = FailedCall {
        at: row.time("at")?,
        organization_id: organization(row)?,
        public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
        request_id: row.get("request_id")?,
        method: row.get("method")?,
        route: row.get("route")?,
        status: u16::try_from(row.get::<i64>("status")?).unwrap_or_default(),
        error: row.get("error")?,
        rule: row.get("rule")?,
    };
    Ok((row.get("id")?, call))
}

fn organization(row: &Row) -> Result<OrganizationId> {
    row.read(TABLE, "organization_id", |text| OrganizationId::parse(text).ok())
}
