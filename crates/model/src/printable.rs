//! Which characters people can be shown.

/// Controls, line and paragraph separators, and Unicode's bidirectional controls: what makes text read
/// differently from what it is.
pub fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}')
        || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_text_around_or_hides_it_is_told_from_what_people_write() {
        for character in ['\0', '\u{7}', '\u{85}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{200f}'] {
            assert!(is_unprintable(character), "{character:?}");
        }
        assert!(!"Clínica Ñandú, «Salud» & Söhne 東京".chars().any(is_unprintable));
    }
}
