//! The transcript of a journey: each step with method, path, status and milliseconds. Nothing that was
//! sent or received stands in it.

use std::collections::BTreeMap;

use sandbox::integrator::Call;
use serde::Serialize;

use crate::output;

/// `journey.json`.
#[derive(Default, Serialize)]
pub(super) struct Journey {
    pub(super) patient: String,
    pub(super) outcome: String,
    pub(super) millis: u64,
    pub(super) answers: BTreeMap<String, usize>,
    pub(super) connections: Vec<String>,
    pub(super) webhooks: Vec<String>,
    pub(super) resources: BTreeMap<String, u64>,
    pub(super) steps: Vec<Call>,
}

/// Prints a step as it ends.
pub(super) fn print(call: &Call) {
    let status = call.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    output::line(&format!(
        "{:>4} {:<4} {:>6} ms  {}  ({})",
        status, call.method, call.millis, call.path, call.step
    ));
}
