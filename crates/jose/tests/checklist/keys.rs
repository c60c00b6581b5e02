//! V11 and V28: signatures of the wrong length or of nothing.

use fuzzing::Mint;
use fuzzing::mint::segment;
use openias_jose::{Algorithm, Fault};

use crate::forge::{ISSUER, PAYLOAD, judge, judge_with};

#[test]
fn an_rsa_signature_has_the_length_of_its_modulus() {
    let token = ISSUER.with_header("", PAYLOAD);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature =
        base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature).unwrap();
    let table: [(&str, Vec<u8>); 6] = [
        ("a zero in front", [&[0], &signature[..]].concat()),
        ("a zero behind", [&signature[..], &[0]].concat()),
        ("the first byte cut", signature[1..].to_vec()),
        ("the last byte cut", signature[..255].to_vec()),
        ("one byte", vec![1]),
        ("all zeros", vec![0; 256]),
    ];
    for (case, signature) in table {
        let token = format!("{input}.{}", segment(signature));
        assert_eq!(judge(&token, &ISSUER.keys), Err(Fault::Signature), "V28 {case}");
    }
}

#[test]
fn an_elliptic_signature_of_zeros_is_none() {
    for (algorithm, size) in [(Algorithm::Es256, 64), (Algorithm::Es384, 96)] {
        let mint = Mint::new(algorithm);
        let token = mint.token("{}");
        assert_eq!(judge_with(&token, &mint.keys, &[algorithm]), Ok(()));
        let (input, _) = token.rsplit_once('.').unwrap();
        for (case, signature) in [
            ("r and s zero", segment(vec![0; size])),
            ("too short", segment(vec![1; size - 1])),
            ("too long", segment(vec![1; size + 1])),
        ] {
            let token = format!("{input}.{signature}");
            assert_eq!(
                judge_with(&token, &mint.keys, &[algorithm]),
                Err(Fault::Signature),
                "V11 {algorithm:?} {case}"
            );
        }
    }
}
