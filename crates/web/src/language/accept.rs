//! `Accept-Language` (RFC 9110 12.5.4).

use super::Language;

/// The language of ours that the header prefers. `*` and what we do not speak say nothing.
pub(super) fn best(header: &str) -> Option<Language> {
    let mut best = None;
    for range in header.split(',').take(50) {
        let mut parts = range.split(';');
        let language = parts.next().and_then(Language::parse);
        let weight = weight(parts.next());
        if let Some(language) = language
            && weight > best.map_or(0, |(_, highest)| highest)
        {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// The quality value in thousandths; 0 means "not this one".
fn weight(parameter: Option<&str>) -> u32 {
    let Some(parameter) = parameter else { return 1000 };
    let Some(value) = parameter.trim().strip_prefix("q=") else { return 0 };
    match value.split_once('.').unwrap_or((value, "")) {
        ("1", _) => 1000,
        ("0", decimals) => {
            format!("{decimals:0<3}").get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_of_ours_wins() {
        for (header, expected) in [
            ("es", Some(Language::Es)),
            ("fr, es-MX;q=0.5, en;q=0.4", Some(Language::Es)),
            ("en;q=0.8, es;q=0.85", Some(Language::Es)),
            ("en, es", Some(Language::En)),
            ("es;q=0, en;q=0.1", Some(Language::En)),
            ("es;q=0", None),
            ("*", None),
            ("", None),
            (";;;,,q=, es;q=\u{e9}", None),
        ] {
            assert_eq!(best(header), expected, "{header}");
        }
    }
}
