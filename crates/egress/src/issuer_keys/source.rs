//! Where an issuer's keys come from: OpenID Connect Discovery and its JWKS, unless the operator says otherwise.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use jose::KeySet;
use jose::json::{self, Object, Value};
use model::Timestamp;

use crate::client::{Client, EgressError, Request};
use crate::origin::Origin;

/// The largest document of an issuer that is read.
pub const MAX_DOCUMENT: usize = 256 * 1024;

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
    /// Nowhere: this process has them itself, and they may change.
    AtHand(Arc<dyn AtHand>),
}

/// The keys of an issuer that runs in this process.
pub trait AtHand: std::fmt::Debug + Send + Sync {
    /// Its published keys at `now`, to look for `kid` in; or why they cannot be had.
    fn keys<'a>(&'a self, kid: Option<&'a str>, now: Timestamp) -> KeysAtHand<'a>;
}

/// What [`AtHand::keys`] will say.
pub type KeysAtHand<'a> = Pin<Box<dyn Future<Output = Result<Arc<KeySet>, String>> + Send + 'a>>;

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

impl KeysUnavailable {
    /// A set without a usable key is none.
    pub(super) fn no_usable_key(issuer: &str) -> Self {
        Self::Keys { issuer: issuer.to_owned(), why: "it holds no usable key".to_owned() }
    }

    /// The fetch ended without saying how.
    pub(super) fn broke_off(issuer: &str) -> Self {
        Self::Keys { issuer: issuer.to_owned(), why: "the fetch broke off".to_owned() }
    }
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
        let own = Origin::of_url(issuer);
        own.is_some() && own == Origin::of_url(&self.jwks_uri)
    }
}

impl KeySource {
    /// The keys that need not be fetched, if it is such a source.
    pub(super) async fn at_hand(
        &self,
        issuer: &str,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Option<Result<Arc<KeySet>, KeysUnavailable>> {
        match self {
            Self::Pinned(keys) => Some(Ok(Arc::clone(keys))),
            Self::AtHand(source) => {
                let keys = source.keys(kid, now).await;
                Some(keys.map_err(|why| KeysUnavailable::Keys { issuer: issuer.to_owned(), why }))
            }
            Self::Discovery | Self::JwksUri(_) => None,
        }
    }

    /// Fetches the keys of `issuer`; there may be no usable one among them.
    pub(super) async fn fetch(&self, client: &Client, issuer: &str) -> Result<KeySet, KeysUnavailable> {
        let failed = |why: String| KeysUnavailable::Keys { issuer: issuer.to_owned(), why };
        let discovered;
        let url = match self {
            Self::JwksUri(url) => url,
            Self::Discovery | Self::Pinned(_) | Self::AtHand(_) => {
                discovered = jwks_uri(client, issuer).await?;
                &discovered
            }
        };
        let body = document(client, url).await.map_err(|fault| failed(fault.to_string()))?;
        let keys = KeySet::from_json(&body).map_err(|error| failed(error.to_string()))?;
        for (position, reason) in keys.skipped() {
            tracing::warn!(issuer, position, %reason, "a key of an issuer cannot be used");
        }
        Ok(keys)
    }
}

async fn jwks_uri(client: &Client, issuer: &str) -> Result<String, KeysUnavailable> {
    let failed = |why: String| KeysUnavailable::Discovery { issuer: issuer.to_owned(), why };
    let url = format!("{issuer}/.well-known/openid-configuration");
    let body = document(client, &url).await.map_err(|fault| failed(fault.to_string()))?;
    let document = json::parse_object(&body, MAX_DOCUMENT)
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

/// Why a document of an issuer cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// There was no whole answer.
    #[error(transparent)]
    NoAnswer(#[from] EgressError),
    /// The answer is another than the document; redirects are not followed.
    #[error("status {0}")]
    Status(u16),
    /// The answer is of another media type, whatever it holds: an error page, a login form, a download.
    #[error("it is not served as JSON")]
    NotJson,
}

/// Fetches a document that an issuer publishes: its discovery document or its keys, of at most [`MAX_DOCUMENT`]
/// bytes, as JSON.
pub async fn document(client: &Client, url: &str) -> Result<Bytes, DocumentFault> {
    let request = Request::get(url).at_most(MAX_DOCUMENT).header("accept", "application/json");
    let answer = client.fetch(request).await?;
    if !answer.status.is_success() {
        return Err(DocumentFault::Status(answer.status.as_u16()));
    }
    if is_json(&answer.headers) { Ok(answer.body) } else { Err(DocumentFault::NotJson) }
}

/// Or does not say what it is: then what it holds decides alone.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(named) = headers.get(CONTENT_TYPE) else { return true };
    let named = named.to_str().unwrap_or_default().to_ascii_lowercase();
    let media_type = named.split(';').next().unwrap_or_default().trim();
    media_type == "application/json" || media_type.ends_with("+json")
}
