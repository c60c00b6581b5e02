//! What a person at the terminal reads.

use std::io::{IsTerminal as _, Write as _};

/// A line for the person who typed the command.
pub(crate) fn line(text: &str) {
    // A reader that hung up is not an error.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Text as it stands.
pub(crate) fn text(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}

/// What went wrong and why, cause by cause.
pub(crate) fn problem(error: &anyhow::Error) {
    let mut err = std::io::stderr();
    let _ = writeln!(err, "error: {error}");
    for cause in error.chain().skip(1) {
        let _ = writeln!(err, "  because {cause}");
    }
}

/// Whether a person watches, who may be shown colours.
pub(crate) fn is_watched() -> bool {
    std::io::stdout().is_terminal()
}
