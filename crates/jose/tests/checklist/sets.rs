//! V30: what a key set may hold.

use fuzzing::Mint;
use fuzzing::mint::{key_set, segment};
use openias_jose::{Algorithm, JwksFault, KeyFault, KeySet, json::JsonFault};
use serde_json::{Value, json};

use crate::forge::{ISSUER, PAYLOAD, STRANGER, judge};

/// The issuer's key with some members changed, added, or (with null) taken away.
fn changed(changes: Value) -> Value {
    let mut jwk = ISSUER.key.public_jwk();
    let (Value::Object(members), Value::Object(changes)) = (&mut jwk, changes) else { panic!("objects") };
    for (name, value) in changes {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    jwk
}

fn modulus(bits: usize) -> String {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] >>= bytes.len() * 8 - bits;
    segment(bytes)
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

/// Puts each key beside a good one, which has to survive.
fn check<const N: usize>(table: [(&str, Value, KeyFault); N]) {
    for (case, jwk, reason) in table {
        let keys = key_set(&[STRANGER.key.public_jwk(), jwk]);
        assert_eq!(keys.skipped(), [(1, reason)], "V30 {case}");
        assert!(keys.find(STRANGER.key.kid()).is_some(), "V30 {case}: the other key stays");
    }
}

#[test]
fn keys_that_must_not_verify_are_skipped_with_their_reason() {
    let p256 = Mint::new(Algorithm::Es256).key.public_jwk();
    let table = [
        ("not an object", json!("key"), KeyFault::NotAnObject),
        ("oct", json!({"kty": "oct", "k": "c2VjcmV0", "kid": "a"}), KeyFault::KeyType),
        ("another type", json!({"kty": "AKP", "pub": "AA"}), KeyFault::KeyType),
        (
            "a curve for agreement",
            json!({"kty": "OKP", "kid": "a", "crv": "X25519", "x": "AA"}),
            KeyFault::Curve,
        ),
        (
            "a point too short",
            json!({"kty": "OKP", "kid": "a", "crv": "Ed25519", "x": "AA"}),
            KeyFault::Invalid,
        ),
        (
            "a private OKP",
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}),
            KeyFault::PrivateMembers,
        ),
        ("no kty", changed(json!({"kty": null})), KeyFault::KeyType),
        ("private exponent", changed(json!({"d": "AQAB"})), KeyFault::PrivateMembers),
        ("a prime", changed(json!({"p": "AQAB"})), KeyFault::PrivateMembers),
        ("a shared secret too", changed(json!({"k": "AQAB"})), KeyFault::PrivateMembers),
        ("use enc", changed(json!({"use": "enc"})), KeyFault::Use),
        ("use not a string", changed(json!({"use": ["sig"]})), KeyFault::Use),
        ("key_ops sign", changed(json!({"key_ops": ["sign"]})), KeyFault::KeyOperations),
        ("key_ops not an array", changed(json!({"key_ops": "verify"})), KeyFault::KeyOperations),
        ("no kid", changed(json!({"kid": null})), KeyFault::NoKeyId),
        ("kid empty", changed(json!({"kid": ""})), KeyFault::KeyId),
        ("kid a number", changed(json!({"kid": 1})), KeyFault::KeyId),
        ("alg PS512", changed(json!({"alg": "PS512"})), KeyFault::Algorithm),
        ("alg EdDSA", changed(json!({"alg": "EdDSA"})), KeyFault::Algorithm),
        ("alg HS256", changed(json!({"alg": "HS256"})), KeyFault::Algorithm),
        ("alg of another type", changed(json!({"alg": "ES256"})), KeyFault::Algorithm),
        ("alg of another curve", with(p256, "alg", json!("ES384")), KeyFault::Algorithm),
    ];
    check(table);
}

#[test]
fn numbers_that_make_no_key_are_skipped_with_their_reason() {
    let p256 = |name: &str, value: Value| with(Mint::new(Algorithm::Es256).key.public_jwk(), name, value);
    let table = [
        ("no modulus", changed(json!({"n": null})), KeyFault::Member),
        ("modulus not base64", changed(json!({"n": "!!"})), KeyFault::Member),
        ("modulus a number", changed(json!({"n": 7})), KeyFault::Member),
        ("2047 bits", changed(json!({"n": modulus(2047)})), KeyFault::TooSmall),
        ("1024 bits", changed(json!({"n": modulus(1024)})), KeyFault::TooSmall),
        ("no bits", changed(json!({"n": ""})), KeyFault::TooSmall),
        ("8193 bits", changed(json!({"n": modulus(8193)})), KeyFault::TooLarge),
        ("exponent 1", changed(json!({"e": "AQ"})), KeyFault::Exponent),
        ("exponent 0", changed(json!({"e": "AA"})), KeyFault::Exponent),
        ("no exponent", changed(json!({"e": ""})), KeyFault::Exponent),
        ("exponent 65536", changed(json!({"e": "AQAA"})), KeyFault::Exponent),
        ("an exponent as long as the modulus", changed(json!({"e": modulus(2040)})), KeyFault::Invalid),
        ("another curve", p256("crv", json!("secp256k1")), KeyFault::Curve),
        ("a coordinate too short", p256("x", json!("AQAB")), KeyFault::Invalid),
        ("a point off the curve", p256("x", json!(segment([7; 32]))), KeyFault::Invalid),
    ];
    check(table);
}

#[test]
fn neither_of_two_keys_with_one_id_is_used() {
    let twin = json!({"kid": ISSUER.key.kid()});
    let mut other = STRANGER.key.public_jwk();
    other["kid"] = twin["kid"].clone();
    let third = Mint::new(Algorithm::Es256).key;
    let keys = key_set(&[ISSUER.key.public_jwk(), third.public_jwk(), other]);
    assert_eq!(keys.skipped(), [(0, KeyFault::DuplicateKeyId), (2, KeyFault::DuplicateKeyId)], "V30");
    assert!(keys.find(ISSUER.key.kid()).is_none());
    let [key] = keys.keys() else { panic!("one key is left") };
    assert_eq!(key.kid(), Some(third.kid()));
}

#[test]
fn a_key_that_shows_its_private_half_is_named_and_not_used() {
    let public = ISSUER.key.public_jwk();
    let mut again = public.clone();
    again["kid"] = json!("again");
    let third = Mint::new(Algorithm::Es256).key;
    let keys = key_set(&[changed(json!({"d": "AQAB", "use": null, "alg": null})), again, third.public_jwk()]);
    let thumbprint = ISSUER.keys.keys()[0].thumbprint();
    assert_eq!(keys.compromised(), [thumbprint], "V30");
    assert_eq!(keys.skipped(), [(0, KeyFault::PrivateMembers), (1, KeyFault::PrivateMembers)]);
    let kids: Vec<_> = keys.keys().iter().map(|key| key.kid()).collect();
    assert_eq!(kids, [Some(third.kid())], "nor under another id");
    assert!(ISSUER.keys.without(keys.compromised()).keys().is_empty());
    let unreadable =
        key_set(&[changed(json!({"d": "AQAB", "n": "!!"})), with(third.public_jwk(), "d", json!("AA"))]);
    assert_eq!(unreadable.compromised().len(), 1, "the elliptic one");
    assert!(key_set(&[public]).compromised().is_empty());
}

#[test]
fn quirks_of_real_key_sets_are_tolerated_in_keys() {
    let jwk = ISSUER.key.public_jwk();
    let n = jwk["n"].as_str().unwrap();
    let standard = n.replace('-', "+").replace('_', "/");
    let (first, second) = standard.split_at(76);
    let zero = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, n).unwrap();
    let quirks = [
        ("standard base64, padded, in lines", json!({"n": format!("{first}\n{second}==")})),
        ("a zero byte in front", json!({"n": segment([&[0], &zero[..]].concat())})),
        ("bare", json!({"use": null, "alg": null})),
        ("operations instead of use", json!({"use": null, "key_ops": ["verify"]})),
        ("certificates", json!({"x5c": ["MIIB\nAAAA"], "x5t": "AA"})),
    ];
    for (case, quirk) in quirks {
        let keys = key_set(&[changed(quirk)]);
        assert_eq!(judge(&ISSUER.with_header("", PAYLOAD), &keys), Ok(()), "{case}");
    }
}

#[test]
fn a_key_without_alg_is_good_for_what_its_type_allows() {
    let keys = key_set(&[changed(json!({"alg": null}))]);
    let algorithms: Vec<_> = keys.keys()[0].algorithms().collect();
    assert_eq!(algorithms, [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Ps256]);
    let algorithms: Vec<_> = ISSUER.keys.keys()[0].algorithms().collect();
    assert_eq!(algorithms, [Algorithm::Rs256]);
}

#[test]
fn documents_that_are_no_key_set_are_refused() {
    let many = json!({"keys": vec![json!({"kty": "oct"}); 65]}).to_string();
    let large = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(256 * 1024));
    let empty = format!(r#"{{"keys":[{}{{}}]}}"#, "{},".repeat(256 * 1024 / 3 - 8));
    assert!(empty.len() <= 256 * 1024);
    let table: [(&str, &[u8], JwksFault); 9] = [
        ("HTML", b"<html><body>502 Bad Gateway</body></html>", JwksFault::Json(JsonFault::Syntax)),
        ("nothing", b"", JwksFault::Json(JsonFault::Syntax)),
        ("an array", b"[]", JwksFault::Json(JsonFault::NotAnObject)),
        ("keys twice", br#"{"keys":[],"keys":[]}"#, JwksFault::Json(JsonFault::DuplicateMember)),
        ("no keys", b"{}", JwksFault::NoKeys),
        ("keys an object", br#"{"keys":{}}"#, JwksFault::NoKeys),
        ("65 keys", many.as_bytes(), JwksFault::TooManyKeys),
        ("256 KiB of keys", empty.as_bytes(), JwksFault::Json(JsonFault::TooManyValues)),
        ("over 256 KiB", large.as_bytes(), JwksFault::TooLarge),
    ];
    for (case, document, fault) in table {
        assert_eq!(KeySet::from_json(document).err(), Some(fault), "V30 {case}");
    }
    assert!(KeySet::from_json(br#"{"keys":[]}"#).unwrap().keys().is_empty(), "an empty set is a set");
}

#[test]
fn a_client_may_do_without_key_ids_and_an_issuer_may_not() {
    let bare = |mint: &Mint| serde_json::to_string(&mint.bare_jwk()).unwrap();
    let (curve, other) = (Mint::new(Algorithm::Es256), Mint::new(Algorithm::Es256));
    let read = |keys: &[String], read: fn(&[u8]) -> Result<KeySet, JwksFault>| {
        read(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes()).unwrap()
    };
    let keys = [bare(&ISSUER), bare(&curve)];
    let of_issuer = read(&keys, KeySet::from_json);
    assert!(of_issuer.keys().is_empty());
    assert_eq!(of_issuer.skipped(), [(0, KeyFault::NoKeyId), (1, KeyFault::NoKeyId)]);

    let of_client = read(&keys, KeySet::of_client);
    assert!(of_client.skipped().is_empty(), "no id is no duplicate of no id");
    let only = of_client.only_for(Algorithm::Es256).unwrap();
    assert_eq!((only.kid(), only.thumbprint()), (None, curve.key.kid()));
    assert!(of_client.only_for(Algorithm::EdDsa).is_none());
    assert!(of_client.find("").is_none());
    let two = read(&[bare(&curve), bare(&other)], KeySet::of_client);
    assert_eq!((two.keys().len(), two.only_for(Algorithm::Es256).is_none()), (2, true));
    let private = bare(&curve).replacen('{', r#"{"d":"AQAB","#, 1);
    let shown = read(&[private, bare(&curve)], KeySet::of_client);
    assert!(shown.keys().is_empty() && shown.compromised() == [curve.key.kid()]);
}
