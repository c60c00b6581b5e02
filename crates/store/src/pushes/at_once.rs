//! A group that nothing stands against, kept by one errand to the embedded engine: its statements travel together,
//! and what they refuse is found out afterwards, by the statements of [`super::group`].

use std::sync::LazyLock;

use super::Row;
use super::group::{SIZES, cut};
use crate::Result;
use crate::database::{Arg, Tx};

/// Both statements in one text, for each size, with places that have no number: the engine would look each up by name.
static KEEP: LazyLock<[String; SIZES.len()]> = LazyLock::new(|| SIZES.map(text));

fn text(size: usize) -> String {
    let version = "(SELECT version FROM configuration) = ?";
    // A token that is there counts where this row brought it first, or where its own client may bring it again.
    format!(
        "INSERT INTO token_uses (expires_at, tag, public_id, pushed_id)
            SELECT column1, column2, column3, column4 FROM (VALUES {tokens})
            WHERE column2 IS NOT NULL AND {version}
            ON CONFLICT (expires_at, tag) DO NOTHING;
        INSERT INTO pushed_requests (id, secret_hash, public_id, organization_id, request_id, remarks, request,
                pushed_at, expires_at)
            SELECT column1, column2, column3, column4, column5, column6, column7, column8, column9
            FROM (VALUES {requests}) AS new
            WHERE {version} AND (column11 IS NULL OR EXISTS (SELECT 1 FROM token_uses AS used
                WHERE used.expires_at = new.column10 AND used.tag = new.column11
                AND (used.pushed_id = new.column1 OR (used.public_id = new.column3 AND new.column12 = 0))))
            ON CONFLICT (id) DO NOTHING",
        tokens = vec!["(?, ?, ?, ?)"; size].join(", "),
        requests = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; size].join(", ")
    )
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
        let version = || some.first().map(|row| Arg::from(row.judged_by.number()));
        let mut args = Vec::with_capacity(some.len() * 16 + 2);
        for row in some {
            let (expires_at, tag) = token(row);
            args.extend([expires_at, tag, (&row.public_id).into(), row.id.into()]);
        }
        args.extend(version());
        for row in some {
            let (expires_at, tag) = token(row);
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
                expires_at,
                tag,
                row.token.is_some_and(|(_, once)| once).into(),
            ]);
        }
        args.extend(version());
        if tx.execute_last(sql, &args).await? != some.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The place of a row's token, where it brings one.
fn token(row: &Row) -> (Arg<'_>, Arg<'_>) {
    let key = row.token.map(|(key, _)| key);
    (key.map(|key| key.expires_at).into(), key.map(|key| key.tag).into())
}

/// Every text, for the test that prepares them.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    KEEP.iter().map(String::as_str)
}
