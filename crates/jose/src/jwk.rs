//! One JSON Web Key (RFC 7517), as issuers publish it or as a proof brings it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::compact::key_id;
use crate::json::{Object, Value};
use crate::{Algorithm, KeyFault, VerifyingKey, key};

/// Reads one entry of an issuer's key set into a key that verifies signatures.
pub(crate) fn read(entry: &Value<'_>) -> Result<VerifyingKey, KeyFault> {
    read_from(entry, Source::Published)
}

/// Reads one entry of a client's key set, which may do without an id.
pub(crate) fn read_registered(entry: &Value<'_>) -> Result<VerifyingKey, KeyFault> {
    read_from(entry, Source::Registered)
}

/// Reads the key that a message brings, to verify that message alone, by that algorithm alone.
pub(crate) fn read_embedded(jwk: &Value<'_>, algorithm: Algorithm) -> Result<VerifyingKey, KeyFault> {
    read_from(jwk, Source::Embedded(algorithm))
}

/// Where a key comes from.
#[derive(Clone, Copy)]
enum Source {
    /// The issuer's own server, over TLS.
    Published,
    /// A client's registration, or the client's own server.
    Registered,
    /// The header of a message that is signed by this algorithm.
    Embedded(Algorithm),
}

fn read_from(entry: &Value<'_>, source: Source) -> Result<VerifyingKey, KeyFault> {
    let jwk = entry.as_object().ok_or(KeyFault::NotAnObject)?;
    let kty = jwk.get("kty").and_then(Value::as_str).ok_or(KeyFault::KeyType)?;
    if !matches!(kty, "RSA" | "EC" | "OKP") {
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
    let kid = jwk.get("kid").map(|kid| key_id(kid).ok_or(KeyFault::KeyId)).transpose()?;
    if kid.is_none() && matches!(source, Source::Published) {
        return Err(KeyFault::NoKeyId);
    }
    let bound = jwk.get("alg").map(|alg| algorithm(alg).ok_or(KeyFault::Algorithm)).transpose()?;
    let wanted = match (source, bound) {
        (Source::Embedded(used), None) => Some(used),
        (Source::Embedded(used), Some(bound)) if bound != used => return Err(KeyFault::Algorithm),
        (_, bound) => bound,
    };
    let mut key = public(jwk, kty, source, wanted)?;
    if let Some(algorithm) = wanted {
        key = key.only(algorithm)?;
    }
    Ok(match kid {
        Some(kid) => key.with_kid(kid),
        None => key,
    })
}

/// The thumbprint of the key of which an entry shows the private half, if its public half can be read.
pub(crate) fn thumbprint_of_private(entry: &Value<'_>) -> Option<String> {
    let jwk = entry.as_object()?;
    let kty = jwk.get("kty").and_then(Value::as_str)?;
    public(jwk, kty, Source::Published, None).ok().map(|key| key.thumbprint().to_owned())
}

/// Members of a private or shared key (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1; RFC 8037 section 2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn public(
    jwk: &Object<'_>,
    kty: &str,
    source: Source,
    wanted: Option<Algorithm>,
) -> Result<VerifyingKey, KeyFault> {
    match kty {
        "RSA" => rsa(jwk, source, wanted),
        "EC" => elliptic(jwk, source),
        _ => edwards(jwk, source),
    }
}

fn rsa(jwk: &Object<'_>, source: Source, wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyFault> {
    let (n, e) = (number(jwk, "n", source)?, number(jwk, "e", source)?);
    // One key in two spellings would have two thumbprints for those who hash it as it stands.
    if matches!(source, Source::Embedded(_)) && [&n, &e].iter().any(|number| number.first() == Some(&0)) {
        return Err(KeyFault::Member);
    }
    match wanted {
        Some(algorithm) if key::RSA.contains(&algorithm) => VerifyingKey::rsa_for(&[algorithm], &n, &e),
        Some(_) => Err(KeyFault::Algorithm),
        None => VerifyingKey::rsa(&n, &e),
    }
}

fn elliptic(jwk: &Object<'_>, source: Source) -> Result<VerifyingKey, KeyFault> {
    let (x, y) = (number(jwk, "x", source)?, number(jwk, "y", source)?);
    match jwk.get("crv").and_then(Value::as_str) {
        Some("P-256") => VerifyingKey::p256(&x, &y),
        Some("P-384") => VerifyingKey::p384(&x, &y),
        _ => Err(KeyFault::Curve),
    }
}

fn edwards(jwk: &Object<'_>, source: Source) -> Result<VerifyingKey, KeyFault> {
    match jwk.get("crv").and_then(Value::as_str) {
        Some("Ed25519") => VerifyingKey::ed25519(&number(jwk, "x", source)?),
        _ => Err(KeyFault::Curve),
    }
}

/// The bytes of one member. Some issuers publish standard base64 with line breaks. That is tolerated in
/// keys that come from the issuer's own server over TLS, and in nothing else.
fn number(jwk: &Object<'_>, name: &str, source: Source) -> Result<Vec<u8>, KeyFault> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or(KeyFault::Member)?;
    let text = match source {
        Source::Published | Source::Registered => url_safe(text),
        Source::Embedded(_) => Cow::Borrowed(text),
    };
    URL_SAFE_NO_PAD.decode(&*text).map_err(|_| KeyFault::Member)
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
