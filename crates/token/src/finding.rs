//! What was odd about a token that was accepted all the same.

/// One oddity. Carries no value from the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// A stable name, such as `token.birthdate_format`.
    pub code: &'static str,
    /// One sentence for the operator.
    pub sentence: &'static str,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Departs from the SOP: a stricter reader down the line may refuse the token.
    Warning,
}

/// Findings as they gather.
#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    pub(crate) fn info(&mut self, code: &'static str, sentence: &'static str) {
        self.0.push(Finding { severity: Severity::Info, code, sentence });
    }

    pub(crate) fn warn(&mut self, code: &'static str, sentence: &'static str) {
        self.0.push(Finding { severity: Severity::Warning, code, sentence });
    }
}
