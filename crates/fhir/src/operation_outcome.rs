//! OperationOutcome: how a FHIR server says what went wrong.

use serde_json::{Value, json};

/// Builds an OperationOutcome of one issue, an error. `code` is one of FHIR's issue types, such as
/// `not-found` or `forbidden`; `diagnostics` is read by people and must not repeat what they sent.
pub fn build(code: &str, diagnostics: &str) -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": diagnostics}],
    })
}
