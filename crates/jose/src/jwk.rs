//! One JSON Web Key (RFC 7517), as issuers publish it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::compact::key_id;
use crate::json::{Object, Value};
use crate::{Algorithm, KeyFault, VerifyingKey};

/// Reads one entry of a key set into a key that verifies signatures.
pub(crate) fn read(entry: &Value<'_>) -> Result<VerifyingKey, KeyFault> {
    let jwk = entry.as_object().ok_or(KeyFault::NotAnObject)?;
    let kty = jwk.get("kty").and_then(Value::as_str).ok_or(KeyFault::KeyType)?;
    if !matches!(kty, "RSA" | "EC") {
        return Err(KeyFault::KeyType);
    }
    for name in PRIVATE {
        if jwk.get(name).is_some() {
            return Err(KeyFault::PrivateMembers);
        }
    }
    if jwk.get("use").is_some_and(|usage| usage.as_str() != Some("sig")) {
        return Err(KeyFault::Use);
    }
    if jwk.get("key_ops").is_some_and(|operations| !lists_verify(operations)) {
        return Err(KeyFault::KeyOperations);
    }
    let kid = key_id(jwk.get("kid").ok_or(KeyFault::NoKeyId)?).ok_or(KeyFault::KeyId)?;
    let algorithm = jwk.get("alg").map(|alg| algorithm(alg).ok_or(KeyFault::Algorithm)).transpose()?;
    let mut key = if kty == "RSA" { rsa(jwk)? } else { elliptic(jwk)? };
    if let Some(algorithm) = algorithm {
        key = key.only(algorithm)?;
    }
    Ok(key.with_kid(kid))
}

/// The thumbprint of the key of which an entry shows the private half, if its public half can be read.
pub(crate) fn thumbprint_of_private(entry: &Value<'_>) -> Option<String> {
    let jwk = entry.as_object()?;
    let key = if jwk.get("kty").and_then(Value::as_str) == Some("RSA") { rsa(jwk) } else { elliptic(jwk) };
    key.ok().map(|key| key.thumbprint().to_owned())
}

/// Members of a private or shared key (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn rsa(jwk: &Object<'_>) -> Result<VerifyingKey, KeyFault> {
    VerifyingKey::rsa(&number(jwk, "n")?, &number(jwk, "e")?)
}

fn elliptic(jwk: &Object<'_>) -> Result<VerifyingKey, KeyFault> {
    let (x, y) = (number(jwk, "x")?, number(jwk, "y")?);
    match jwk.get("crv").and_then(Value::as_str) {
        Some("P-256") => VerifyingKey::p256(&x, &y),
        Some("P-384") => VerifyingKey::p384(&x, &y),
        _ => Err(KeyFault::Curve),
    }
}

/// The bytes of one member. Some issuers publish standard base64 with line breaks. That is tolerated in
/// keys, which come from the issuer's own server over TLS, and in nothing else.
fn number(jwk: &Object<'_>, name: &str) -> Result<Vec<u8>, KeyFault> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or(KeyFault::Member)?;
    URL_SAFE_NO_PAD.decode(&*url_safe(text)).map_err(|_| KeyFault::Member)
}

fn url_safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Cow::Borrowed(text);
    }
    let visible = text.chars().filter(|character| !character.is_ascii_whitespace());
    let swapped: String = visible
        .map(|character| match character {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    Cow::Owned(swapped.trim_end_matches('=').to_owned())
}

fn lists_verify(operations: &Value<'_>) -> bool {
    operations
        .as_array()
        .is_some_and(|list| list.iter().any(|operation| operation.as_str() == Some("verify")))
}

fn algorithm(value: &Value<'_>) -> Option<Algorithm> {
    value.as_str().and_then(Algorithm::from_name)
}
