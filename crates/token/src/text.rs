//! Claims that are text.

use jose::json::Value;
use model::{is_blank, is_unprintable};

use crate::Rule;
use crate::breach::Breach;

/// Longest text, in characters.
const MAX_CHARS: usize = 256;
/// Longest `formatted` address, which repeats all the other parts.
const MAX_FORMATTED_CHARS: usize = 2048;

/// The text of a claim, as written: short, and nothing in it that reads differently from what it is.
pub(crate) fn read<'c>(value: &'c Value<'_>, claim: &'static str) -> Result<&'c str, Breach> {
    let text = value.as_str().ok_or(Breach::at(Rule::NotText, claim))?;
    check(text, claim, MAX_CHARS, is_unprintable)?;
    Ok(text)
}

/// A formatted address is not kept, but may not smuggle anything either. Line breaks are allowed in it
/// (OIDC Core section 5.1.1).
pub(crate) fn check_formatted(value: &Value<'_>) -> Result<(), Breach> {
    let text = value.as_str().ok_or(Breach::at(Rule::NotText, "formatted"))?;
    let smuggles = |character| is_unprintable(character) && !matches!(character, '\n' | '\r');
    check(text, "formatted", MAX_FORMATTED_CHARS, smuggles)
}

fn check(text: &str, claim: &'static str, most: usize, bad: fn(char) -> bool) -> Result<(), Breach> {
    // Most texts are short ASCII, where bytes are characters.
    if text.len() > most && text.chars().count() > most {
        return Err(Breach::at(Rule::TooLong, claim));
    }
    if is_plain(text) || shows(text, bad) { Ok(()) } else { Err(Breach::at(Rule::Unprintable, claim)) }
}

/// Printable ASCII, as nearly all texts are. No byte ends the search, so that many are looked at together.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// Whether a text that is compared and not read holds what does not show: it may look like another one.
pub(crate) fn misleads(text: &str) -> bool {
    !is_plain(text) && text.contains(is_unprintable)
}

/// Whether nothing of a text is hidden or turns the rest around. Persian and the scripts of India cannot be written
/// without the invisible joiners, so there they may stand, between two letters (UAX 31 section 2.3).
fn shows(text: &str, bad: fn(char) -> bool) -> bool {
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let joins = matches!(character, '\u{200c}' | '\u{200d}')
            && before.is_some_and(is_joined)
            && characters.peek().copied().is_some_and(is_joined);
        if bad(character) && !joins {
            return false;
        }
        before = Some(character);
    }
    true
}

/// Letters and marks of the scripts from Arabic to Sinhala, which join.
fn is_joined(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{dff}')
}

/// An identifier, which may not mislead.
pub(crate) fn check_identifier(value: &Value<'_>, claim: &'static str) -> Result<(), Breach> {
    match value.as_str() {
        Some(text) if misleads(text) => Err(Breach::at(Rule::Unprintable, claim)),
        _ => Ok(()),
    }
}

/// Whether text is the filler of the 2.x form for what could not be verified.
pub(crate) fn is_unknown(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("unknown")
}

/// Whether a whole claim stands for nothing: nothing of it can be seen, or it is the filler.
pub(crate) fn is_filler(value: &Value<'_>) -> bool {
    value.as_str().is_some_and(|text| is_blank(text) || is_unknown(text))
}
