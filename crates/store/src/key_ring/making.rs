//! Making keys, away from the threads that serve.

use jose::{Algorithm, SigningKey};
use model::Timestamp;
use zeroize::Zeroizing;

use super::KeyRing;
use super::rotation::{Cause, Line};
use crate::{KeyPurpose, NewSigningKey, Result, StoreError};

/// Nobody asked for the first key of a line.
const FIRST: Cause<'static> = Cause { actor: "server", request_id: "" };

/// A key that is not kept yet.
pub(super) struct Fresh {
    purpose: KeyPurpose,
    key: SigningKey,
    pkcs8: Zeroizing<Vec<u8>>,
}

impl Fresh {
    /// Makes one. An RSA key takes up to seconds of a processor.
    pub(super) async fn make(purpose: KeyPurpose, algorithm: Algorithm) -> Result<Self> {
        let made = tokio::task::spawn_blocking(move || {
            let pkcs8 = match algorithm {
                Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Ps256 => ambient::rsa_keypair().ok()?,
                Algorithm::Es256 => ambient::ec_p256_keypair().ok()?,
                Algorithm::Es384 | Algorithm::EdDsa => return None,
            };
            let key = SigningKey::from_pkcs8(algorithm, &pkcs8).ok()?;
            Some(Self { purpose, key, pkcs8 })
        });
        made.await.ok().flatten().ok_or(StoreError::NoSigningKey { purpose, algorithm })
    }

    pub(super) fn new_key(&self) -> NewSigningKey<'_> {
        NewSigningKey {
            purpose: self.purpose,
            algorithm: self.key.algorithm(),
            kid: self.key.kid(),
            pkcs8: &self.pkcs8,
        }
    }
}

impl KeyRing {
    /// Unseals what is kept, and makes what is missing and takes no time: a store that was opened once holds a key,
    /// and one that was opened with another key file is told at once. What takes time is made when it is needed.
    pub async fn open(&self, now: Timestamp) -> Result<()> {
        let held = self.read(now).await?;
        if self.purpose().algorithms().contains(&Algorithm::Es256)
            && held.of(Algorithm::Es256).next().is_none()
        {
            self.make_first(Algorithm::Es256, now).await?;
        }
        Ok(())
    }

    /// Makes the first key of a line, unless another process has just done so.
    pub(super) async fn make_first(&self, algorithm: Algorithm, now: Timestamp) -> Result<()> {
        let fresh = Fresh::make(self.purpose(), algorithm).await?;
        let mut tx = self.0.store.write().await?;
        if tx.add_signing_key(&fresh.new_key(), now).await? {
            Line { of: fresh.new_key(), cause: FIRST, why: "first", now }.published(&mut tx).await?;
        }
        tx.commit().await
    }
}
