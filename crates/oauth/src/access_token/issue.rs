//! Making an access token: the claims are written once, as they are signed.

use std::time::Duration;

use aws_lc_rs::rand::SecureRandom;
use jose::{SigningFault, SigningKey};
use model::{Scope, Timestamp};
use serde_json::to_writer;

use super::TYPE;
use crate::Thumbprint;

/// Everything that goes into an access token (RFC 9068 section 2.2).
#[derive(Clone, Copy, Debug)]
pub struct Issuance<'a> {
    /// `iss`
    pub issuer: &'a str,
    /// `aud`: the resource servers it is for, one at least; a token for nobody is refused by everybody.
    pub audience: &'a [&'a str],
    /// `sub`: the person, or the client itself where no person is involved.
    pub subject: &'a str,
    /// `client_id`
    pub client_id: &'a str,
    /// `iat`
    pub issued_at: Timestamp,
    /// From `iat` to `exp`.
    pub life: Duration,
    /// `jti`
    pub token_id: &'a str,
    /// `scope`; left out when there is none.
    pub scope: &'a Scope,
    /// `cnf.jkt`: the key whose holder alone may use it (RFC 9449 section 6.1).
    pub jkt: Option<&'a Thumbprint>,
    /// `auth_time`: when the person was authenticated.
    pub auth_time: Option<Timestamp>,
}

/// Makes an access token.
pub fn issue(
    issuance: &Issuance<'_>,
    key: &SigningKey,
    random: &dyn SecureRandom,
) -> Result<String, SigningFault> {
    key.sign(TYPE, &claims(issuance), random)
}

fn claims(issuance: &Issuance<'_>) -> Vec<u8> {
    let mut claims = Claims(Vec::with_capacity(512));
    claims.text("iss", issuance.issuer);
    match issuance.audience {
        [only] => claims.text("aud", only),
        several => claims.texts("aud", several),
    }
    claims.text("sub", issuance.subject);
    claims.text("client_id", issuance.client_id);
    claims.number("iat", issuance.issued_at.seconds());
    claims.number("exp", issuance.issued_at.plus(issuance.life).seconds());
    claims.text("jti", issuance.token_id);
    if !issuance.scope.is_none() {
        claims.text("scope", issuance.scope.as_str());
    }
    if let Some(jkt) = issuance.jkt {
        claims.name("cnf");
        claims.0.extend_from_slice(br#"{"jkt":"#);
        claims.value(jkt.as_str());
        claims.0.push(b'}');
    }
    if let Some(auth_time) = issuance.auth_time {
        claims.number("auth_time", auth_time.seconds());
    }
    claims.0.push(b'}');
    claims.0
}

/// A JSON object as it is written.
struct Claims(Vec<u8>);

impl Claims {
    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.value(text);
    }

    fn texts(&mut self, name: &str, texts: &[&str]) {
        self.name(name);
        // Writing to memory cannot fail.
        let _ = to_writer(&mut self.0, texts);
    }

    fn number(&mut self, name: &str, number: i64) {
        self.name(name);
        let _ = to_writer(&mut self.0, &number);
    }

    /// `name` is one of ours and needs no escaping.
    fn name(&mut self, name: &str) {
        self.0.extend_from_slice(if self.0.is_empty() { b"{\"" } else { b",\"" });
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn value(&mut self, text: &str) {
        let _ = to_writer(&mut self.0, text);
    }
}
