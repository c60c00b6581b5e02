//! Keys that sign any header and any payload: only then does a refusal prove its rule.

use std::sync::LazyLock;

use fuzzing::Mint;
use jose::Algorithm;
use model::Timestamp;
use serde_json::Value;

pub(crate) const ISSUER: &str = "https://as.example";
pub(crate) const TOKEN_URL: &str = "https://as.example/oauth2/token";
pub(crate) const PAR_URL: &str = "https://as.example/oauth2/par";
pub(crate) const CLIENT: &str = "public_test_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// The present, in seconds and with a fraction that no claim has.
pub(crate) const SECONDS: i64 = 1_768_899_173;
pub(crate) const NOW: Timestamp = Timestamp::from_millis(SECONDS * 1000 + 700);

pub(crate) static ES256: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Es256));
pub(crate) static RS256: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Rs256));
pub(crate) static PS256: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Ps256));
pub(crate) static EDDSA: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::EdDsa));
/// Somebody else.
pub(crate) static STRANGER: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Es256));

pub(crate) fn all() -> [&'static Mint; 4] {
    [&ES256, &RS256, &PS256, &EDDSA]
}

/// A token of these claims whose header names the key.
pub(crate) fn token(mint: &Mint, typ: &str, claims: &Value) -> String {
    mint.with_header(&format!(r#","typ":"{typ}""#), claims.to_string())
}

/// Claims with some changed, added, or (with null) taken away.
pub(crate) fn changed(mut claims: Value, changes: Value) -> Value {
    let (Some(members), Value::Object(changes)) = (claims.as_object_mut(), changes) else {
        panic!("objects")
    };
    for (name, value) in changes {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    claims
}
