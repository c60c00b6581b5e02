//! What people paste instead of a bare token. PAR takes a token byte for byte; here it is taken out of what stands
//! around it, and that is named.

use serde_json::Value;

/// What stands around a token, or in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paste {
    /// Nothing at all.
    Nothing,
    /// A line break after it.
    LineBreak,
    /// White space around it.
    Space,
    /// White space within it.
    Wrapped,
    /// A byte order mark before it.
    ByteOrderMark,
    /// Characters that do not show, around it or within it.
    Invisible,
    /// Quotation marks.
    Quotes,
    /// The scheme of an `Authorization` header.
    Bearer,
    /// The whole answer of a token endpoint, with an ID token in it.
    TokenResponse,
    /// An answer of a token endpoint without an ID token.
    NoIdToken,
    /// Something without dots: an access token, a code, a word.
    NoToken,
}

impl Paste {
    /// Whether there is no token that could be judged, or that a CSP could mend.
    pub const fn is_no_token(self) -> bool {
        matches!(self, Self::Nothing | Self::NoIdToken | Self::NoToken)
    }

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "paste.nothing",
            Self::LineBreak => "paste.line_break",
            Self::Space => "paste.space",
            Self::Wrapped => "paste.wrapped",
            Self::ByteOrderMark => "paste.byte_order_mark",
            Self::Invisible => "paste.invisible",
            Self::Quotes => "paste.quotes",
            Self::Bearer => "paste.bearer",
            Self::TokenResponse => "paste.token_response",
            Self::NoIdToken => "paste.no_id_token",
            Self::NoToken => "paste.no_token",
        }
    }

    /// In one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Nothing => "Nothing was pasted.",
            Self::LineBreak => "There is a line break after the token; PAR would refuse it.",
            Self::Space => "There is white space around the token; PAR would refuse it.",
            Self::Wrapped => {
                "There is white space within the token, as from a wrapped line; PAR would refuse it."
            }
            Self::ByteOrderMark => "There is a byte order mark before the token; PAR would refuse it.",
            Self::Invisible => "There are characters that do not show; PAR would refuse them.",
            Self::Quotes => "There are quotation marks around the token; PAR would refuse them.",
            Self::Bearer => "There is the word Bearer before the token; PAR would refuse it.",
            Self::TokenResponse => {
                "This is a token response; paste the value of its id_token, as PAR takes it."
            }
            Self::NoIdToken => {
                "This is a token response without an id_token; ask for the scope openid, then paste its id_token."
            }
            Self::NoToken => {
                "This has no dots, so it is no ID token, but perhaps an access token or a code; paste the id_token of \
                 the token response."
            }
        }
    }
}

/// The text that can be judged, and what was taken away to get it.
pub(super) fn unwrap(text: &str) -> (String, Vec<Paste>) {
    let mut found = Vec::new();
    let mut rest = peel(text, &mut found);
    if rest.is_empty() {
        return (String::new(), vec![Paste::Nothing]);
    }
    let answer: Value = serde_json::from_str(rest).unwrap_or_default();
    if let Some(inner) = answer.get("id_token").and_then(Value::as_str) {
        found.push(Paste::TokenResponse);
        rest = peel(inner, &mut found);
    } else if answer.get("access_token").is_some() {
        found.push(Paste::NoIdToken);
        return (rest.to_owned(), found);
    }
    if !rest.contains('.') && !rest.starts_with('{') {
        found.push(Paste::NoToken);
        return (rest.to_owned(), found);
    }
    (join(rest, &mut found), found)
}

/// Whether a text, such as an argument of the command line, is a token or holds one: then it must not be shown.
pub fn holds_token(text: &str) -> bool {
    let (token, found) = unwrap(text);
    found.contains(&Paste::NoIdToken) || (token.starts_with("eyJ") && token.len() > 40)
}

/// Takes away what stands around a text, layer by layer.
fn peel<'t>(text: &'t str, found: &mut Vec<Paste>) -> &'t str {
    let mut rest = text;
    while let Some((inner, paste)) = layer(rest) {
        if !found.contains(&paste) {
            found.push(paste);
        }
        rest = inner;
    }
    rest
}

/// What is within the outermost layer, and what that is.
fn layer(text: &str) -> Option<(&str, Paste)> {
    if let Some(inner) = text.strip_prefix('\u{feff}') {
        return Some((inner, Paste::ByteOrderMark));
    }
    let (before, inner) = (text.trim_end(), text.trim());
    if inner.len() < text.len() {
        let broken = text.get(before.len()..).is_some_and(|after| after.contains(['\n', '\r']));
        let after_alone = inner.len() == before.len();
        return Some((inner, if broken && after_alone { Paste::LineBreak } else { Paste::Space }));
    }
    let trimmed = [(is_invisible as fn(char) -> bool, Paste::Invisible), (is_quote, Paste::Quotes)]
        .into_iter()
        .map(|(is, paste)| (text.trim_matches(is), paste))
        .find(|(inner, _)| inner.len() < text.len());
    let bearer = || {
        let scheme = text.get(..7)?;
        scheme.eq_ignore_ascii_case("bearer ").then_some((text.get(7..)?, Paste::Bearer))
    };
    trimmed.or_else(bearer)
}

/// A token without the white space in it, if a token is what it is then.
fn join(text: &str, found: &mut Vec<Paste>) -> String {
    let joined: String = text.chars().filter(|sign| !sign.is_whitespace() && !is_invisible(*sign)).collect();
    let plain = joined.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if joined.len() == text.len() || !plain || joined.matches('.').count() != 2 {
        return text.to_owned();
    }
    if text.contains(char::is_whitespace) {
        found.push(Paste::Wrapped);
    }
    if text.contains(is_invisible) && !found.contains(&Paste::Invisible) {
        found.push(Paste::Invisible);
    }
    joined
}

/// Zero-width and directional characters, soft hyphens: what a browser or a chat leaves behind.
fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn is_quote(sign: char) -> bool {
    matches!(sign, '"' | '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZSJ9.AAAA";

    #[test]
    fn what_stands_around_a_token_is_named_and_taken_away() {
        use Paste as P;
        let with = |before: &str, after: &str| format!("{before}{TOKEN}{after}");
        let (head, tail) = TOKEN.split_at(30);
        for (text, found) in [
            (with("", ""), &[][..]),
            (with("", "\n"), &[P::LineBreak]),
            (with("", "\r\n"), &[P::LineBreak]),
            (with(" ", ""), &[P::Space]),
            (with("\n", "\n"), &[P::Space]),
            (with("\u{feff}", "\n"), &[P::ByteOrderMark, P::LineBreak]),
            (with("", "\u{200b}"), &[P::Invisible]),
            (with("\"", "\""), &[P::Quotes]),
            (with("\u{201c}", "\u{201d}\n"), &[P::LineBreak, P::Quotes]),
            (with("Bearer ", ""), &[P::Bearer]),
            (with("bearer  ", ""), &[P::Bearer, P::Space]),
            (format!("{head}\n{tail}"), &[P::Wrapped]),
            (format!("{head}\u{200b}{tail}"), &[P::Invisible]),
            (format!("{{\"access_token\": \"x\", \"id_token\": \"{TOKEN}\"}}"), &[P::TokenResponse]),
        ] {
            assert_eq!(unwrap(&text), (TOKEN.to_owned(), found.to_vec()), "{text:?}");
            assert!(holds_token(&text));
        }
    }

    #[test]
    fn what_is_no_token_is_told_as_what_it_is() {
        use Paste as P;
        for (text, found) in [
            ("", P::Nothing),
            (" \r\n\u{200b}", P::Nothing),
            ("\"\"", P::Nothing),
            ("mF_9B5f-4JqM", P::NoToken),
            ("not a token", P::NoToken),
            ("{\"access_token\": \"x\", \"expires_in\": 3600}", P::NoIdToken),
        ] {
            let (_, all) = unwrap(text);
            assert_eq!(all.last(), Some(&found), "{text:?}");
            assert!(found.is_no_token());
        }
        for text in ["x.y", "{}", "{\"payload\": \"\", \"signatures\": []}", "a b.c", ".."] {
            assert_eq!(unwrap(text), (text.to_owned(), Vec::new()), "the rules say what it is");
        }
        assert!(!holds_token("token.txt") && !holds_token("./eyJ.txt") && !holds_token("keys/eyJ"));
    }
}
