//! What all pages have around them.

use crate::language::Language;

/// The frame of a page. Most pages carry both languages: their switch works without a request, so it also
/// works on a page that can be shown only once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The language shown first.
    pub(crate) language: Language,
}
