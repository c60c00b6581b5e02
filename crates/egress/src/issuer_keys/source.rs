//! Where an issuer's keys come from: OpenID Connect Discovery and its JWKS, unless the operator says otherwise.

use std::pin::Pin;
use std::sync::Arc;

use jose::KeySet;
use jose::json::{self, Value};
use model::Timestamp;
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
        let body = document(client, url).await.map_err(failed)?;
        let keys = KeySet::from_json(&body).map_err(|error| failed(error.to_string()))?;
        for (position, reason) in keys.skipped() {
            tracing::warn!(issuer, position, %reason, "a key of an issuer cannot be used");
        }
        Ok(keys)
    }
}

async fn jwks_uri(client: &Client, issuer: &str) -> Result<String, KeysUnavailable> {
    let failed = |why: String| KeysUnavailable::Discovery { issuer: issuer.to_owned(), why };
    let body =
        document(client, &format!("{issuer}/.well-known/openid-configuration")).await.map_err(failed)?;
    let document = json::parse_object(&body, MAX_BYTES)
        .map_err(|fault| failed(format!("it is not strict JSON: {fault}")))?;
    let text = |name| {
        let member = document.get(name).and_then(Value::as_str);
        member.ok_or_else(|| failed(format!("it names no {name}")))
    };
    let (named, jwks_uri) = (text("issuer")?, text("jwks_uri")?);
    if named != issuer {
        return Err(KeysUnavailable::ForeignDocument(issuer.to_owned()));
    }
    let origin = |text: &str| Url::parse(text).ok().and_then(|url| Origin::of(&url));
    if origin(issuer).is_none() || origin(issuer) != origin(jwks_uri) {
        return Err(KeysUnavailable::ForeignKeys(issuer.to_owned()));
    }
    Ok(jwks_uri.to_owned())
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
