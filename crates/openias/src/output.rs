//! What a person at the terminal reads. What came from elsewhere (a claim, an issuer's document) says nothing to the
//! terminal itself.

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};

use model::is_unprintable;

/// A line for the person who typed the command.
pub(crate) fn line(text: &str) {
    // A reader that hung up is not an error.
    let _ = writeln!(std::io::stdout(), "{}", harmless(text));
}

/// Text as it stands.
pub(crate) fn text(text: &str) {
    let _ = write!(std::io::stdout(), "{}", harmless(text));
}

/// Something that is not as it seems to be meant, and stops nothing.
pub(crate) fn warning(text: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {}", harmless(text));
}

/// What went wrong and why, cause by cause.
pub(crate) fn problem(error: &anyhow::Error) {
    let _ = write!(std::io::stderr(), "{}", harmless(&explain(error)));
}

/// A cause that the sentence above it has told already is not told again.
fn explain(error: &anyhow::Error) -> String {
    use std::fmt::Write as _;
    let mut told = error.to_string();
    let mut text = format!("error: {told}\n");
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            let _ = writeln!(text, "  because {cause}");
        }
        told = cause;
    }
    text
}

/// A text without what a terminal obeys or hides, line ends apart. It is written as JSON has it, so that JSON stays the
/// same document.
fn harmless(text: &str) -> Cow<'_, str> {
    let acts = |character| is_unprintable(character) && character != '\n';
    if !text.contains(acts) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if acts(character) {
            let units = &mut [0; 2];
            out.extend(character.encode_utf16(units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(character);
        }
    }
    out.into()
}

/// Whether a person watches, who may be shown colours.
pub(crate) fn is_watched() -> bool {
    std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_nothing() {
        let hostile = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{e0041}\r";
        assert_eq!(harmless(hostile), r"\u001b]0;owned\u0007\u009b31m\u202e\udb40\udc41\u000d");
        assert_eq!(harmless("Clínica «Ñ»\n  東京\n"), "Clínica «Ñ»\n  東京\n");
        let json = serde_json::json!({ "claim\\\u{85}": hostile }).to_string();
        let shown: serde_json::Value = serde_json::from_str(&harmless(&json)).expect("JSON");
        assert_eq!(shown.to_string(), json, "the same document");
    }

    #[test]
    fn a_cause_is_told_once() {
        let refused = connect::webhooks::EndpointRefused::Url(egress::EgressError::Credentials);
        let told = explain(&anyhow::Error::new(refused).context("nothing was registered"));
        let inner = egress::EgressError::Credentials.to_string();
        assert!(told.starts_with("error: nothing was registered\n  because webhooks"), "{told}");
        assert_eq!(told.matches(&inner).count(), 1, "{told}");
    }
}
