//! Our own signatures, and the names of our own keys.

use aws_lc_rs::rand::SystemRandom;
use fuzzing::Mint;
use fuzzing::mint::pkcs8;
use openias_jose::{Algorithm, Compact, SigningFault, SigningKey, thumbprint};

use crate::forge::{ISSUER, PAYLOAD, judge_with};

#[test]
fn what_is_signed_here_verifies_here() {
    for algorithm in Algorithm::ALL {
        let mint = Mint::new(algorithm);
        assert_eq!(judge_with(&mint.token(PAYLOAD), &mint.keys, &[algorithm]), Ok(()), "{algorithm:?}");
    }
    let token = ISSUER.key.sign("at+jwt \"quoted\"", b"{\"a\":1}", &SystemRandom::new()).unwrap();
    let parsed = Compact::parse(&token).unwrap();
    let payload = parsed.verify(&ISSUER.keys, &[Algorithm::Rs256]).unwrap();
    assert_eq!((payload.bytes(), payload.typ()), (&b"{\"a\":1}"[..], Some("at+jwt \"quoted\"")));
    assert_eq!(parsed.key_id(), Some(ISSUER.key.kid()));
}

#[test]
fn the_public_key_carries_its_thumbprint_and_no_private_member() {
    let jwk = ISSUER.key.public_jwk();
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    assert_eq!(text("kid"), thumbprint::rsa(&text("n"), &text("e")));
    assert_eq!((text("use"), text("alg"), text("e")), ("sig".into(), "RS256".into(), "AQAB".into()));
    assert_eq!(jwk.as_object().unwrap().len(), 6);
    assert_eq!(format!("{:?}", ISSUER.key), "SigningKey(..)");
    let key = Mint::new(Algorithm::Es384).key;
    let jwk = key.public_jwk();
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    assert_eq!(key.kid(), thumbprint::ec("P-384", &text("x"), &text("y")));
    let key = Mint::new(Algorithm::EdDsa).key;
    let jwk = key.public_jwk();
    assert_eq!(key.kid(), thumbprint::okp("Ed25519", jwk["x"].as_str().unwrap()));
    assert_eq!((jwk["kty"].as_str(), jwk["alg"].as_str()), (Some("OKP"), Some("EdDSA")));
}

#[test]
fn a_key_of_another_type_is_refused() {
    let p256 = pkcs8(Algorithm::Es256);
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != Algorithm::Es256) {
        assert_eq!(SigningKey::from_pkcs8(algorithm, &p256).err(), Some(SigningFault::Key), "{algorithm:?}");
    }
    assert_eq!(SigningKey::from_pkcs8(Algorithm::Es256, b"junk").err(), Some(SigningFault::Key));
}
