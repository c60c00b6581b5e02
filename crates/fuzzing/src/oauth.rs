//! The authorization server's own JWTs, and the parameters beside them.
//!
//! The private key of the seeds was thrown away: nobody can make another proof of that key, another assertion of
//! that client or another access token any more.

use std::sync::LazyLock;

use jose::{Compact, KeySet};
use model::{ClientProfile as Profile, Scope, Timestamp};
use oauth::assertion::{self, Unverified};
use oauth::{Thumbprint, access_token, dpop};
use serde_json::Value;

/// A proof for the token endpoint.
pub const PROOF: &str = include_str!("../seeds/oauth/proof.txt");
/// An assertion of the client `client`.
pub const ASSERTION: &str = include_str!("../seeds/oauth/assertion.txt");
/// An access token for that client.
pub const ACCESS_TOKEN: &str = include_str!("../seeds/oauth/access_token.txt");

/// The key that signed all three, as a key set.
#[expect(clippy::expect_used, reason = "the file is part of this crate")]
static KEYS: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::from_json(include_bytes!("../seeds/oauth/keys.json")).expect("a key set"));

#[expect(clippy::expect_used, reason = "the text is part of this crate")]
static ENDPOINT: LazyLock<dpop::Endpoint> =
    LazyLock::new(|| dpop::Endpoint::parse("https://as.example/oauth2/token").expect("an address"));

const ISSUER: &str = "https://as.example";
const NOW: Timestamp = Timestamp::from_seconds(1_768_899_173);

/// What becomes of a text as a proof.
pub fn prove(text: &str) -> Result<dpop::Proof, dpop::Reject> {
    dpop::verify(text, &dpop::Expectations::new("POST", &ENDPOINT, Profile::Byoi, NOW))
}

/// What becomes of a text as a client assertion.
pub fn authenticate(text: &str) -> Result<assertion::Verified, assertion::Reject> {
    let compact = Compact::parse(text)?;
    let unverified = Unverified::read(&compact)?;
    let endpoints = [ENDPOINT.as_str()];
    let expected = assertion::Expectations::new("client", Profile::Byoi, ISSUER, &endpoints, NOW);
    assertion::verify(&unverified, &KEYS, &expected)
}

/// What becomes of a text as an access token.
pub fn admit(text: &str) -> Result<access_token::Verified, access_token::Reject> {
    let expected = access_token::Expectations::new(ISSUER, &["https://rs.example/fhir"], NOW);
    access_token::verify(&Compact::parse(text)?, &KEYS, &expected)
}

/// What is a proof was signed as one, and is no other token.
///
/// # Panics
/// When that does not hold.
pub fn check_proof(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(proof) = prove(text) {
        assert!(signed(text, PROOF), "nobody signed this");
        assert_eq!(KEYS.keys().first().map(jose::VerifyingKey::thumbprint), Some(proof.jkt().as_str()));
        assert!(!proof.jti().is_empty() && proof.expires_at() > NOW);
        assert!(Compact::parse(text).is_err(), "a token that brings its key");
    }
}

/// What is an assertion was signed as one; whose it claims to be is what another reader finds.
///
/// # Panics
/// When that does not hold.
pub fn check_assertion(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(verified) = authenticate(text) {
        assert!(signed(text, ASSERTION), "nobody signed this");
        assert_eq!(verified.client_id(), "client");
    }
    let Ok(compact) = Compact::parse(text) else { return };
    if let Ok(unverified) = Unverified::read(&compact) {
        let claims: Value = serde_json::from_slice(compact.untrusted_payload()).unwrap_or_default();
        assert_eq!(claims["sub"].as_str(), Some(unverified.client_id()));
    }
}

/// What is an access token was signed as one.
///
/// # Panics
/// When that does not hold.
pub fn check_access_token(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(verified) = admit(text) {
        assert!(signed(text, ACCESS_TOKEN), "nobody signed this");
        assert!(verified.jkt().is_some());
        let claimed = Compact::parse(text).ok().and_then(|compact| access_token::claimed_id(&compact));
        assert_eq!(claimed.as_deref(), Some(verified.token_id()));
    }
}

/// Addresses, scopes and thumbprints read back as themselves from their normal form.
///
/// # Panics
/// When that does not hold.
pub fn check_parameters(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(address) = dpop::Endpoint::parse(text) {
        assert_eq!(dpop::Endpoint::parse(address.as_str()).as_ref(), Some(&address));
        assert!(!address.as_str().contains(['?', '#', ' ']));
    }
    if let Ok(scope) = Scope::parse(text) {
        assert_eq!(Scope::parse(scope.as_str()).as_ref(), Ok(&scope));
        assert!(text.split(' ').all(|name| scope.contains(name)));
        assert!(scope.names().all(|name| text.split(' ').any(|asked| asked == name)));
    }
    if let Some(thumbprint) = Thumbprint::parse(text) {
        assert_eq!(thumbprint.as_str(), text);
    }
}

/// Whether `text` begins with header and payload of what was signed.
fn signed(text: &str, seed: &str) -> bool {
    let input = |token: &str| token.rsplit_once('.').map(|(input, _)| input.to_owned());
    input(text).is_some() && input(text) == input(seed)
}
