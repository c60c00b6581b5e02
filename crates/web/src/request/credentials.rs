//! Client credentials as requests carry them.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Busy, Secret};

/// An id and a secret from `Authorization: Basic`, unchecked. The secret is wiped on drop.
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// Why there are no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CredentialsFault {
    #[error("there are no client credentials")]
    Missing,
    #[error("there is more than one Authorization header, or credentials in two places")]
    Doubled,
    #[error("the Authorization header is not HTTP Basic")]
    NotBasic,
    #[error("the Basic credentials cannot be read")]
    Malformed,
    #[error("client_assertion_type is missing or unknown")]
    AssertionType,
    #[error(transparent)]
    Busy(#[from] Busy),
}

impl Credentials {
    /// Reads HTTP Basic. The first colon divides: private keys may hold more (RFC 7617 2).
    pub(crate) fn basic(headers: &HeaderMap) -> Result<Self, CredentialsFault> {
        let value = single_authorization(headers)?;
        let encoded = strip_scheme(value, "basic").ok_or(CredentialsFault::NotBasic)?;
        let decoded = STANDARD.decode(encoded).map_err(|_| CredentialsFault::Malformed)?;
        let text = String::from_utf8(decoded).map_err(|_| CredentialsFault::Malformed)?;
        let (id, secret) = text.split_once(':').ok_or(CredentialsFault::Malformed)?;
        let (id, secret) = (decode(id), Secret::new(decode(secret)));
        // Not every store can look for one.
        if id.contains('\0') { Err(CredentialsFault::Malformed) } else { Ok(Self { id, secret }) }
    }
}

/// RFC 6749 2.3.1 has both halves form-encoded, and some clients encode even what needs none. Our own ids
/// and keys need none, so text without a mark of the encoding is taken as it stands.
fn decode(half: &str) -> String {
    let encoded = half.contains(['%', '+']) && !half.contains(['&', '=']);
    let decoded = encoded.then(|| form_urlencoded::parse(half.as_bytes()).next()).flatten();
    decoded.map_or_else(|| half.to_owned(), |(text, _)| text.into_owned())
}

/// The token of `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let token = strip_scheme(single_authorization(headers).ok()?, "bearer")?;
    Some(Secret::new(token.to_owned()))
}

/// The token of `Authorization: Bearer` or `Authorization: DPoP` (RFC 9449 section 7.1), and whether it is the latter.
pub(crate) fn access_token(headers: &HeaderMap) -> Option<(Secret, bool)> {
    let value = single_authorization(headers).ok()?;
    let (token, by_proof) = match strip_scheme(value, "bearer") {
        Some(token) => (token, false),
        None => (strip_scheme(value, "dpop")?, true),
    };
    Some((Secret::new(token.to_owned()), by_proof))
}

fn single_authorization(headers: &HeaderMap) -> Result<&str, CredentialsFault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let first = values.next().ok_or(CredentialsFault::Missing)?;
    if values.next().is_some() {
        return Err(CredentialsFault::Doubled);
    }
    first.to_str().map_err(|_| CredentialsFault::Malformed)
}

fn strip_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (given, rest) = value.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_str(value).expect("a header"))).collect()
    }

    #[test]
    fn t1_the_first_colon_divides() {
        let value = format!("basic {}", STANDARD.encode("public:a:b"));
        let read = Credentials::basic(&headers(&[&value])).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((read.id.as_str(), read.secret.expose()), ("public", "a:b"));
    }

    #[test]
    fn t1_halves_may_be_form_encoded() {
        for (given, id, secret) in [
            ("env%5Fa%2Eatoc%5Fb:s%2Dt_u", "env_a.atoc_b", "s-t_u"),
            ("env_a.atoc_b:s-t_u", "env_a.atoc_b", "s-t_u"),
            ("a%zz:key=%41", "a%zz", "key=%41"),
        ] {
            let value = format!("Basic {}", STANDARD.encode(given));
            let read = Credentials::basic(&headers(&[&value])).unwrap_or_else(|fault| panic!("{fault}"));
            assert_eq!((read.id.as_str(), read.secret.expose()), (id, secret));
        }
    }

    #[test]
    fn what_is_not_one_basic_header_is_named() {
        let basic = format!("Basic {}", STANDARD.encode("a:b"));
        let [nul, encoded_nul] = ["a\0:b", "a%00:b"].map(|text| format!("Basic {}", STANDARD.encode(text)));
        let no_colon = format!("Basic {}", STANDARD.encode("ab"));
        for (values, fault) in [
            (&[][..], CredentialsFault::Missing),
            (&[basic.as_str(), basic.as_str()][..], CredentialsFault::Doubled),
            (&["Bearer x"][..], CredentialsFault::NotBasic),
            (&["Basic"][..], CredentialsFault::NotBasic),
            (&["Basic !!!"][..], CredentialsFault::Malformed),
            (&[no_colon.as_str()][..], CredentialsFault::Malformed),
            (&[nul.as_str()][..], CredentialsFault::Malformed),
            (&[encoded_nul.as_str()][..], CredentialsFault::Malformed),
        ] {
            assert_eq!(Credentials::basic(&headers(values)).map(drop), Err(fault), "{values:?}");
        }
    }
}
