//! The compact serialisation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Compact, compact};
use serde_json::Value;

use crate::issuer;

/// What is read has one spelling and says what another reader finds in it; what verifies was signed.
///
/// # Panics
/// When that does not hold.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(read) = Compact::parse(text) else { return };
    assert!(text.len() <= compact::MAX_BYTES);
    assert_eq!(read.as_str(), text);

    let segments: Vec<Vec<u8>> =
        text.split('.').filter_map(|part| URL_SAFE_NO_PAD.decode(part).ok()).collect();
    let written: Vec<String> = segments.iter().map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).collect();
    assert_eq!(written.join("."), text, "another spelling of the same token");
    let [header, payload, signature] = &segments[..] else { panic!("not three segments") };
    assert_eq!(read.untrusted_payload(), payload);
    assert!(!signature.is_empty());

    let header: Value = serde_json::from_slice(header).unwrap_or_default();
    assert_eq!(header["alg"].as_str(), Some(read.algorithm().name()));
    assert_eq!(header.get("kid").and_then(Value::as_str), read.key_id());
    assert_eq!(header.get("typ").and_then(Value::as_str), read.typ());
    for refused in ["crit", "b64", "zip", "jku", "x5u", "jwk", "enc"] {
        assert!(header.get(refused).is_none(), "{refused}");
    }

    if read.verify(&issuer::KEY_SET, &Algorithm::ALL).is_ok() {
        assert!(issuer::signed(text), "nobody signed this");
    }
}
