//! A group that nothing stands against, kept by one errand to the embedded engine: its statements travel together,
//! and what they refuse is found out afterwards, by the statements of [`super::group`].

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::Row;
use super::group::{SIZES, cut};
use crate::Result;
use crate::database::{Arg, Tx};

/// Both statements in one text, for each size. A row's values are bound once, the configuration's version last.
static KEEP: LazyLock<[String; SIZES.len()]> = LazyLock::new(|| SIZES.map(text));

/// What is bound for each row: the columns of its table, then its token's.
const VALUES: usize = 12;
const COLUMNS: &str =
    "id, secret_hash, public_id, organization_id, request_id, remarks, request, pushed_at, expires_at";

fn text(size: usize) -> String {
    let version = format!("(SELECT version FROM configuration) = ${}", size * VALUES + 1);
    let mut sql = format!(
        "INSERT INTO token_uses (expires_at, tag, public_id, pushed_id)
            SELECT column1, column2, column3, column4 FROM (VALUES {tokens})
            WHERE column2 IS NOT NULL AND {version}
            ON CONFLICT (expires_at, tag) DO NOTHING;",
        tokens = rows(size, &[10, 11, 3, 1])
    );
    // A token that is there counts where this row brought it first, or where its own client may bring it again.
    let _ = write!(
        sql,
        "INSERT INTO pushed_requests ({COLUMNS})
            SELECT column1, column2, column3, column4, column5, column6, column7, column8, column9
            FROM (VALUES {all}) AS new
            WHERE {version} AND (column11 IS NULL OR EXISTS (SELECT 1 FROM token_uses AS used
                WHERE used.expires_at = new.column10 AND used.tag = new.column11
                AND (used.pushed_id = new.column1 OR (used.public_id = new.column3 AND new.column12 = 0))))
            ON CONFLICT (id) DO NOTHING",
        all = rows(size, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    );
    sql
}

/// `($1, $2), ($13, $14)`: of each row the values with these numbers.
fn rows(size: usize, values: &[usize]) -> String {
    let mut text = String::new();
    for row in 0..size {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for (at, value) in values.iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}${}", if at == 0 { "" } else { ", " }, row * VALUES + value);
        }
        text.push(')');
    }
    text
}

/// Whether the statements can say everything about these rows: what counts once beside a token, they cannot.
pub(super) fn can_be(rows: &[Row]) -> bool {
    let first = rows.first().map(|row| row.judged_by);
    rows.iter().all(|row| row.assertion.is_none() && row.proof.is_none() && Some(row.judged_by) == first)
}

/// Keeps all of the rows and uses their tokens; false where something stands against one of them, and then the
/// transaction is good for nothing more.
pub(super) async fn keep(tx: &mut Tx, rows: &[Row]) -> Result<bool> {
    for (sql, some) in cut(&KEEP, rows) {
        let mut args = Vec::with_capacity(some.len() * VALUES + 1);
        for row in some {
            let token = row.token.map(|(key, _)| key);
            args.extend([
                Arg::from(row.id),
                row.secret_hash.as_bytes().into(),
                (&row.public_id).into(),
                (&row.organization_id).into(),
                (&row.request_id).into(),
                (&row.remarks).into(),
                (&row.sealed).into(),
                row.pushed_at.into(),
                row.expires_at.into(),
                token.map(|key| key.expires_at).into(),
                token.map(|key| key.tag).into(),
                row.token.is_some_and(|(_, once)| once).into(),
            ]);
        }
        args.extend(some.first().map(|row| Arg::from(row.judged_by.number())));
        if tx.execute_last(sql, &args).await? != some.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Every text, for the test that prepares them.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    KEEP.iter().map(String::as_str)
}
