//! V29: forged PKCS #1 v1.5 paddings, against a key of the exponent that makes them easy.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openias_jose::{Algorithm, Fault, VerifyingKey};

#[test]
fn lenient_paddings_are_refused() {
    let text = include_str!("../fixtures/pkcs1_forgeries.txt");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let modulus = URL_SAFE_NO_PAD.decode(lines.next().unwrap()).unwrap();
    let key = VerifyingKey::rsa(&modulus, &[3]).unwrap();
    let input = lines.next().unwrap().as_bytes();
    let verdict = |line: &str| {
        let (signature, case) = line.split_once(' ').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        (key.verify(Algorithm::Rs256, input, &signature), case.to_owned())
    };
    let (proper, _) = verdict(lines.next().unwrap());
    assert_eq!(proper, Ok(()));
    for line in lines {
        let (forged, case) = verdict(line);
        assert_eq!(forged, Err(Fault::Signature), "V29 {case}");
    }
}
