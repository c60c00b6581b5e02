//! Rotation: a successor is published, signs later, and the old key ends later still. And the end of a key that
//! leaked, which cannot wait.

use std::time::Duration;

use jose::Algorithm;
use model::Timestamp;

use super::KeyRing;
use super::making::Fresh;
use crate::{Happening, KeyStage, NewSigningKey, Result, Rotated, Tx};

/// Who wants a key to change, for the audit trail.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    /// Who.
    pub actor: &'a str,
    /// The request it belongs to.
    pub request_id: &'a str,
}

/// What became of a line of keys when one of them was ended at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Where the key stood.
    pub stage: KeyStage,
    /// The key that signs now.
    pub signing: String,
}

impl KeyRing {
    /// Begins the rotation of the key that signs with `algorithm`, if it has done so for `age` and has no successor
    /// yet. Whoever is first among any number of nodes does it; the others get none.
    pub async fn rotate(
        &self,
        algorithm: Algorithm,
        age: Duration,
        cause: Cause<'_>,
        now: Timestamp,
    ) -> Result<Option<Rotated>> {
        let ripe = now.minus(age);
        let keys = self.0.store.read().await?.signing_keys(now).await?;
        let is_due = keys.iter().any(|key| {
            (key.purpose, key.algorithm) == (self.purpose(), algorithm)
                && key.retired_at.is_none()
                && key.signs_from <= ripe
        });
        if !is_due {
            return Ok(None);
        }
        let fresh = Fresh::make(self.purpose(), algorithm).await?;
        let new = fresh.new_key();
        let mut tx = self.0.store.write().await?;
        let Some(rotated) = tx.rotate_signing_key(&new, ripe, now).await? else {
            tx.commit().await?;
            return Ok(None);
        };
        let line = Line { of: new, cause, why: "rotation", now };
        line.published(&mut tx).await?;
        line.retired(&mut tx, &rotated.predecessor).await?;
        tx.commit().await?;
        self.hold(None);
        Ok(Some(rotated))
    }

    /// Ends a key at once, because somebody else has it: it is published no more, and a successor signs without
    /// having been published before. What it signed verifies no more wherever that is learned; until then, whoever
    /// has the key can sign. None when the ring has no such key.
    pub async fn end(&self, kid: &str, cause: Cause<'_>, now: Timestamp) -> Result<Option<Ended>> {
        let keys = self.0.store.read().await?.signing_keys(now).await?;
        let Some(key) = keys.into_iter().find(|key| key.kid == kid && key.purpose == self.purpose()) else {
            return Ok(None);
        };
        // Seldom needed in vain, and nobody shall wait for it inside the transaction.
        let spare = Fresh::make(self.purpose(), key.algorithm).await?;
        let new = spare.new_key();
        let mut tx = self.0.store.write().await?;
        let Some(spare_kept) = tx.end_signing_key(kid, &new, now).await? else {
            tx.commit().await?;
            return Ok(None);
        };
        let line = Line { of: new, cause, why: "at_once", now };
        line.retired(&mut tx, kid).await?;
        if spare_kept {
            line.published(&mut tx).await?;
        }
        tx.commit().await?;
        self.hold(None);
        let signing = self.signing(key.algorithm, now).await?.kid().to_owned();
        Ok(Some(Ended { stage: key.stage(now), signing }))
    }
}

/// A line of the audit trail about keys of one purpose and algorithm.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// Any key of that purpose and algorithm.
    pub(super) of: NewSigningKey<'a>,
    pub(super) cause: Cause<'a>,
    pub(super) why: &'static str,
    pub(super) now: Timestamp,
}

impl Line<'_> {
    pub(super) async fn published(&self, tx: &mut Tx) -> Result<()> {
        self.write(tx, "key.published", self.of.kid).await
    }

    async fn retired(&self, tx: &mut Tx, kid: &str) -> Result<()> {
        self.write(tx, "key.retired", kid).await
    }

    async fn write(&self, tx: &mut Tx, action: &str, subject: &str) -> Result<()> {
        let Cause { actor, request_id } = self.cause;
        let detail = format!("{} {} {}", self.of.purpose.name(), self.of.algorithm.name(), self.why);
        tx.audit(Happening { request_id, actor, action, subject, detail: &detail }, self.now).await
    }
}
