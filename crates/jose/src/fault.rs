//! Why a signed message was refused.

use crate::json::JsonFault;

/// The first thing found wrong with a compact JWS. Names the rule, never the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Longer than [`crate::compact::MAX_BYTES`].
    #[error("the token is longer than 16 KiB")]
    TooLong,
    /// Begins with `{`: one of the JSON serialisations of RFC 7515 section 7.2.
    #[error("the token is in a JSON serialisation; only the compact one is read")]
    JsonSerialization,
    /// Five segments: a JWE. Never decrypted on a guess (RFC 8725 section 2.3).
    #[error("the token is encrypted; only signed tokens are read")]
    Encrypted,
    /// Not three segments, or one of them is empty.
    #[error("the token does not have three segments")]
    Segments,
    /// A segment is not base64url without padding, in its one canonical spelling (RFC 7515 section 2).
    #[error("a segment of the token is not strict base64url")]
    Base64url,
    /// The header is not a strict JSON object.
    #[error("the token's header cannot be read: {0}")]
    Header(JsonFault),
    /// `alg` is missing or not a string.
    #[error("the token's header names no algorithm")]
    NoAlgorithm,
    /// `alg` is not among those allowed here.
    #[error("the token's algorithm is not allowed")]
    Algorithm,
    /// `kid` is not a string of 1 to 256 characters.
    #[error("the token's key id is not a short string")]
    KeyId,
    /// `typ` is not a string.
    #[error("the token's type is not a string")]
    Type,
    /// `crit`: no extension is understood here (RFC 7515 section 4.1.11).
    #[error("the token demands an extension (crit)")]
    Critical,
    /// `b64`: unencoded payloads (RFC 7797).
    #[error("the token says how its payload is encoded (b64)")]
    Unencoded,
    /// `zip`: compressed content.
    #[error("the token is compressed (zip)")]
    Compressed,
    /// `jku`: a key set of the sender's choosing (RFC 8725 section 3.10).
    #[error("the token points at a key set of its own (jku)")]
    RemoteKeySet,
    /// `x5u`: a certificate of the sender's choosing.
    #[error("the token points at a certificate of its own (x5u)")]
    RemoteCertificate,
    /// `jwk`: a key of the sender's choosing (CVE-2018-0114).
    #[error("the token brings a key of its own (jwk)")]
    EmbeddedKey,
    /// `enc`: the header of a JWE.
    #[error("the token's header is that of an encrypted one (enc)")]
    ContentEncryption,
    /// `cty` says that the payload is another token (RFC 7519 section 5.2).
    #[error("the token holds another token (cty)")]
    Nested,
    /// No `kid`, so no key can be chosen.
    #[error("the token names no key")]
    NoKeyId,
    /// The key set has no usable key of that `kid`.
    #[error("no key of that id is known for this issuer")]
    UnknownKey,
    /// The key is of another type than `alg` needs, or is bound to another algorithm.
    #[error("the token's algorithm does not fit its key")]
    KeyType,
    /// The signature is not that key's signature of this content.
    #[error("the token's signature is wrong")]
    Signature,
    /// The signature is right, but the payload is not a strict JSON object.
    #[error("the token's payload cannot be read: {0}")]
    Payload(JsonFault),
}
