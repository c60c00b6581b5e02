//! The keys of an issuer or of a client (RFC 7517 section 5).

use crate::json::{self, JsonFault, Value};
use crate::{Algorithm, KeyFault, VerifyingKey, jwk};

/// The largest key set read.
pub const MAX_BYTES: usize = 256 * 1024;
/// The most keys read from one set.
pub const MAX_KEYS: usize = 64;

/// The usable keys of one issuer or client. Keys are looked up within one set only, so that a key of one issuer
/// never vouches for another (RFC 8725 section 3.8).
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
    skipped: Vec<(usize, KeyFault)>,
    compromised: Vec<String>,
}

/// Why a document is not a key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksFault {
    /// More than [`MAX_BYTES`].
    #[error("the key set is larger than 256 KiB")]
    TooLarge,
    /// Not a strict JSON object: an HTML error page, for one.
    #[error("the key set cannot be read: {0}")]
    Json(JsonFault),
    /// No array `keys`.
    #[error("the document has no array of keys")]
    NoKeys,
    /// More than [`MAX_KEYS`].
    #[error("the key set has more than 64 keys")]
    TooManyKeys,
}

impl KeySet {
    /// Reads a JWK set document. A key that cannot be used is skipped and remembered with its reason;
    /// the others stay usable, and none at all is for the caller to judge. A key without an id cannot be used: an
    /// issuer's tokens name the key that signed them.
    pub fn from_json(document: &[u8]) -> Result<Self, JwksFault> {
        Self::read(document, jwk::read)
    }

    /// The same with the keys of a client, where a key may do without an id: what a client signs is judged by the
    /// one of its keys that fits ([`KeySet::only_for`]).
    pub fn of_client(document: &[u8]) -> Result<Self, JwksFault> {
        Self::read(document, jwk::read_registered)
    }

    fn read(
        document: &[u8],
        entry: impl Fn(&Value<'_>) -> Result<VerifyingKey, KeyFault>,
    ) -> Result<Self, JwksFault> {
        if document.len() > MAX_BYTES {
            return Err(JwksFault::TooLarge);
        }
        let document = json::parse_object(document, MAX_BYTES).map_err(JwksFault::Json)?;
        let entries = document.get("keys").and_then(Value::as_array).ok_or(JwksFault::NoKeys)?;
        if entries.len() > MAX_KEYS {
            return Err(JwksFault::TooManyKeys);
        }
        let mut skipped = Vec::new();
        let mut usable = Vec::new();
        let mut compromised = Vec::new();
        for (index, value) in entries.iter().enumerate() {
            match entry(value) {
                Ok(key) => usable.push((index, key)),
                Err(reason) => {
                    if reason == KeyFault::PrivateMembers {
                        compromised.extend(jwk::thumbprint_of_private(value));
                    }
                    skipped.push((index, reason));
                }
            }
        }
        // The same key may stand there once more, under another id or without its private half.
        usable.retain(|(index, key): &(usize, VerifyingKey)| {
            let shown = compromised.iter().any(|known: &String| known == key.thumbprint());
            if shown {
                skipped.push((*index, KeyFault::PrivateMembers));
            }
            !shown
        });
        let keys = without_duplicates(usable, &mut skipped);
        skipped.sort_unstable_by_key(|(index, _)| *index);
        Ok(Self { keys, skipped, compromised })
    }

    /// The set without the keys of these thumbprints.
    #[must_use]
    pub fn without(&self, thumbprints: &[String]) -> Self {
        let stays = |key: &&VerifyingKey| !thumbprints.iter().any(|gone| gone == key.thumbprint());
        Self {
            keys: self.keys.iter().filter(stays).cloned().collect(),
            skipped: self.skipped.clone(),
            compromised: self.compromised.clone(),
        }
    }

    /// The key of that id.
    pub fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.iter().find(|key| key.kid() == Some(kid))
    }

    /// The one key that is good for an algorithm, if there is but one.
    pub fn only_for(&self, algorithm: Algorithm) -> Option<&VerifyingKey> {
        let mut fitting = self.keys.iter().filter(|key| key.algorithms().any(|good| good == algorithm));
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// The usable keys, in the order of the document.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// The thumbprints of the keys of which this set shows the private half: nobody's signature any more, and not
    /// to be trusted from an earlier set either.
    pub fn compromised(&self) -> &[String] {
        &self.compromised
    }

    /// The keys that were left out: position in the document and reason.
    pub fn skipped(&self) -> &[(usize, KeyFault)] {
        &self.skipped
    }
}

/// Which of two keys with one id a token means is anyone's guess, so neither is used.
fn without_duplicates(
    usable: Vec<(usize, VerifyingKey)>,
    skipped: &mut Vec<(usize, KeyFault)>,
) -> Vec<VerifyingKey> {
    let ambiguous: Vec<bool> = usable
        .iter()
        .map(|(_, key)| {
            key.kid().is_some() && usable.iter().filter(|(_, other)| other.kid() == key.kid()).count() > 1
        })
        .collect();
    let mut keys = Vec::with_capacity(usable.len());
    for ((index, key), ambiguous) in usable.into_iter().zip(ambiguous) {
        if ambiguous {
            skipped.push((index, KeyFault::DuplicateKeyId));
        } else {
            keys.push(key);
        }
    }
    keys
}
