//! The letter that carries a code, in the language of the page that asked for it.

use model::{Letter, Organization};

use crate::language::Language;

/// The letter to `to`. The code stands in the text alone: a locked screen shows subjects.
pub(super) fn with_code(language: Language, to: &str, code: &str, asker: &Organization) -> Letter {
    let name = [("name", asker.name.trim())];
    let paragraphs = [
        language.text_with("letter-code", &[("code", code)]),
        language.text_with("letter-code-what", &name),
        language.text("letter-code-not-you"),
    ];
    Letter {
        to: to.to_owned(),
        subject: language.text_with("letter-code-subject", &name),
        text: format!("{}\n", paragraphs.join("\n\n")),
    }
}
