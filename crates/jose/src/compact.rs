//! The compact serialisation: three base64url segments and a header that may say little (RFC 7515).

use crate::json::{self, Object, Value};
use crate::{Algorithm, Fault};

/// The longest token read. A TEFCA ID token with 32 former addresses has about 8 KiB.
pub const MAX_BYTES: usize = 16 * 1024;

/// The longest key id, in characters.
pub const MAX_KEY_ID: usize = 256;

/// A JWS in compact form: well-formed, header policy kept, signature **not yet checked**.
///
/// Its payload is out of reach until [`Compact::verify`] says whose it is.
pub struct Compact<'a> {
    text: &'a str,
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
    pub(crate) signing_input: &'a str,
    pub(crate) signature: Vec<u8>,
}

/// What the header says, of what is listened to.
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    pub(crate) typ: Option<String>,
}

impl<'a> Compact<'a> {
    /// Reads a compact JWS. Size is checked before structure, structure before content.
    pub fn parse(text: &'a str) -> Result<Self, Fault> {
        let Parts { header, payload, signing_input, signature } = Parts::split(text)?;
        let header = json::parse_object(&header, MAX_BYTES).map_err(Fault::Header)?;
        if header.get("jwk").is_some() {
            return Err(Fault::EmbeddedKey);
        }
        Ok(Self {
            text,
            header: Header::read(&header)?,
            payload: decode(payload)?,
            signing_input,
            signature: decode(signature)?,
        })
    }

    /// The token as it arrived, byte for byte.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The algorithm the header names.
    pub fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    /// The `kid` of the header: a key into a trusted set, never a path, a query or part of a log line.
    pub fn key_id(&self) -> Option<&str> {
        self.header.key_id.as_deref()
    }

    /// The `typ` of the header.
    pub fn typ(&self) -> Option<&str> {
        self.header.typ.as_deref()
    }

    /// The payload of which **nobody knows yet who wrote it**.
    ///
    /// Good for two things: reading `iss` (or the client's id in a client assertion) to choose whose keys
    /// to verify with, and `jti` to look up what is kept of a token by its hash. Everything else waits for
    /// [`Compact::verify`].
    pub fn untrusted_payload(&self) -> &[u8] {
        &self.payload
    }
}

impl std::fmt::Debug for Compact<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Compact(..)")
    }
}

/// The segments of a compact JWS, the first of them decoded: the header is judged before the rest is looked at.
pub(crate) struct Parts<'a> {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: &'a str,
    pub(crate) signing_input: &'a str,
    pub(crate) signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(crate) fn split(text: &'a str) -> Result<Self, Fault> {
        if text.len() > MAX_BYTES {
            return Err(Fault::TooLong);
        }
        let [header, payload, signature, signing_input] = segments(text)?;
        Ok(Self { header: decode(header)?, payload, signing_input, signature })
    }
}

/// The three segments and, of the first two with their dot, what is signed. Counts before it splits, so that a
/// token of nothing but dots costs little.
fn segments(text: &str) -> Result<[&str; 4], Fault> {
    if text.trim_start().starts_with('{') {
        return Err(Fault::JsonSerialization);
    }
    let mut dots = memchr::memchr_iter(b'.', text.as_bytes());
    let (first, second) = match (dots.next(), dots.next(), dots.take(3).count()) {
        (Some(first), Some(second), 0) => (first, second),
        (Some(_), Some(_), 2) => return Err(Fault::Encrypted),
        _ => return Err(Fault::Segments),
    };
    let parts = [text.get(..first), text.get(first + 1..second), text.get(second + 1..), text.get(..second)];
    let parts = parts.map(Option::unwrap_or_default);
    if parts.contains(&"") { Err(Fault::Segments) } else { Ok(parts) }
}

/// No padding, no whitespace, no bits left over: one spelling for each content.
pub(crate) fn decode(segment: &str) -> Result<Vec<u8>, Fault> {
    base64_simd::URL_SAFE_NO_PAD.decode_to_vec(segment).map_err(|_| Fault::Base64url)
}

/// Header parameters whose mere presence refuses every token; `jwk` refuses all but proofs. `x5c` and `x5t` are not
/// among them: issuers send them, and here they simply prove nothing.
const REFUSED: [(&str, Fault); 6] = [
    ("crit", Fault::Critical),
    ("b64", Fault::Unencoded),
    ("zip", Fault::Compressed),
    ("jku", Fault::RemoteKeySet),
    ("x5u", Fault::RemoteCertificate),
    ("enc", Fault::ContentEncryption),
];

impl Header {
    pub(crate) fn read(header: &Object<'_>) -> Result<Self, Fault> {
        for (name, fault) in REFUSED {
            if header.get(name).is_some() {
                return Err(fault);
            }
        }
        if header.get("cty").is_some_and(says_token) {
            return Err(Fault::Nested);
        }
        let algorithm = header.get("alg").and_then(Value::as_str).ok_or(Fault::NoAlgorithm)?;
        let algorithm = Algorithm::from_name(algorithm).ok_or(Fault::Algorithm)?;
        let key_id = header.get("kid").map(|kid| key_id(kid).ok_or(Fault::KeyId)).transpose()?;
        let typ = header.get("typ").map(|typ| typ.as_str().ok_or(Fault::Type)).transpose()?;
        Ok(Self { algorithm, key_id: key_id.map(str::to_owned), typ: typ.map(str::to_owned) })
    }
}

/// The text of a `kid`, in a header or in a key, when it has 1 to 256 characters.
pub(crate) fn key_id<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    let text = value.as_str()?;
    (1..=MAX_KEY_ID).contains(&text.chars().count()).then_some(text)
}

/// A media type may come with or without its `application/` (RFC 7515 section 4.1.10); what is not even
/// a string is treated as the worst it could mean.
fn says_token(cty: &Value<'_>) -> bool {
    cty.as_str().is_none_or(|cty| cty.to_ascii_lowercase().trim_start_matches("application/") == "jwt")
}
