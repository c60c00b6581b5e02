//! Signing keys.

use jose::Algorithm;

use super::on_both_engines;
use super::sample::NOW;
use crate::KeyPurpose;

on_both_engines! {
    async fn the_first_key_for_a_purpose_stays(stage: &Stage) {
        let keys: Vec<_> = (0..2).map(|_| ambient::ec_p256_keypair().expect("a key")).collect();
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.current_signing_key(KeyPurpose::Network).await.expect("read").is_none());
        for (key, kid) in keys.iter().zip(["first", "second"]) {
            tx.add_signing_key(KeyPurpose::Network, Algorithm::Es256, key, kid, NOW).await.expect("added");
        }
        let kept = tx.current_signing_key(KeyPurpose::Network).await.expect("read").expect("found");
        let first = jose::SigningKey::from_pkcs8(Algorithm::Es256, &keys[0]).expect("a key");
        assert_eq!(kept.kid(), first.kid());
        assert!(tx.current_signing_key(KeyPurpose::CspSandbox).await.expect("read").is_none());
    }
}
