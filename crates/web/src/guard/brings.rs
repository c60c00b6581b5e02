//! What a call brings to prove whose it is, read for the limits alone: whether it stands is judged elsewhere.

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use jose::Compact;
use oauth::assertion::Unverified;

use super::Area;
use crate::address::Network;
use crate::limits::{Brought, Limiter};
use crate::request::{ClientProof, Credentials, access_token};

/// How a private key begins, which may come as a token.
const PRIVATE_KEY: &str = "private_";

/// In its headers: a key or a token, or the cookie of the operator's session.
pub(super) fn in_headers(
    limiter: &Limiter,
    from: Network,
    area: Area,
    headers: &HeaderMap,
) -> Option<Brought> {
    match area {
        Area::OAuth | Area::Bridge if headers.contains_key(AUTHORIZATION) => {
            Some(authorization(limiter, from, headers))
        }
        Area::Page => {
            let cookie = headers.get(COOKIE).map(HeaderValue::as_bytes)?;
            Some(limiter.token(from, &String::from_utf8_lossy(cookie)))
        }
        _ => None,
    }
}

/// What cannot be read is somebody's wrong key.
fn authorization(limiter: &Limiter, from: Network, headers: &HeaderMap) -> Brought {
    match access_token(headers) {
        Some((key, _)) if key.expose().starts_with(PRIVATE_KEY) => limiter.key(from, "", key.expose()),
        Some((token, _)) => limiter.token(from, token.expose()),
        None => match Credentials::basic(headers) {
            Ok(Credentials { id, secret }) => limiter.key(from, &id, secret.expose()),
            Err(_) => limiter.key(from, "", ""),
        },
    }
}

/// In its form.
pub(super) fn in_form(limiter: &Limiter, from: Network, proof: &ClientProof<'_>) -> Brought {
    match proof {
        ClientProof::Secret { id, secret } => limiter.key(from, id, secret.expose()),
        ClientProof::Assertion { text, .. } => limiter.assertion(from, &claimed(text).unwrap_or_default()),
    }
}

/// The client that an assertion claims to come from.
fn claimed(assertion: &str) -> Option<String> {
    let compact = Compact::parse(assertion).ok()?;
    Some(Unverified::read(&compact).ok()?.client_id().to_owned())
}
