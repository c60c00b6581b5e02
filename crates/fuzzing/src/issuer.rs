//! An issuer whose private keys were thrown away: nobody can sign in its name any more, so that whatever is
//! accepted and is neither [`TOKEN`] nor [`ELLIPTIC`] was let in by mistake.

use std::sync::LazyLock;

use jose::{Algorithm, KeySet};
use model::{Hcid, Timestamp};
use token::Expectations;

/// Its token of a synthetic patient, signed with RS256.
pub const TOKEN: &str = include_str!("../seeds/token/rs256.txt");

/// The same claims, signed with ES256.
pub const ELLIPTIC: &str = include_str!("../seeds/token/es256.txt");

/// Its keys, as it published them.
pub const KEYS: &str = include_str!("../seeds/jwks/issuer.json");

/// Its keys.
#[expect(clippy::expect_used, reason = "the file is part of this crate")]
pub static KEY_SET: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::from_json(KEYS.as_bytes()).expect("a key set"));

/// Whom its token is for.
#[expect(clippy::expect_used, reason = "the text is part of this crate")]
pub static AUDIENCE: LazyLock<Hcid> =
    LazyLock::new(|| Hcid::parse("2.16.840.1.113883.3.7204.9").expect("an HCID"));

/// What its token is measured against, at a time when it was valid.
pub fn expectations() -> Expectations<'static> {
    const ISSUER: &str = "https://csp.example/authenticate/oidc";
    const NOW: Timestamp = Timestamp::from_seconds(1_768_899_173);
    Expectations::new(ISSUER, &[Algorithm::Rs256], NOW)
}

/// Whether `text` begins with what was signed: header and payload of one of its tokens.
pub fn signed(text: &str) -> bool {
    fn input(token: &str) -> Option<&str> {
        token.rsplit_once('.').map(|(input, _)| input)
    }
    [TOKEN, ELLIPTIC].iter().any(|token| input(text) == input(token))
}
