//! Whether two sets of demographics describe one person: normalise, compare field by field, explain.
//!
//! Two questions are answered. A responder asks which of its patients a query means ([`judge`]). An IAS
//! provider asks whether what a responder returned is the person it asked about ([`double_check`], SOP IAS
//! 3.0 section 4.7). Both look at verified demographics on one side and whatever is on file on the other.

mod compare;
mod double_check;
mod lifelong;
mod normal;
mod verdict;

pub use compare::{Agreement, Comparison, compare};
pub use double_check::{Mismatch, double_check};
pub use lifelong::lifelong;
pub use verdict::{Verdict, judge};
