//! Forms and queries, read strictly: a repeated parameter is an error (RFC 6749 3.1), an empty one counts
//! as left out, and nothing is taken from another content type.

use std::borrow::Cow;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use memchr::{memchr_iter, memchr2};

use super::body::{self, BodyFault};

/// A longer form is refused before it is read to its end.
const MAX_FORM: usize = 64 * 1024;
/// More parameters than this are nobody's.
const MAX_FIELDS: usize = 64;

/// Parameters by name, each at most once. There are few, so that they are found by looking at each. No printing
/// `Debug`: they carry tokens and codes.
#[derive(Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// A parameter that was given and is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter, or the empty text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All values of a checkbox group, whose names are `name.value`.
    pub(crate) fn checked<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |(name, _)| name.strip_prefix(group)?.strip_prefix('.'))
    }

    fn read(encoded: &[u8]) -> Result<Self, FormFault> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut start = 0;
        for end in memchr_iter(b'&', encoded).chain([encoded.len()]) {
            let pair = encoded.get(start..end).and_then(read_pair);
            start = end + 1;
            let Some((name, value)) = pair else { continue };
            if fields.len() == MAX_FIELDS {
                return Err(FormFault::TooManyFields);
            }
            if name.contains('\0') || value.contains('\0') {
                return Err(FormFault::Nul(printable(&name)));
            }
            if fields.iter().any(|(known, _)| *known == name) {
                return Err(FormFault::Repeated(printable(&name)));
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(fields))
    }
}

/// Reads a parameter. A token, the longest there is, stands for itself: decoding it byte by byte would only cost time.
fn read_pair(pair: &[u8]) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let is_plain = memchr2(b'%', b'+', pair).is_none();
    match str::from_utf8(pair) {
        Ok(pair) if is_plain && !pair.is_empty() => {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((name.into(), value.into()))
        }
        _ => form_urlencoded::parse(pair).next(),
    }
}

/// Why a form or query was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormFault {
    #[error("the content type must be application/x-www-form-urlencoded")]
    ContentType,
    #[error("the body is too long")]
    TooLong,
    #[error("the body broke off")]
    BrokeOff,
    #[error("the parameter {0} is repeated")]
    Repeated(String),
    #[error("there are more than {MAX_FIELDS} parameters")]
    TooManyFields,
    /// Nobody means it, and not every store can keep it.
    #[error("the parameter {0} holds a NUL character")]
    Nul(String),
}

impl FormFault {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BrokeOff | Self::Repeated(_) | Self::TooManyFields | Self::Nul(_) => {
                StatusCode::BAD_REQUEST
            }
        }
    }
}

/// For handlers that have no error form of their own.
impl IntoResponse for FormFault {
    fn into_response(self) -> Response {
        (self.status(), format!("{self}\n")).into_response()
    }
}

/// A form body.
pub(crate) struct Form(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = FormFault;

    async fn from_request(request: Request, _: &S) -> Result<Self, FormFault> {
        if !body::is_of_type(request.headers(), "application/x-www-form-urlencoded") {
            return Err(FormFault::ContentType);
        }
        let body = body::read(request, MAX_FORM).await.map_err(|fault| match fault {
            BodyFault::TooLong => FormFault::TooLong,
            BodyFault::BrokeOff => FormFault::BrokeOff,
        })?;
        Fields::read(&body).map(Self)
    }
}

/// The query of a URL.
pub(crate) struct Query(pub(crate) Fields);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = FormFault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, FormFault> {
        Fields::read(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}

/// A stranger's parameter name, short and harmless.
fn printable(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_parameter_is_named() {
        let fault = Fields::read(b"scope=openid&idp=x&scope=openid").map(drop);
        assert_eq!(fault, Err(FormFault::Repeated("scope".to_owned())));
    }

    #[test]
    fn an_empty_parameter_counts_as_left_out() {
        let fields = Fields::read(b"a=&b=1+2%26").expect("read");
        assert_eq!((fields.get("a"), fields.get("b"), fields.get("c")), (None, Some("1 2&"), None));
    }

    #[test]
    fn what_stands_between_two_ampersands_is_a_parameter() {
        for (text, read) in [
            (&b""[..], &[][..]),
            (b"&", &[]),
            (b"&&a=1&", &[("a", "1")]),
            (b"a=1&b", &[("a", "1"), ("b", "")]),
            (b"a=b=c&=d", &[("a", "b=c"), ("", "d")]),
            (b"a=%26&b=+", &[("a", "&"), ("b", " ")]),
            (b"a=\xff", &[("a", "\u{fffd}")]),
        ] {
            let Fields(fields) = Fields::read(text).expect("read");
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(fields, read, "{}", text.escape_ascii());
        }
        assert_eq!(Fields::read(b"a=1&%61=2").map(drop), Err(FormFault::Repeated("a".to_owned())));
    }

    #[test]
    fn a_flood_of_parameters_is_refused() {
        let many = |many| (0..many).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&&");
        assert_eq!(Fields::read(many(MAX_FIELDS).as_bytes()).map(drop), Ok(()));
        assert_eq!(Fields::read(many(MAX_FIELDS + 1).as_bytes()).map(drop), Err(FormFault::TooManyFields));
    }

    #[test]
    fn a_nul_is_refused_in_names_and_values() {
        for text in [&b"a=1&state=%00"[..], b"a=1&state=x%00y", b"state%00=x", b"state=\0"] {
            assert_eq!(Fields::read(text).map(drop), Err(FormFault::Nul("state".to_owned())));
        }
    }
}
