//! Statements with their arguments on a connection, and the rows that they yield.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rusqlite::types::{FromSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, Rows, ToSql};

use super::super::Arg;
use super::checkpoint::Checkpoints;
use super::runtime::aside;

/// So many rows are read at once.
const FEW: usize = 64;

/// A connection, and what it has learned of the statements that ran on it.
pub(in crate::database) struct SqliteConnection {
    connection: Connection,
    /// By where a statement's text stands in the program, which spares reading it.
    known: RefCell<HashMap<(usize, usize), Arc<Known>>>,
}

struct Known {
    /// `$1` would be a name, which is looked up; `?1` is a place.
    sql: String,
    columns: OnceLock<Arc<[String]>>,
}

impl SqliteConnection {
    pub(super) fn on(connection: Connection) -> Self {
        Self { connection, known: RefCell::default() }
    }

    /// Whether no transaction is open.
    pub(super) fn is_idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Copies what has gathered in the log.
    pub(super) fn checkpoint(&self, checkpoints: &Checkpoints) {
        checkpoints.after_commit(&self.connection);
    }

    /// Runs statements without arguments.
    pub(super) fn batch(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.execute_batch(sql)
    }

    /// Runs a statement; the number of rows it touched.
    pub(super) fn execute(&self, sql: &'static str, args: &[Arg<'_>]) -> rusqlite::Result<u64> {
        Ok(self.bound(&self.known(sql), args)?.raw_execute()? as u64)
    }

    /// Runs a statement and takes at most so many of its rows. After the first ones, this thread's other tasks need not
    /// wait for the rest.
    pub(super) fn fetch(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        most: usize,
    ) -> rusqlite::Result<Vec<Row>> {
        let known = self.known(sql);
        let mut statement = self.bound(&known, args)?;
        let columns = known.columns.get_or_init(|| statement.column_names().map(str::to_owned).collect());
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        take(&mut rows, columns, most.min(FEW), &mut found)?;
        if found.len() == FEW {
            aside(|| take(&mut rows, columns, most, &mut found))?;
        }
        Ok(found)
    }

    /// The first column of every row that a query yields, which holds text.
    #[cfg(any(test, feature = "scratch"))]
    pub(super) fn texts(&self, sql: &str) -> rusqlite::Result<Vec<String>> {
        let mut statement = self.connection.prepare(sql)?;
        statement.query_map([], |row| row.get(0))?.collect()
    }

    /// Has the engine parse and plan a statement.
    #[cfg(test)]
    pub(in crate::database) fn prepare(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare(sql).map(drop)
    }

    fn known(&self, sql: &'static str) -> Arc<Known> {
        let place = (sql.as_ptr().addr(), sql.len());
        let new = || Arc::new(Known { sql: sql.replace('$', "?"), columns: OnceLock::new() });
        Arc::clone(self.known.borrow_mut().entry(place).or_insert_with(new))
    }

    /// A statement, prepared now or before, with its arguments.
    fn bound(&self, known: &Known, args: &[Arg<'_>]) -> rusqlite::Result<CachedStatement<'_>> {
        let mut statement = self.connection.prepare_cached(&known.sql)?;
        for (at, arg) in args.iter().enumerate() {
            statement.raw_bind_parameter(at + 1, arg)?;
        }
        Ok(statement)
    }
}

fn take(
    rows: &mut Rows<'_>,
    columns: &Arc<[String]>,
    most: usize,
    found: &mut Vec<Row>,
) -> rusqlite::Result<()> {
    while found.len() < most
        && let Some(row) = rows.next()?
    {
        let values = (0..columns.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
        found.push(Row { columns: Arc::clone(columns), values });
    }
    Ok(())
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
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// The value of a column by its name.
    pub(in crate::database) fn get<T: FromSql>(&self, column: &str) -> rusqlite::Result<T> {
        let at = self.columns.iter().position(|name| name == column);
        let found = at.and_then(|at| Some((at, ValueRef::from(self.values.get(at)?))));
        let (at, value) = found.ok_or_else(|| rusqlite::Error::InvalidColumnName(column.to_owned()))?;
        T::column_result(value).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(at, value.data_type(), Box::new(error))
        })
    }
}
