//! Every vector by its label.

use std::collections::BTreeMap;

use openias_jose::Fault;

use crate::vectors::{Vector, read};

/// What has to come out of one file.
struct File {
    name: &'static str,
    accepted: usize,
    refused: usize,
    /// Valid elsewhere, not here.
    excepted: &'static [Exception],
}

/// Valid vectors that are refused here.
struct Exception {
    /// What their headers name as `alg`.
    algorithm: &'static str,
    vectors: usize,
    /// What they are refused for.
    fault: Fault,
    why: &'static str,
}

const SHARED: &str =
    "a shared secret: whoever can check a token with it can make one, so no issuer's keys hold one";
const PSS: &str = "RSA-PSS with a larger hash: FAPI 2.0 asks for PS256 alone";
const LARGER: &str = "a larger hash or curve than ID tokens (RS256) and UDAP assertions use";
const EMPTY: &str = "an empty payload: here a payload is a JSON object, never nothing (V01)";
const ALPHABET: &str =
    "a character that base64url does not have, in a header that lenient decoders read (V04); HS256 besides";
const ENCRYPTED: &str = "encrypted: recognised and named, never decrypted (V02)";

const FILES: [File; 4] = [
    File {
        name: "json_web_signature_test.json",
        accepted: 17,
        refused: 355,
        excepted: &[
            Exception { algorithm: "", vectors: 1, fault: Fault::Base64url, why: ALPHABET },
            signed("HS256", 9, SHARED),
            signed("RS512", 3, LARGER),
            signed("ES512", 2, LARGER),
            signed("PS384", 5, PSS),
            signed("PS512", 3, PSS),
            empty("RS256"),
            empty("RS384"),
            empty("RS512"),
            empty("PS256"),
            empty("PS384"),
            empty("PS512"),
        ],
    },
    File {
        name: "json_web_key_test.json",
        accepted: 1,
        refused: 21,
        excepted: &[signed("HS256", 2, SHARED), signed("HS384", 1, SHARED), signed("HS512", 1, SHARED)],
    },
    File {
        name: "json_web_crypto_test.json",
        accepted: 2,
        refused: 77,
        excepted: &[signed("HS256", 2, SHARED), encrypted("A256KW", 1), encrypted("ECDH-ES+A128KW", 1)],
    },
    File {
        name: "json_web_encryption_test.json",
        accepted: 0,
        refused: 74,
        excepted: &[
            encrypted("A128GCMKW", 1),
            encrypted("A192GCMKW", 1),
            encrypted("A256GCMKW", 4),
            encrypted("A128KW", 3),
            encrypted("A192KW", 1),
            encrypted("A256KW", 7),
            encrypted("ECDH-ES", 7),
            encrypted("ECDH-ES+A128KW", 12),
            encrypted("ECDH-ES+A192KW", 2),
            encrypted("ECDH-ES+A256KW", 4),
            encrypted("RSA-OAEP", 7),
            encrypted("RSA-OAEP-256", 7),
            encrypted("RSA1_5", 8),
            encrypted("dir", 1),
        ],
    },
];

const fn signed(algorithm: &'static str, vectors: usize, why: &'static str) -> Exception {
    Exception { algorithm, vectors, fault: Fault::Algorithm, why }
}

const fn empty(algorithm: &'static str) -> Exception {
    Exception { algorithm, vectors: 1, fault: Fault::Segments, why: EMPTY }
}

const fn encrypted(algorithm: &'static str, vectors: usize) -> Exception {
    Exception { algorithm, vectors, fault: Fault::Encrypted, why: ENCRYPTED }
}

#[test]
fn signatures_are_judged_as_labelled() {
    audit(&FILES[0]);
}

#[test]
fn keys_are_judged_as_labelled() {
    audit(&FILES[1]);
}

#[test]
fn signatures_and_encryption_mixed_are_judged_as_labelled() {
    audit(&FILES[2]);
}

#[test]
fn encrypted_tokens_are_recognised_and_refused() {
    audit(&FILES[3]);
}

fn audit(file: &File) {
    let Some(vectors) = read(file.name) else { return };
    let (mut accepted, mut refused) = (0, 0);
    let mut excepted: BTreeMap<(String, String), usize> = BTreeMap::new();
    for vector in &vectors {
        match (vector.valid, vector.judge()) {
            (true, Ok(())) => accepted += 1,
            (false, Err(_)) => refused += 1,
            (true, Err(fault)) => *excepted.entry((algorithm(vector), fault.to_string())).or_default() += 1,
            (false, Ok(())) => panic!("{} was accepted: {}", file.name, vector.name()),
        }
    }
    let written: BTreeMap<(String, String), usize> = file
        .excepted
        .iter()
        .map(|it| ((it.algorithm.to_owned(), it.fault.to_string()), it.vectors))
        .collect();
    assert_eq!(excepted, written, "{}: valid, refused, and no reason is written down", file.name);
    assert!(file.excepted.iter().all(|exception| !exception.why.is_empty()));
    assert_eq!((accepted, refused), (file.accepted, file.refused), "{}", file.name);
}

fn algorithm(vector: &Vector) -> String {
    vector.algorithm().unwrap_or_default()
}
