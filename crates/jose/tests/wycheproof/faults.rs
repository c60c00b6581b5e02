//! Refused for the right reason, where a vector's name says which that is.

use openias_jose::{Fault, KeyFault};

use crate::vectors::{Vector, read};

const SIGNATURES: &str = "json_web_signature_test.json";
const KEYS: &str = "json_web_key_test.json";
const CRYPTO: &str = "json_web_crypto_test.json";
const ENCRYPTION: &str = "json_web_encryption_test.json";

#[test]
fn tokens_are_refused_by_name() {
    let table = [
        ("rejectsMissingSignature", &[Fault::Segments][..]),
        ("rejectsMissingSignatureAndSeparator", &[Fault::Segments]),
        ("rejectsMissingPayload", &[Fault::Segments]),
        ("rejectsMissingHeader", &[Fault::Segments]),
        ("rejectsEmptyString", &[Fault::Segments]),
        ("rejectsAttackerProvidedEmbeddedJwk", &[Fault::EmbeddedKey]),
        ("rejectsValidJsonSerialization", &[Fault::JsonSerialization]),
        ("rejectWrongUse", &[Fault::Algorithm]),
        ("rejectWrongKeyOps", &[Fault::Algorithm]),
        // The shared secrets of some groups are no keys, so that no algorithm is allowed there.
        ("rejectsModifiedSignature", &[Fault::Signature, Fault::Algorithm]),
        ("rejectsModifiedPayload", &[Fault::Signature, Fault::Algorithm]),
    ];
    for file in [SIGNATURES, CRYPTO] {
        let Some(vectors) = read(file) else { return };
        let signed = vectors.iter().filter(|vector| !vector.group.starts_with("jwe"));
        for vector in signed.filter(|vector| !vector.valid) {
            if let Some((_, faults)) = table.iter().find(|(comment, _)| *comment == vector.comment) {
                let fault = vector.judge().unwrap_err();
                assert!(faults.contains(&fault), "{}: {fault}", vector.name());
            }
            let forged = vector.group == "SpecialCaseEs256" || flagged(vector, "ModifiedPadding");
            if forged && !vector.keys.keys().is_empty() {
                assert_eq!(vector.judge(), Err(Fault::Signature), "{}", vector.name());
            }
            let fault = vector.judge().err();
            if vector.comment.contains("SymmetryConfusion") {
                assert_eq!(fault, Some(Fault::Algorithm), "{}", vector.name());
            }
            if flagged(vector, "AlgIsNone") {
                // Without a signature, most of them, it is not even looked at.
                assert!(matches!(fault, Some(Fault::Algorithm | Fault::Segments)), "{}", vector.name());
            }
        }
    }
}

#[test]
fn keys_are_skipped_by_name() {
    let Some(vectors) = read(KEYS) else { return };
    let table = [
        ("jws_mixedSymmetryKeyset", &[(0, KeyFault::KeyType)][..]),
        ("jws_keyset", &[(0, KeyFault::KeyType), (1, KeyFault::KeyType)]),
        ("jws_duplicate_kid", &[(0, KeyFault::KeyType), (1, KeyFault::KeyType)]),
        ("jws_rsa_roca_key", &[(0, KeyFault::Factorable)]),
        ("keysize_too_small", &[(0, KeyFault::TooSmall)]),
        ("exponentOne", &[(0, KeyFault::Exponent)]),
        ("HS256", &[(0, KeyFault::KeyType)]),
        ("HS384", &[(0, KeyFault::KeyType)]),
        ("HS512", &[(0, KeyFault::KeyType)]),
        ("wrong_algorithm", &[(0, KeyFault::Algorithm)]),
        ("invalid_algorithm", &[(0, KeyFault::Algorithm)]),
        ("invalid_use", &[(0, KeyFault::Use)]),
        ("invalid_point", &[(0, KeyFault::Invalid)]),
        ("wrong_curve", &[(0, KeyFault::Invalid)]),
        ("wrong_kty", &[(0, KeyFault::Member)]),
        ("invalid_aes_gcm_key", &[(0, KeyFault::KeyType)]),
        ("invalid_aes_kw_key", &[(0, KeyFault::KeyType)]),
    ];
    for vector in &vectors {
        let named = table.iter().find(|(group, _)| *group == vector.group);
        match (named, vector.group.as_str(), vector.comment.as_str()) {
            (Some((_, skipped)), ..) => assert_eq!(vector.keys.skipped(), *skipped, "{}", vector.name()),
            (None, "rs256", "acceptsValid") => assert_eq!(vector.keys.skipped(), []),
            (None, "rs256", "rejectsWrongUse") => assert_eq!(vector.keys.skipped(), [(0, KeyFault::Use)]),
            _ => panic!("a vector that nobody looked at: {}", vector.name()),
        }
    }
}

#[test]
fn no_key_for_encryption_verifies_anything() {
    for file in [ENCRYPTION, CRYPTO] {
        let Some(vectors) = read(file) else { return };
        for vector in vectors.iter().filter(|vector| file == ENCRYPTION || vector.group.starts_with("jwe")) {
            assert!(vector.keys.keys().is_empty(), "{}", vector.name());
            let fault = vector.judge().unwrap_err();
            match vector.token.bytes().filter(|byte| *byte == b'.').count() {
                _ if vector.token.starts_with('{') => assert_eq!(fault, Fault::JsonSerialization),
                4 => assert_eq!(fault, Fault::Encrypted),
                _ => assert_eq!(fault, Fault::Segments),
            }
        }
    }
}

fn flagged(vector: &Vector, flag: &str) -> bool {
    vector.flags.iter().any(|it| it == flag)
}
