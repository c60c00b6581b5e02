//! Signing keys, sealed: for each purpose and algorithm a line of keys, of which one signs at a time.
//!
//! A key is published, then signs, then is retired and still published, then forgotten. The times of these steps
//! stand in its row, so that all nodes agree on them however late they read it. Only the newest key of a line has
//! no end: one guarded statement gives it one, and whoever's statement did adds its successor.

use jose::{Algorithm, SigningKey};
use model::Timestamp;

use crate::database::{Row, Tx, args};
use crate::key_ring::{KEEP, LEAD};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "signing_keys";

statements! {
    INSERT = "INSERT INTO signing_keys (kid, purpose, algorithm, pkcs8, published_at, signs_from)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    LIST = "SELECT kid, purpose, algorithm, published_at, signs_from, retired_at, forgotten_at FROM signing_keys
        WHERE forgotten_at IS NULL OR forgotten_at > $1";
    SEALED = "SELECT algorithm, pkcs8 FROM signing_keys WHERE kid = $1";
    RETIRE = "UPDATE signing_keys SET retired_at = $3, forgotten_at = $4
        WHERE purpose = $1 AND algorithm = $2 AND retired_at IS NULL AND signs_from <= $5 RETURNING kid";
    END = "UPDATE signing_keys
        SET retired_at = CASE WHEN retired_at < $2 THEN retired_at ELSE $2 END, forgotten_at = $2
        WHERE kid = $1 AND (forgotten_at IS NULL OR forgotten_at > $2) RETURNING purpose, algorithm";
    // The line after the end of one of its keys. Where nobody signs any more, the successor need not wait; where
    // it was the successor that ended, whoever signs goes on.
    HASTEN = "UPDATE signing_keys SET signs_from = $3
        WHERE purpose = $1 AND algorithm = $2 AND retired_at IS NULL AND signs_from > $3
        AND NOT EXISTS (SELECT 1 FROM signing_keys s WHERE s.purpose = $1 AND s.algorithm = $2
            AND s.signs_from <= $3 AND s.retired_at > $3)";
    GO_ON = "UPDATE signing_keys SET retired_at = NULL, forgotten_at = NULL
        WHERE purpose = $1 AND algorithm = $2 AND signs_from <= $3 AND retired_at > $3
        AND NOT EXISTS (SELECT 1 FROM signing_keys s WHERE s.purpose = $1 AND s.algorithm = $2
            AND s.retired_at IS NULL)";
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Our own ID tokens and access tokens.
    Identity,
    /// ID tokens of the sandbox CSP.
    CspSandbox,
    /// ID tokens of the production CSP.
    CspProduction,
    /// Assertions to responders on the network.
    Network,
}

impl KeyPurpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::Identity, Self::CspSandbox, Self::CspProduction, Self::Network];

    /// The name that stands in the row, on the command line and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::CspSandbox => "csp-sandbox",
            Self::CspProduction => "csp-production",
            Self::Network => "network",
        }
    }

    /// The purpose of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// The algorithms it has keys for, the default first. OpenID Connect Core 15.1 wants RS256 to be there for
    /// clients that ask; IAS SOP 3.0 section 4.9 fixes it for ID tokens of a CSP, and every peer understands it.
    pub const fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Identity => &[Algorithm::Es256, Algorithm::Rs256],
            Self::CspSandbox | Self::CspProduction | Self::Network => &[Algorithm::Rs256],
        }
    }
}

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStage {
    /// Verifiers may learn of it; it does not sign yet.
    Published,
    /// It signs.
    Signing,
    /// It signs no more; what it has signed can still be verified.
    Retired,
    /// It is published no more.
    Forgotten,
}

impl KeyStage {
    /// One word for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Signing => "signing",
            Self::Retired => "retired",
            Self::Forgotten => "forgotten",
        }
    }
}

/// What is known of a key without unsealing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// Its id.
    pub kid: String,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// With which algorithm.
    pub algorithm: Algorithm,
    /// Published since.
    pub published_at: Timestamp,
    /// Signs from here on.
    pub signs_from: Timestamp,
    /// Signs until here; none for the newest of its line.
    pub retired_at: Option<Timestamp>,
    /// Published until here.
    pub forgotten_at: Option<Timestamp>,
}

impl KeyTimes {
    /// Where it stands at `now`.
    pub fn stage(&self, now: Timestamp) -> KeyStage {
        let is_over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
        if is_over(self.forgotten_at) {
            KeyStage::Forgotten
        } else if is_over(self.retired_at) {
            KeyStage::Retired
        } else if self.signs_from <= now {
            KeyStage::Signing
        } else {
            KeyStage::Published
        }
    }
}

/// A key to keep.
#[derive(Clone, Copy)]
pub struct NewSigningKey<'a> {
    /// What it signs.
    pub purpose: KeyPurpose,
    /// With which algorithm.
    pub algorithm: Algorithm,
    /// Its id.
    pub kid: &'a str,
    /// The key, as PKCS#8 DER.
    pub pkcs8: &'a [u8],
}

/// A rotation that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The key that is published from now on.
    pub successor: String,
    /// When it begins to sign and the other one ends.
    pub signs_from: Timestamp,
    /// The key that it follows.
    pub predecessor: String,
    /// Until when that one is published.
    pub published_until: Timestamp,
}

impl Tx {
    /// Keeps the first key of its line, which signs at once, unless there is one; whether it was kept.
    pub async fn add_signing_key(&mut self, new: &NewSigningKey<'_>, now: Timestamp) -> Result<bool> {
        self.insert_signing_key(new, now, now).await
    }

    /// The keys of every purpose that are not forgotten, oldest first.
    pub async fn signing_keys(&mut self, now: Timestamp) -> Result<Vec<KeyTimes>> {
        let rows = self.fetch_all(LIST, args![now]).await?;
        let mut keys = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        // Not left to the engine: the order of letters is not the same in both.
        keys.sort_by(|one, other| (one.published_at, &one.kid).cmp(&(other.published_at, &other.kid)));
        Ok(keys)
    }

    /// Unseals a key.
    pub async fn signing_key(&mut self, kid: &str) -> Result<Option<SigningKey>> {
        let Some(row) = self.fetch(SEALED, args![kid]).await? else { return Ok(None) };
        let algorithm = row.read(TABLE, "algorithm", Algorithm::from_name)?;
        let sealed: Vec<u8> = row.get("pkcs8")?;
        let pkcs8 =
            self.store.sealer().open_sealed(Place { table: TABLE, column: "pkcs8", row: kid }, &sealed)?;
        let key = SigningKey::from_pkcs8(algorithm, &pkcs8)
            .map_err(|_| StoreError::Damaged { table: TABLE, column: "pkcs8" })?;
        Ok(Some(key))
    }

    /// Publishes a successor to the key of its line that signs, to sign when every verifier can know it. None
    /// when that key has a successor already, or has not signed since `ripe`: of any number that try at once, one
    /// succeeds.
    pub async fn rotate_signing_key(
        &mut self,
        new: &NewSigningKey<'_>,
        ripe: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Rotated>> {
        let (signs_from, published_until) = (now.plus(LEAD), now.plus(LEAD).plus(KEEP));
        let line = (new.purpose.name(), new.algorithm.name());
        let retired =
            self.fetch(RETIRE, args![line.0, line.1, signs_from, published_until, ripe.min(now)]).await?;
        let Some(row) = retired else { return Ok(None) };
        self.insert_signing_key(new, signs_from, now).await?;
        let (successor, predecessor) = (new.kid.to_owned(), row.get("kid")?);
        Ok(Some(Rotated { successor, signs_from, predecessor, published_until }))
    }

    /// Ends a key: it neither signs nor is published from now on. Its line goes on with the key that signs, with
    /// the one that was to follow, or with `spare`, in this order; whether `spare` is needed and was kept. None
    /// when there is no such key, or it is another line's than the spare's.
    pub async fn end_signing_key(
        &mut self,
        kid: &str,
        spare: &NewSigningKey<'_>,
        now: Timestamp,
    ) -> Result<Option<bool>> {
        let line = (spare.purpose.name(), spare.algorithm.name());
        let Some(row) = self.fetch(END, args![kid, now]).await? else { return Ok(None) };
        if (row.get::<String>("purpose")?.as_str(), row.get::<String>("algorithm")?.as_str()) != line {
            return Ok(None);
        }
        self.execute(HASTEN, args![line.0, line.1, now]).await?;
        self.execute(GO_ON, args![line.0, line.1, now]).await?;
        self.insert_signing_key(spare, now, now).await.map(Some)
    }

    async fn insert_signing_key(
        &mut self,
        new: &NewSigningKey<'_>,
        signs_from: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let place = Place { table: TABLE, column: "pkcs8", row: new.kid };
        let sealed = self.store.sealer().seal(place, new.pkcs8);
        let line = (new.purpose.name(), new.algorithm.name());
        let row = args![new.kid, line.0, line.1, &sealed, now, signs_from];
        Ok(self.execute(INSERT, row).await? == 1)
    }
}

fn read(row: &Row) -> Result<KeyTimes> {
    Ok(KeyTimes {
        kid: row.get("kid")?,
        purpose: row.read(TABLE, "purpose", KeyPurpose::from_name)?,
        algorithm: row.read(TABLE, "algorithm", Algorithm::from_name)?,
        published_at: row.time("published_at")?,
        signs_from: row.time("signs_from")?,
        retired_at: row.time_if_any("retired_at")?,
        forgotten_at: row.time_if_any("forgotten_at")?,
    })
}
