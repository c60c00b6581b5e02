//! Two issuers, and what becomes of their tokens.

use std::sync::LazyLock;

use fuzzing::Mint;
use openias_jose::{Algorithm, Compact, Fault, KeySet};

/// The payload of most tokens here.
pub(crate) const PAYLOAD: &str = r#"{"iss":"https://csp.example/oidc"}"#;

/// The issuer whose tokens are judged.
pub(crate) static ISSUER: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Rs256));
/// Somebody else.
pub(crate) static STRANGER: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Rs256));

/// What becomes of a token under the keys and the policy for TEFCA ID tokens.
pub(crate) fn judge(token: &str, keys: &KeySet) -> Result<(), Fault> {
    judge_with(token, keys, &[Algorithm::Rs256])
}

/// What becomes of a token under any policy.
pub(crate) fn judge_with(token: &str, keys: &KeySet, allowed: &[Algorithm]) -> Result<(), Fault> {
    Compact::parse(token)?.verify(keys, allowed)?.claims().map(|_| ())
}
