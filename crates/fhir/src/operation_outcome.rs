//! OperationOutcome: how a FHIR server says what went wrong.

use serde_json::{Value, json};

use crate::view::{list, text, tree};
use crate::{Error, Resource};

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `fatal`
    Fatal,
    /// `error`
    Error,
    /// `warning`
    Warning,
    /// `information`
    Information,
}

impl Severity {
    /// Reads the FHIR code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Fatal, Self::Error, Self::Warning, Self::Information]
            .into_iter()
            .find(|severity| severity.as_str() == code)
    }

    /// The FHIR code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// Builds an OperationOutcome of one issue. `code` is one of FHIR's issue types, such as `not-found` or
/// `forbidden`; `diagnostics` is read by people and must not repeat what they sent.
pub fn build(severity: Severity, code: &str, diagnostics: &str) -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity.as_str(), "code": code, "diagnostics": diagnostics}],
    })
}

/// The first issue of an OperationOutcome that came. `Debug` shows the code alone: a server may put a
/// patient's data into its words.
#[derive(Clone, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is, where the server says so in FHIR's words.
    pub severity: Option<Severity>,
    /// The issue type, at most 64 ASCII letters and hyphens; `unknown` where the server gives none.
    pub code: String,
    /// `diagnostics`, or `details.text`, cut at 500 characters. Not for logs.
    pub diagnostics: Option<String>,
}

impl std::fmt::Debug for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issue({})", self.code)
    }
}

/// Reads the first issue; `None` when the resource lists none.
pub fn first_issue(source: &str) -> Result<Option<Issue>, Error> {
    let outcome = tree(&Resource::scan(source)?, "OperationOutcome")?;
    Ok(list(&outcome, "issue").iter().find(|issue| issue.is_object()).map(|issue| {
        let details = issue.get("details").and_then(|details| text(details, "text"));
        Issue {
            severity: text(issue, "severity").and_then(Severity::parse),
            code: text(issue, "code").filter(|code| is_code(code)).unwrap_or("unknown").to_owned(),
            diagnostics: text(issue, "diagnostics")
                .or(details)
                .map(|words| words.chars().take(500).collect()),
        }
    }))
}

fn is_code(code: &str) -> bool {
    code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_reads_back() {
        let text = build(Severity::Error, "not-found", "no such patient").to_string();
        let issue = first_issue(&text).expect("an outcome").expect("an issue");
        assert_eq!((issue.severity, issue.code.as_str()), (Some(Severity::Error), "not-found"));
        assert_eq!(issue.diagnostics.as_deref(), Some("no such patient"));
        assert_eq!(format!("{issue:?}"), "Issue(not-found)");
    }

    #[test]
    fn strange_outcomes_still_read() {
        for (issue, code, words) in [
            (r#"[{"severity":"dire","code":"a b","details":{"text":"x"}}]"#, "unknown", Some("x")),
            (r#"[7,{"code":"throttled"}]"#, "throttled", None),
            (r#"{"code":"timeout","diagnostics":7}"#, "timeout", None),
        ] {
            let text = format!(r#"{{"resourceType":"OperationOutcome","issue":{issue}}}"#);
            let issue = first_issue(&text).expect("an outcome").expect("an issue");
            assert_eq!((issue.code.as_str(), issue.diagnostics.as_deref()), (code, words), "{text}");
            assert_eq!(issue.severity, None);
        }
        for issue in ["[]", "3", "null", "\"x\""] {
            let text = format!(r#"{{"resourceType":"OperationOutcome","issue":{issue}}}"#);
            assert_eq!(first_issue(&text), Ok(None), "{text}");
        }
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        let text = build(Severity::Fatal, "exception", &"é".repeat(10_000)).to_string();
        let issue = first_issue(&text).expect("an outcome").expect("an issue");
        assert_eq!(issue.diagnostics.map(|words| words.chars().count()), Some(500));
    }

    #[test]
    fn depth_and_other_types_are_errors() {
        let deep = format!(
            r#"{{"resourceType":"OperationOutcome","issue":{}{}}}"#,
            "[".repeat(9_999),
            "]".repeat(9_999)
        );
        assert_eq!(first_issue(&deep), Err(Error::NotJson));
        assert_eq!(first_issue(r#"{"resourceType":"Patient"}"#), Err(Error::WrongType("OperationOutcome")));
    }
}
