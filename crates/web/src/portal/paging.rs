//! Where a list of the portal stands, and the ways to the pages beside it under the same filters.

use store::{Page, Place};

use super::frame::Frame;
use crate::request::Fields;
use crate::response::with_parameters;

/// How many rows a page shows.
pub(super) const SHOWN: u32 = 100;

/// A list as it was asked for: its path, and what of its filters was entered.
pub(super) struct List<'a> {
    path: &'a str,
    filters: &'a [&'a str],
    fields: &'a Fields,
}

impl<'a> List<'a> {
    pub(super) fn new(path: &'a str, filters: &'a [&'a str], fields: &'a Fields) -> Self {
        Self { path, filters, fields }
    }

    /// What was entered for a filter.
    pub(super) fn entered(&self, name: &str) -> Option<&'a str> {
        self.fields.get(name).map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.filters.iter().any(|name| self.entered(name).is_some())
    }

    /// Where the page begins: `before` or `after` a row.
    pub(super) fn place(&self) -> Place {
        let id = |name| self.fields.get(name).and_then(|text| text.parse().ok());
        match (id("before"), id("after")) {
            (Some(before), _) => Place::Before(before),
            (None, Some(after)) => Place::After(after),
            (None, None) => Place::Latest,
        }
    }

    /// The page that is shown.
    pub(super) fn here(&self) -> String {
        let place = ["before", "after"].into_iter().find_map(|name| Some((name, self.fields.get(name)?)));
        self.address(place)
    }

    /// The pages with newer and with older rows.
    pub(super) fn beside<T>(
        &self,
        frame: &Frame,
        page: &Page<T>,
        id: impl Fn(&T) -> i64,
    ) -> (Option<String>, Option<String>) {
        let beyond = |parameter: &str, row: Option<&T>| {
            row.map(|row| frame.to(&self.address(Some((parameter, &id(row).to_string())))))
        };
        let (first, last) = (page.rows.first(), page.rows.last());
        (beyond("after", first.filter(|_| page.newer)), beyond("before", last.filter(|_| page.older)))
    }

    /// The list under the same filters, at another place.
    fn address(&self, place: Option<(&str, &str)>) -> String {
        let filters = self.filters.iter().filter_map(|name| Some((*name, self.entered(name)?)));
        let parameters: Vec<_> = filters.chain(place).collect();
        if parameters.is_empty() { self.path.to_owned() } else { with_parameters(self.path, &parameters) }
    }
}
