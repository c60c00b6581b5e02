//! Published key sets.

use std::collections::BTreeSet;

use jose::{KeySet, jwks};
use serde_json::Value;

/// Every entry is a key or was skipped for a reason, no id leads to two keys, and a key that shows or shares a
/// secret is none.
///
/// # Panics
/// When that does not hold.
pub fn check(input: &[u8]) {
    let Ok(set) = KeySet::from_json(input) else { return };
    let document: Value = serde_json::from_slice(input).unwrap_or_default();
    let entries = document["keys"].as_array().map_or(0, Vec::len);
    assert!(input.len() <= jwks::MAX_BYTES && entries <= jwks::MAX_KEYS);
    assert_eq!(set.keys().len() + set.skipped().len(), entries);

    let skipped: BTreeSet<usize> = set.skipped().iter().map(|(index, _)| *index).collect();
    assert_eq!(skipped.len(), set.skipped().len(), "skipped twice");
    assert!(skipped.last().is_none_or(|last| *last < entries));

    let kept = (0..entries).filter(|index| !skipped.contains(index));
    let mut ids = BTreeSet::new();
    for (key, index) in set.keys().iter().zip(kept) {
        let entry = &document["keys"][index];
        assert_eq!(entry.get("kid").and_then(Value::as_str), key.kid());
        assert!(entry.get("d").is_none() && entry.get("k").is_none(), "a secret is no public key");
        assert!(key.algorithms().all(|algorithm| {
            entry.get("alg").and_then(Value::as_str).is_none_or(|bound| bound == algorithm.name())
        }));
        assert!(key.algorithms().next().is_some());
        assert_eq!(key.thumbprint().len(), 43, "SHA-256 in base64url");
        let Some(kid) = key.kid() else { panic!("a key that no token can name") };
        assert!(ids.insert(kid.to_owned()), "two keys of one id");
        assert_eq!(set.find(kid).map(jose::VerifyingKey::thumbprint), Some(key.thumbprint()));
    }
}
