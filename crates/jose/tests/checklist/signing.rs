//! Our own signatures, and the names of our own keys.

use aws_lc_rs::rand::SystemRandom;
use openias_jose::{Algorithm, Compact, SigningFault, SigningKey, thumbprint};

use crate::forge::{ISSUER, elliptic, judge_with, set};

#[test]
fn what_is_signed_here_verifies_here() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384] {
        let key = elliptic(algorithm);
        let token = key.sign("JWT", b"{\"a\":1}", &SystemRandom::new()).unwrap();
        assert_eq!(judge_with(&token, &set(&[key.public_jwk()]), &[algorithm]), Ok(()), "{algorithm:?}");
    }
    let token = ISSUER.key.sign("at+jwt \"quoted\"", b"{\"a\":1}", &SystemRandom::new()).unwrap();
    let parsed = Compact::parse(&token).unwrap();
    let payload = parsed.verify(&ISSUER.keys, &[Algorithm::Rs256]).unwrap();
    assert_eq!((payload.bytes(), payload.typ()), (&b"{\"a\":1}"[..], Some("at+jwt \"quoted\"")));
    assert_eq!(parsed.key_id(), Some(ISSUER.key.kid()));
}

#[test]
fn an_rsa_key_can_sign_with_sha_384() {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    let pair = aws_lc_rs::signature::RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der = AsDer::<Pkcs8V1Der>::as_der(&pair).unwrap();
    let key = SigningKey::from_pkcs8(Algorithm::Rs384, der.as_ref()).unwrap();
    let token = key.sign("JWT", b"{}", &SystemRandom::new()).unwrap();
    assert_eq!(judge_with(&token, &set(&[key.public_jwk()]), &[Algorithm::Rs384]), Ok(()));
}

#[test]
fn the_public_key_carries_its_thumbprint_and_no_private_member() {
    let jwk = ISSUER.key.public_jwk();
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    assert_eq!(text("kid"), thumbprint::rsa(&text("n"), &text("e")));
    assert_eq!((text("use"), text("alg"), text("e")), ("sig".into(), "RS256".into(), "AQAB".into()));
    assert_eq!(jwk.as_object().unwrap().len(), 6);
    assert_eq!(format!("{:?}", ISSUER.key), "SigningKey(..)");
    let key = elliptic(Algorithm::Es384);
    let jwk = key.public_jwk();
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    assert_eq!(key.kid(), thumbprint::ec("P-384", &text("x"), &text("y")));
}

#[test]
fn a_key_of_another_type_is_refused() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let p256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Es384] {
        assert_eq!(
            SigningKey::from_pkcs8(algorithm, p256.as_ref()).err(),
            Some(SigningFault::Key),
            "{algorithm:?}"
        );
    }
    assert_eq!(SigningKey::from_pkcs8(Algorithm::Es256, b"junk").err(), Some(SigningFault::Key));
}
