//! What all pages have around them.

use crate::language::Language;

/// The frame of a page. Most pages carry both languages: their switch works without a request, so it also
/// works on a page that can be shown only once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The language shown first.
    pub(crate) language: Language,
    /// Both, the one shown first at the front.
    pub(crate) languages: [Language; 2],
    /// Both, in the order of the switch.
    pub(crate) switch: [Language; 2],
}

impl Frame {
    pub(crate) const fn of(language: Language) -> Self {
        Self { language, languages: language.both(), switch: Language::ALL }
    }
}
