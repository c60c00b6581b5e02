//! Where the two verifiers may differ, and why. A difference counts as explained only when its cause is found in
//! the token without the help of the parser under test.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fuzzing::json::breaks;
use openias_jose::Fault;
use openias_jose::compact::MAX_BYTES;
use openias_jose::json::JsonFault;
use serde_json::Value;

use crate::judges::Expiry;

/// One kind of difference.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    direction: Direction,
    /// Whether the token shows its cause.
    shows: fn(&Token<'_>) -> bool,
}

/// Who says what.
enum Direction {
    /// Refused here for this and accepted there.
    Stricter(Fault),
    /// Accepted here and refused there.
    Laxer,
    /// Accepted by both, and `exp` is a date there alone.
    Date,
}

/// A token as a third reader sees it.
struct Token<'t> {
    text: &'t str,
    header: Vec<u8>,
    payload: Vec<u8>,
}

use Direction::{Date, Laxer, Stricter};

pub(crate) const DIFFERENCES: [Difference; 21] = [
    Difference {
        name: "size",
        reason: "more than 16 KiB are not read",
        direction: Stricter(Fault::TooLong),
        shows: |token| token.text.len() > MAX_BYTES,
    },
    Difference {
        name: "header: duplicate",
        reason: "a member twice: readers disagree about which counts",
        direction: Stricter(Fault::Header(JsonFault::DuplicateMember)),
        shows: |token| breaks(&token.header, JsonFault::DuplicateMember),
    },
    Difference {
        name: "header: depth",
        reason: "nested deeper than 16 levels",
        direction: Stricter(Fault::Header(JsonFault::TooDeep)),
        shows: |token| breaks(&token.header, JsonFault::TooDeep),
    },
    Difference {
        name: "header: width",
        reason: "more than 256 members",
        direction: Stricter(Fault::Header(JsonFault::TooManyMembers)),
        shows: |token| breaks(&token.header, JsonFault::TooManyMembers),
    },
    Difference {
        name: "header: NUL",
        reason: "U+0000 ends a string in some readers",
        direction: Stricter(Fault::Header(JsonFault::Nul)),
        shows: |token| breaks(&token.header, JsonFault::Nul),
    },
    Difference {
        name: "payload: duplicate",
        reason: "a claim twice: readers disagree about which counts",
        direction: Stricter(Fault::Payload(JsonFault::DuplicateMember)),
        shows: |token| breaks(&token.payload, JsonFault::DuplicateMember),
    },
    Difference {
        name: "payload: depth",
        reason: "nested deeper than 16 levels",
        direction: Stricter(Fault::Payload(JsonFault::TooDeep)),
        shows: |token| breaks(&token.payload, JsonFault::TooDeep),
    },
    Difference {
        name: "payload: width",
        reason: "more than 256 members",
        direction: Stricter(Fault::Payload(JsonFault::TooManyMembers)),
        shows: |token| breaks(&token.payload, JsonFault::TooManyMembers),
    },
    Difference {
        name: "payload: NUL",
        reason: "U+0000 ends a string in some readers",
        direction: Stricter(Fault::Payload(JsonFault::Nul)),
        shows: |token| breaks(&token.payload, JsonFault::Nul),
    },
    Difference {
        name: "crit",
        reason: "an extension that must be understood and is not (RFC 7515 section 4.1.11)",
        direction: Stricter(Fault::Critical),
        shows: |token| token.has("crit"),
    },
    Difference {
        name: "b64",
        reason: "says how its payload is encoded (RFC 7797)",
        direction: Stricter(Fault::Unencoded),
        shows: |token| token.has("b64"),
    },
    Difference {
        name: "zip",
        reason: "says that it is compressed",
        direction: Stricter(Fault::Compressed),
        shows: |token| token.has("zip"),
    },
    Difference {
        name: "jku",
        reason: "points at keys of its own",
        direction: Stricter(Fault::RemoteKeySet),
        shows: |token| token.has("jku"),
    },
    Difference {
        name: "x5u",
        reason: "points at a certificate of its own",
        direction: Stricter(Fault::RemoteCertificate),
        shows: |token| token.has("x5u"),
    },
    Difference {
        name: "jwk",
        reason: "brings a key of its own",
        direction: Stricter(Fault::EmbeddedKey),
        shows: |token| token.has("jwk"),
    },
    Difference {
        name: "enc",
        reason: "says that it is encrypted",
        direction: Stricter(Fault::ContentEncryption),
        shows: |token| token.has("enc"),
    },
    Difference {
        name: "cty",
        reason: "says that it holds another token, or nothing intelligible",
        direction: Stricter(Fault::Nested),
        shows: |token| {
            let cty = token.header()["cty"].as_str().unwrap_or("jwt").to_ascii_lowercase();
            token.has("cty") && cty.ends_with("jwt")
        },
    },
    Difference {
        name: "typ",
        reason: "null is no type; there it counts as none",
        direction: Stricter(Fault::Type),
        shows: |token| token.has("typ") && token.header()["typ"].is_null(),
    },
    Difference {
        name: "types in the header",
        reason: "certificates, url and nonce prove nothing and are ignored; there they must be of their type",
        direction: Laxer,
        shows: |token| token.has_odd_members(),
    },
    Difference {
        name: "types in the payload",
        reason: "a `sub` or a date that is an array or an object stops its reader; here the profile judges it",
        direction: Laxer,
        shows: |token| token.has_odd_claims(),
    },
    Difference {
        name: "year 10000",
        reason: "a date beyond the year 9999 is milliseconds mistaken for seconds, hence no date",
        direction: Date,
        shows: |token| token.payload()["exp"].as_f64().is_some_and(|exp| exp >= 253_402_300_800.0),
    },
];

/// The difference that this is, if it is one of those. Whoever is laxer about a form must not be so about the
/// signature: the other verifier has to find it right.
pub(crate) fn explain(
    text: &str,
    ours: Result<Expiry, Fault>,
    theirs: Option<Expiry>,
    signature_holds: bool,
) -> Option<&'static Difference> {
    let mut segments = text.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let token = Token { text, header: segments.next()??, payload: segments.next()?? };
    DIFFERENCES.iter().find(|difference| {
        let fits = match (&difference.direction, ours, theirs) {
            (Stricter(fault), Err(found), Some(_)) => *fault == found,
            (Laxer, Ok(_), None) => signature_holds,
            (Date, Ok(Expiry::NoDate), Some(Expiry::Date)) => true,
            _ => false,
        };
        fits && (difference.shows)(&token)
    })
}

impl Token<'_> {
    fn header(&self) -> Value {
        serde_json::from_slice(&self.header).unwrap_or_default()
    }

    fn payload(&self) -> Value {
        serde_json::from_slice(&self.payload).unwrap_or_default()
    }

    fn has(&self, member: &str) -> bool {
        self.header().get(member).is_some()
    }

    fn has_odd_members(&self) -> bool {
        let header = self.header();
        let certificates = header.get("x5c").is_some_and(|it| !it.is_null() && !is_texts(it));
        let texts = ["x5t", "x5t#S256", "url", "nonce"];
        certificates
            || texts.iter().any(|name| header.get(name).is_some_and(|it| !it.is_null() && !it.is_string()))
    }

    fn has_odd_claims(&self) -> bool {
        let payload = self.payload();
        ["sub", "exp", "nbf"].iter().any(|name| payload[name].is_array() || payload[name].is_object())
    }
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|elements| elements.iter().all(Value::is_string))
}
