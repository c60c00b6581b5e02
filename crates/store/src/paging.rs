//! Lists that are shown page by page, the newest first.

use crate::Result;
use crate::database::Row;

/// Where in a list a page begins. A row's place is a number, and a later row has a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// With the latest row.
    Latest,
    /// With the one before this.
    Before(i64),
    /// It ends with the one after this.
    After(i64),
}

/// A page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// Newest first.
    pub rows: Vec<T>,
    /// Whether there are newer ones.
    pub newer: bool,
    /// Whether there are older ones.
    pub older: bool,
}

impl Place {
    /// The place beside which the page lies, and whether rows are read from there towards the older ones.
    pub(crate) const fn reads_from(self) -> (i64, bool) {
        match self {
            Self::Latest => (i64::MAX, true),
            Self::Before(id) => (id, true),
            Self::After(id) => (id, false),
        }
    }
}

/// How many rows are read for a page of `limit`: one more than is shown tells whether there are more.
pub(crate) fn most(limit: u32) -> i64 {
    i64::from(limit) + 1
}

impl<T> Page<T> {
    /// The page of what was read for it.
    pub(crate) fn cut(
        place: Place,
        limit: u32,
        rows: &[Row],
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Self> {
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > shown;
        let mut page = rows.iter().take(shown).map(read).collect::<Result<Vec<_>>>()?;
        let (_, backwards) = place.reads_from();
        if !backwards {
            page.reverse();
        }
        let (newer, older) = if backwards { (place != Place::Latest, more) } else { (more, true) };
        Ok(Self { rows: page, newer, older })
    }
}
