//! A statement with its arguments, and the rows that it yields.

use std::sync::Arc;

use rusqlite::types::{FromSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::super::Arg;
use crate::Result;

/// Runs a statement; the number of rows it touched.
pub(super) fn execute(connection: &Connection, sql: &str, args: &[Arg<'_>]) -> Result<u64> {
    Ok(bound(connection, sql, args)?.raw_execute()? as u64)
}

/// Runs a statement and takes at most so many of its rows.
pub(super) fn fetch(connection: &Connection, sql: &str, args: &[Arg<'_>], most: usize) -> Result<Vec<Row>> {
    let mut statement = bound(connection, sql, args)?;
    let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while found.len() < most
        && let Some(row) = rows.next()?
    {
        let values = (0..names.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
        found.push(Row { names: Arc::clone(&names), values });
    }
    Ok(found)
}

/// A statement, prepared now or before, with its arguments.
fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    args: &[Arg<'_>],
) -> rusqlite::Result<CachedStatement<'c>> {
    // `$1` is a name here, which is looked up; `?1` is a place.
    let mut statement = connection.prepare_cached(&sql.replace('$', "?"))?;
    for (at, arg) in args.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, arg)?;
    }
    Ok(statement)
}

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(value)) => ValueRef::Integer(*value),
            Self::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Self::Text(Some(value)) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(Some(value)) => ValueRef::Blob(value),
            Self::Int(None) | Self::Text(None) | Self::Bytes(None) => ValueRef::Null,
        }))
    }
}

/// A row, taken out of its statement.
pub(crate) struct Row {
    names: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// The value of a column by its name.
    pub(crate) fn get<T: FromSql>(&self, column: &str) -> rusqlite::Result<T> {
        let at = self.names.iter().position(|name| name == column);
        let found = at.and_then(|at| Some((at, ValueRef::from(self.values.get(at)?))));
        let (at, value) = found.ok_or_else(|| rusqlite::Error::InvalidColumnName(column.to_owned()))?;
        T::column_result(value).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(at, value.data_type(), Box::new(error))
        })
    }
}
