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

/// Something that is not as it seems to be meant, and stops nothing.
pub(crate) fn warning(text: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {text}");
}

/// What went wrong and why, cause by cause.
pub(crate) fn problem(error: &anyhow::Error) {
    let _ = write!(std::io::stderr(), "{}", explain(error));
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

/// Whether a person watches, who may be shown colours.
pub(crate) fn is_watched() -> bool {
    std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let refused = connect::webhooks::EndpointRefused::Url(egress::EgressError::Credentials);
        let told = explain(&anyhow::Error::new(refused).context("nothing was registered"));
        let inner = egress::EgressError::Credentials.to_string();
        assert!(told.starts_with("error: nothing was registered\n  because webhooks"), "{told}");
        assert_eq!(told.matches(&inner).count(), 1, "{told}");
    }
}
