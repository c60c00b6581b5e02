//! Search results, a page at a time.

use axum::response::Response;
use fhir::bundle::SearchsetEntry;
use fhir::{Resource, Searchset};
use serde::Deserialize;

use crate::reply;

/// The page that a search asks for.
#[derive(Deserialize)]
pub(crate) struct Page {
    #[serde(rename = "_count")]
    count: Option<usize>,
    #[serde(default)]
    offset: usize,
}

impl Page {
    /// The page of `all` as a Bundle, of at most `most` entries. `search` is what was asked for below
    /// `base`, such as `Encounter?patient=p&`.
    pub(crate) fn of(&self, all: &[&str], most: usize, base: &str, search: &str) -> Response {
        let count = self.count.unwrap_or(most).clamp(1, most);
        let end = self.offset.saturating_add(count);
        let link = |offset| format!("{base}/{search}_count={count}&offset={offset}");
        let next = (end < all.len()).then(|| link(end));
        let shown = all.iter().skip(self.offset).take(count);
        let bundle = Searchset {
            total: all.len() as u64,
            self_link: &link(self.offset),
            next_link: next.as_deref(),
            entries: shown.filter_map(|text| Resource::scan(text).ok()).map(SearchsetEntry::found).collect(),
        };
        reply::resource(bundle.to_json(base))
    }
}
