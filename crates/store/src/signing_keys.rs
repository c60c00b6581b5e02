//! Signing keys, sealed.

use jose::{Algorithm, SigningKey};
use model::Timestamp;

use crate::database::{Tx, args};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "signing_keys";

statements! {
    INSERT = "INSERT INTO signing_keys (kid, purpose, algorithm, pkcs8, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    CURRENT = "SELECT kid, algorithm, pkcs8 FROM signing_keys WHERE purpose = $1 AND retired_at IS NULL";
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// ID tokens of the sandbox CSP.
    CspSandbox,
    /// ID tokens of the production CSP.
    CspProduction,
    /// Assertions to responders on the network.
    Network,
}

impl KeyPurpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::CspSandbox => "csp-sandbox",
            Self::CspProduction => "csp-production",
            Self::Network => "network",
        }
    }
}

impl Tx {
    /// Keeps a new key for `purpose`, unless another process has just done so.
    pub async fn add_signing_key(
        &mut self,
        purpose: KeyPurpose,
        algorithm: Algorithm,
        pkcs8: &[u8],
        kid: &str,
        now: Timestamp,
    ) -> Result<()> {
        let sealed = self.store.sealer().seal(Place { table: TABLE, column: "pkcs8", row: kid }, pkcs8);
        self.execute(INSERT, args![kid, purpose.as_str(), algorithm.name(), &sealed, now]).await?;
        Ok(())
    }

    /// The key that signs for `purpose` now.
    pub async fn current_signing_key(&mut self, purpose: KeyPurpose) -> Result<Option<SigningKey>> {
        let Some(row) = self.fetch(CURRENT, args![purpose.as_str()]).await? else { return Ok(None) };
        let kid: String = row.get("kid")?;
        let algorithm = row.read(TABLE, "algorithm", Algorithm::from_name)?;
        let sealed: Vec<u8> = row.get("pkcs8")?;
        let pkcs8 =
            self.store.sealer().open_sealed(Place { table: TABLE, column: "pkcs8", row: &kid }, &sealed)?;
        let key = SigningKey::from_pkcs8(algorithm, &pkcs8)
            .map_err(|_| StoreError::Damaged { table: TABLE, column: "pkcs8" })?;
        Ok(Some(key))
    }
}
