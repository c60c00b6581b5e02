//! Where an issuer's keys come from: OpenID Connect Discovery and its JWKS, unless the operator says otherwise.

use std::sync::Arc;

use jose::KeySet;
use jose::json::{self, Object, Value};
use url::Url;

use crate::client::{Client, Request};
use crate::origin::Origin;

/// The largest document read.
const MAX_BYTES: usize = 256 * 1024;

/// Where an issuer's keys come from.
#[derive(Clone, Debug, Default)]
pub enum KeySource {
    /// From the `jwks_uri` of its discovery document, which must be on the issuer's own origin.
    #[default]
    Discovery,
    /// From this URL, which the operator names.
    JwksUri(String),
    /// Nowhere: these are its keys, which the operator brought.
    Pinned(Arc<KeySet>),
}

/// Why there are no keys to judge with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysUnavailable {
    /// The discovery document did not arrive or is not one.
    #[error("the discovery document of {issuer} cannot be had: {why}")]
    Discovery {
        /// The issuer.
        issuer: String,
        /// What went wrong.
        why: String,
    },
    /// The discovery document speaks for another issuer (OpenID Connect Discovery 4.3).
    #[error("the discovery document of {0} names another issuer")]
    ForeignDocument(String),
    /// The keys would come from another origin than the issuer's.
    #[error("the discovery document of {0} points to keys on another origin")]
    ForeignKeys(String),
    /// The JWKS did not arrive or holds no usable key.
    #[error("the keys of {issuer} cannot be had: {why}")]
    Keys {
        /// The issuer.
        issuer: String,
        /// What went wrong.
        why: String,
    },
}

/// What is read of a discovery document (OpenID Connect Discovery 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// Whom it speaks for.
    pub issuer: String,
    /// Where it says that the keys are.
    pub jwks_uri: String,
}

impl Discovery {
    /// Of the members of a document; the name of the one that is missing or is no text.
    pub fn of(document: &Object<'_>) -> Result<Self, &'static str> {
        let text = |name| document.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(name);
        Ok(Self { issuer: text("issuer")?, jwks_uri: text("jwks_uri")? })
    }

    /// Whether it speaks for `issuer`, byte for byte (OpenID Connect Discovery 4.3).
    pub fn speaks_for(&self, issuer: &str) -> bool {
        self.issuer == issuer
    }

    /// Whether the keys are on the origin of `issuer`.
    pub fn has_keys_at_home(&self, issuer: &str) -> bool {
        let origin = |text: &str| Url::parse(text).ok().and_then(|url| Origin::of(&url));
        origin(issuer).is_some() && origin(issuer) == origin(&self.jwks_uri)
    }
}

impl KeySource {
    /// Fetches the keys of `issuer`; a set without a usable key is none.
    pub(super) async fn fetch(&self, client: &Client, issuer: &str) -> Result<KeySet, KeysUnavailable> {
        let failed = |why: String| KeysUnavailable::Keys { issuer: issuer.to_owned(), why };
        let discovered;
        let url = match self {
            Self::Pinned(keys) => return Ok(KeySet::clone(keys)),
            Self::JwksUri(url) => url,
            Self::Discovery => {
                discovered = jwks_uri(client, issuer).await?;
                &discovered
            }
        };
        let body = document(client, url).await.map_err(failed)?;
        let keys = KeySet::from_json(&body).map_err(|error| failed(error.to_string()))?;
        for (position, reason) in keys.skipped() {
            tracing::warn!(issuer, position, %reason, "a key of an issuer cannot be used");
        }
        if keys.keys().is_empty() { Err(failed("it holds no usable key".to_owned())) } else { Ok(keys) }
    }
}

async fn jwks_uri(client: &Client, issuer: &str) -> Result<String, KeysUnavailable> {
    let failed = |why: String| KeysUnavailable::Discovery { issuer: issuer.to_owned(), why };
    let body =
        document(client, &format!("{issuer}/.well-known/openid-configuration")).await.map_err(failed)?;
    let document = json::parse_object(&body, MAX_BYTES)
        .map_err(|fault| failed(format!("it is not strict JSON: {fault}")))?;
    let document = Discovery::of(&document).map_err(|name| failed(format!("it names no {name}")))?;
    if !document.speaks_for(issuer) {
        return Err(KeysUnavailable::ForeignDocument(issuer.to_owned()));
    }
    if !document.has_keys_at_home(issuer) {
        return Err(KeysUnavailable::ForeignKeys(issuer.to_owned()));
    }
    Ok(document.jwks_uri)
}

async fn document(client: &Client, url: &str) -> Result<bytes::Bytes, String> {
    let request = Request::get(url).at_most(MAX_BYTES).header("accept", "application/json");
    let answer = client.fetch(request).await.map_err(|error| error.to_string())?;
    if answer.status.is_success() {
        Ok(answer.body)
    } else {
        Err(format!("status {}", answer.status.as_u16()))
    }
}
