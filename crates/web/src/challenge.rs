//! What is missing for a request to be answered: `WWW-Authenticate` (RFC 6750 section 3, RFC 9449 section 7.1).

use std::borrow::Cow;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use identity::dpop;
use identity::session::Refusal;

/// What a 401 asks for.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    text: Cow<'static, str>,
    nonce: Option<String>,
}

impl Challenge {
    /// Client credentials.
    pub(crate) const BASIC: Self = Self::of("Basic realm=\"OpenIAS\", charset=\"UTF-8\"");
    /// Another bearer token. Not Basic: a browser would ask the patient for a password.
    pub(crate) const BEARER: Self = Self::of("Bearer realm=\"OpenIAS\", error=\"invalid_token\"");

    /// What this says.
    pub(crate) const fn of(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), nonce: None }
    }

    /// An access token, by either scheme.
    pub(crate) fn token() -> Self {
        Self { text: format!("Bearer, DPoP algs=\"{}\"", algorithms()).into(), nonce: None }
    }

    /// Something better than a token that was refused, and that came with a proof or without.
    pub(crate) fn after(refusal: &Refusal, by_proof: bool) -> Self {
        let (error, nonce) = match refusal {
            Refusal::Dpop(dpop::Refusal::Nonce(nonce)) => ("use_dpop_nonce", Some(nonce.clone())),
            Refusal::Dpop(_) => ("invalid_dpop_proof", None),
            _ if by_proof => ("invalid_token", None),
            _ => return Self::BEARER,
        };
        Self { text: format!("DPoP error=\"{error}\", algs=\"{}\"", algorithms()).into(), nonce }
    }

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.text) {
            headers.insert(WWW_AUTHENTICATE, value);
        }
        if let Some(nonce) = &self.nonce {
            write_nonce(nonce, headers);
        }
    }
}

/// The nonce that the next proof has to hold (RFC 9449 section 8).
pub(crate) fn write_nonce(nonce: &str, headers: &mut HeaderMap) {
    if let Ok(value) = HeaderValue::from_str(nonce) {
        headers.insert(HeaderName::from_static("dpop-nonce"), value);
    }
}

fn algorithms() -> String {
    dpop::ALGORITHMS.iter().flat_map(|algorithm| algorithm.names()).collect::<Vec<_>>().join(" ")
}
