//! Search results: reading a Bundle that came, building one to send.

mod build;
mod read;

pub use build::{Searchset, SearchsetEntry};
pub use read::{Bundle, MAX_ENTRIES};
