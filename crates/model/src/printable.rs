//! Which characters people can be shown.

/// Controls, line and paragraph separators, bidirectional controls, and what has no look of its own: Unicode's
/// default-ignorable code points with its tags and variation selectors, interlinear annotations, the blank Braille
/// pattern. Each makes text read differently from what it is.
#[inline]
pub fn is_unprintable(character: char) -> bool {
    // Most text is ASCII, of which only controls are meant.
    if character.is_ascii() { character.is_ascii_control() } else { is_unprintable_beyond_ascii(character) }
}

fn is_unprintable_beyond_ascii(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{2800}' | '\u{fff9}'..='\u{fffb}')
        || is_default_ignorable(character)
}

/// Whether nothing of a text can be seen.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || is_unprintable(character))
}

/// `Default_Ignorable_Code_Point` of the Unicode character database, which holds most bidirectional controls.
fn is_default_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What shows nothing, one of each range.
    const INVISIBLE: &str = "\u{ad}\u{34f}\u{1160}\u{17b4}\u{180e}\u{200b}\u{200c}\u{200d}\u{2060}\u{2064}\
        \u{2800}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{1bca0}\u{1d173}\u{e0001}\u{e0041}\u{e01ef}";

    #[test]
    fn what_shows_nothing_is_no_text() {
        for character in INVISIBLE.chars() {
            assert!(is_unprintable(character), "{character:?}");
        }
        assert!(is_blank(INVISIBLE) && is_blank("") && is_blank(" \u{a0}\u{3000}\t\u{200b}"));
        assert!(!is_blank("\u{200b}.") && !is_blank("é"));
    }

    #[test]
    fn what_turns_text_around_or_hides_it_is_told_from_what_people_write() {
        for character in ['\0', '\u{7}', '\u{85}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{200f}'] {
            assert!(is_unprintable(character), "{character:?}");
        }
        assert!(!"Clínica Ñandú, «Salud» & Söhne 東京".chars().any(is_unprintable));
    }
}
