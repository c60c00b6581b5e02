//! Claims that are text.

use jose::json::{Object, Value};

use crate::Reject;

/// Longest text, in characters.
const MAX_CHARS: usize = 256;
/// Longest `formatted` address, which repeats all the other parts.
const MAX_FORMATTED_CHARS: usize = 2048;

/// Text that must be there.
pub(crate) fn required<'c>(claims: &'c Object<'_>, name: &'static str) -> Result<&'c str, Reject> {
    optional(claims, name)?.ok_or(Reject::Missing(name))
}

/// Text that may be there, as written. Blank text and `Unknown`, the 2.x form's filler for what could not be
/// verified, count as absent.
pub(crate) fn optional<'c>(claims: &'c Object<'_>, name: &'static str) -> Result<Option<&'c str>, Reject> {
    let text = match claims.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_str().ok_or(Reject::NotText(name))?,
    };
    if text.chars().count() > MAX_CHARS {
        return Err(Reject::TooLong(name));
    }
    if text.chars().any(is_unprintable) {
        return Err(Reject::Unprintable(name));
    }
    Ok(Some(text).filter(|text| !is_filler(text)))
}

/// The `formatted` member of an address is not kept, but may not smuggle anything either. Line breaks are
/// allowed in it (OIDC Core section 5.1.1).
pub(crate) fn check_formatted(address: &Object<'_>) -> Result<(), Reject> {
    const NAME: &str = "formatted";
    let text = match address.get(NAME) {
        None | Some(Value::Null) => return Ok(()),
        Some(value) => value.as_str().ok_or(Reject::NotText(NAME))?,
    };
    if text.chars().count() > MAX_FORMATTED_CHARS {
        return Err(Reject::TooLong(NAME));
    }
    if text.chars().any(|character| is_unprintable(character) && !matches!(character, '\n' | '\r')) {
        return Err(Reject::Unprintable(NAME));
    }
    Ok(())
}

/// Whether a whole claim is the filler: `"address": "Unknown"`.
pub(crate) fn is_unknown(value: &Value<'_>) -> bool {
    matches!(value, Value::Null) || value.as_str().is_some_and(is_filler)
}

fn is_filler(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.eq_ignore_ascii_case("unknown")
}

/// Controls, line and paragraph separators, and Unicode's bidirectional controls: what makes text read
/// differently from what it is.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}')
        || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
