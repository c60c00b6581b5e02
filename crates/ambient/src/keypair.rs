//! Fresh signing keys, as PKCS#8.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use zeroize::Zeroizing;

/// A new RSA key of 3072 bits, about 128 bits of strength (NIST SP 800-57), as PKCS#8 DER.
pub fn rsa_keypair() -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let key = KeyPair::generate(KeySize::Rsa3072)?;
    let der: Pkcs8V1Der<'_> = key.as_der()?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

/// A new P-256 key as PKCS#8 DER.
pub fn ec_p256_keypair() -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    Ok(Zeroizing::new(key.to_pkcs8v1()?.as_ref().to_vec()))
}
