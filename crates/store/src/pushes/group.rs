//! One group of pushes in one transaction, with one statement for many rows.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::{Row, Verdict};
use crate::database::{Arg, Tx};
use crate::statement::statements;
use crate::token_uses::TokenKey;
use crate::{Result, Store, StoreError};

/// How many rows a statement can take, so that a group under ordinary load is one statement: each more is another way
/// to PostgreSQL and back.
const SIZES: [usize; 18] = [32, 24, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

statements! {
    HASH_AT = "SELECT secret_hash FROM pushed_requests WHERE id = $1";
}

/// Statements that stand for many rows, in each of the sizes.
static USE_TOKENS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(
        "INSERT INTO token_uses (expires_at, tag, public_id, pushed_id) VALUES ",
        &["", "", "", ""],
        " ON CONFLICT (expires_at, tag) DO NOTHING",
    )
});
static USERS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(
        "SELECT t.expires_at, t.tag, t.public_id, t.pushed_id FROM (VALUES ",
        &["BIGINT", "BIGINT"],
        ") AS asked CROSS JOIN token_uses t WHERE t.expires_at = asked.column1 AND t.tag = asked.column2",
    )
});
static KEEP: LazyLock<Many> = LazyLock::new(|| {
    Many::new(
        "INSERT INTO pushed_requests (id, secret_hash, public_id, organization_id, request_id, remarks, request,
            pushed_at, expires_at) VALUES ",
        &[""; 9],
        " ON CONFLICT (id) DO NOTHING",
    )
});

/// Why a group was not written. Nothing of it was kept, unless it is [`Failed::Later`] in the middle of a commit.
pub(super) enum Failed {
    /// There is no transaction to be had.
    ToBegin(StoreError),
    /// A statement failed, or the commit.
    Later(StoreError),
    /// The key of a row is another row's.
    KeyTaken,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Later(error)
    }
}

/// Writes what may be written of a group; what became of each row.
pub(super) async fn write(store: &Store, rows: &[Row]) -> Result<Vec<Verdict>, Failed> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = store.write().await.map_err(Failed::ToBegin)?;
    let version = tx.configuration_version().await?;
    let mut verdicts: Vec<Verdict> = rows
        .iter()
        .map(|row| if row.judged_by == version { Verdict::Kept(row.id) } else { Verdict::Outdated })
        .collect();
    use_assertions(&mut tx, rows, &mut verdicts).await?;
    use_tokens(&mut tx, rows, &mut verdicts).await?;
    let kept: Vec<&Row> =
        rows.iter().zip(&verdicts).filter(|(_, v)| is_kept(**v)).map(|(row, _)| row).collect();
    keep(&mut tx, &kept).await?;
    tx.commit().await?;
    Ok(verdicts)
}

fn is_kept(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Kept(_))
}

/// Uses what counts once of the rows that are to be kept. Few bring any, so each has a statement of its own.
async fn use_assertions(tx: &mut Tx, rows: &[Row], verdicts: &mut [Verdict]) -> Result<()> {
    let mut wanted = Vec::new();
    for (at, (row, verdict)) in rows.iter().zip(verdicts.iter()).enumerate() {
        let uses = [(row.assertion, Verdict::AssertionReplayed), (row.proof, Verdict::ProofReplayed)];
        let uses = uses.into_iter().filter(|_| is_kept(*verdict));
        wanted.extend(uses.filter_map(|(key, replayed)| Some((key?, at, replayed, row.pushed_at))));
    }
    // In one order on every node, so that two groups never wait for each other.
    wanted.sort_unstable_by_key(|(key, ..)| *key);
    for (key, at, replayed, pushed_at) in wanted {
        if !tx.use_once(key, pushed_at).await?
            && let Some(verdict) = verdicts.get_mut(at)
        {
            *verdict = replayed;
        }
    }
    Ok(())
}

/// Uses the tokens of the rows that are to be kept. The first of each is in the table with its own key after that;
/// whoever finds another's there has to be the same client, where a token may come again.
async fn use_tokens(tx: &mut Tx, rows: &[Row], verdicts: &mut [Verdict]) -> Result<()> {
    let mut wanted: Vec<(TokenKey, usize)> = Vec::with_capacity(rows.len());
    for (at, (row, verdict)) in rows.iter().zip(verdicts.iter()).enumerate() {
        if let Some((key, _)) = row.token
            && is_kept(*verdict)
        {
            wanted.push((key, at));
        }
    }
    // In one order on every node, so that two groups never wait for each other.
    wanted.sort_unstable();
    let of = |at: usize| rows.get(at).ok_or(StoreError::Busy);
    let mut used = 0;
    for (statement, some) in USE_TOKENS.cut(&wanted) {
        let mut args = Vec::with_capacity(some.len() * 4);
        for (key, at) in some {
            let row = of(*at)?;
            args.extend([key.expires_at.into(), key.tag.into(), Arg::from(&row.public_id), row.id.into()]);
        }
        used += tx.execute(statement, &args).await?;
    }
    if usize::try_from(used) == Ok(wanted.len()) {
        return Ok(());
    }
    let users = users(tx, &wanted).await?;
    for (key, at) in &wanted {
        let row = of(*at)?;
        let may = users.get(key).is_some_and(|(public_id, first)| {
            *first == row.id || (*public_id == row.public_id && !row.token.is_some_and(|(_, once)| once))
        });
        if !may && let Some(verdict) = verdicts.get_mut(*at) {
            *verdict = Verdict::Replayed;
        }
    }
    Ok(())
}

/// Who used these tokens, and with which row first.
async fn users(tx: &mut Tx, wanted: &[(TokenKey, usize)]) -> Result<HashMap<TokenKey, (String, i64)>> {
    let mut users = HashMap::with_capacity(wanted.len());
    for (statement, some) in USERS.cut(wanted) {
        let args: Vec<Arg<'_>> =
            some.iter().flat_map(|(key, _)| [key.expires_at.into(), key.tag.into()]).collect();
        for row in tx.fetch_all(statement, &args).await? {
            let key = TokenKey { expires_at: row.get("expires_at")?, tag: row.get("tag")? };
            users.insert(key, (row.get("public_id")?, row.get("pushed_id")?));
        }
    }
    Ok(users)
}

async fn keep(tx: &mut Tx, rows: &[&Row]) -> Result<(), Failed> {
    let mut kept = 0;
    for (statement, some) in KEEP.cut(rows) {
        let mut args = Vec::with_capacity(some.len() * 9);
        for row in some {
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
            ]);
        }
        kept += tx.execute(statement, &args).await?;
    }
    match rows {
        _ if usize::try_from(kept) == Ok(rows.len()) => Ok(()),
        [alone] if is_there(tx, alone).await? => Ok(()),
        _ => Err(Failed::KeyTaken),
    }
}

/// Whether what stands under a row's key is that row.
async fn is_there(tx: &mut Tx, row: &Row) -> Result<bool> {
    let Some(found) = tx.fetch(HASH_AT, &[row.id.into()]).await? else { return Ok(false) };
    Ok(found.get::<Vec<u8>>("secret_hash")? == row.secret_hash.as_bytes())
}

/// A statement for many rows, written out for each size.
struct Many([String; SIZES.len()]);

impl Many {
    /// `types` are those of the columns where the engine cannot know them.
    fn new(beginning: &str, types: &[&str], end: &str) -> Self {
        Self(SIZES.map(|size| {
            let mut sql = beginning.to_owned();
            for row in 0..size {
                sql.push_str(if row == 0 { "(" } else { ", (" });
                for (column, name) in types.iter().enumerate() {
                    let comma = if column == 0 { "" } else { ", " };
                    let number = row * types.len() + column + 1;
                    // Writing to a string cannot fail.
                    let _ = if name.is_empty() {
                        write!(sql, "{comma}${number}")
                    } else {
                        write!(sql, "{comma}CAST(${number} AS {name})")
                    };
                }
                sql.push(')');
            }
            sql.push_str(end);
            sql
        }))
    }

    /// Cuts rows into pieces, each with the statement of its size.
    fn cut<'r, T>(&'static self, mut rows: &'r [T]) -> impl Iterator<Item = (&'static str, &'r [T])> {
        std::iter::from_fn(move || {
            let (size, sql) = SIZES.iter().zip(&self.0).find(|(size, _)| **size <= rows.len())?;
            let (some, rest) = rows.split_at(*size);
            rows = rest;
            Some((sql.as_str(), some))
        })
    }
}

/// Every statement for many rows, for the test that prepares them.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    [&*USE_TOKENS, &*USERS, &*KEEP].into_iter().flat_map(|many| many.0.iter().map(String::as_str))
}
