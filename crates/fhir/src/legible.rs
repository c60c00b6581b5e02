//! Text of strangers that people will read and a database will keep.

/// The longest name, in characters.
const MAX_NAME: usize = 200;
/// The longest URL, in bytes.
const MAX_URL: usize = 2000;

/// A name as it can be kept and shown: without control characters (no PostgreSQL text holds a U+0000), without
/// characters that turn the direction of what stands beside it, blanks as one space each, and no longer than a
/// name. None when nothing is left to read.
pub(crate) fn name(text: &str) -> Option<String> {
    let blanks = |c: char| if c.is_whitespace() { ' ' } else { c };
    let kept: String = text.chars().map(blanks).filter(|c| !is_unseen(*c)).take(4 * MAX_NAME).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(MAX_NAME).collect();
    let name = name.trim_end();
    name.chars().any(char::is_alphanumeric).then(|| name.to_owned())
}

/// Whether text may be kept as a URL: visible ASCII, as RFC 3986 has it, and not endless.
pub(crate) fn is_url(text: &str) -> bool {
    (1..=MAX_URL).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_kept_or_shown_goes() {
        for (given, kept) in [
            ("Fernwood Clinic", Some("Fernwood Clinic")),
            ("Fern\0wood\u{1b}[31m  \n Clinic\t", Some("Fernwood[31m Clinic")),
            ("\u{202e}cinilC\u{202c} \u{2066}X\u{2069}", Some("cinilC X")),
            ("Clínica Ñandú · 東京", Some("Clínica Ñandú · 東京")),
            ("\0\u{202e}", None),
            (" — ", None),
            ("", None),
        ] {
            assert_eq!(name(given).as_deref(), kept, "{given:?}");
        }
        assert_eq!(name(&"é".repeat(1 << 20)).map(|name| name.chars().count()), Some(MAX_NAME));
    }

    #[test]
    fn a_url_is_visible_ascii() {
        assert!(is_url("https://r.example/fhir?x=%20"));
        for text in ["", "https://r.example/\0", "https://r.example/a b", "https://é.example/"] {
            assert!(!is_url(text), "{text:?}");
        }
        assert!(!is_url(&format!("https://r.example/{}", "a".repeat(MAX_URL))));
    }
}
