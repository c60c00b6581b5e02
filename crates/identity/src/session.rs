//! The patient's session: what an access token stands for.

use model::SecretHash;
use store::{Consent, StoreError, Tx};

use crate::Identity;

/// The consent behind an access token, while both hold.
pub async fn consent(
    identity: &Identity,
    tx: &mut Tx,
    access_token: &str,
) -> Result<Option<Consent>, StoreError> {
    let now = identity.clock.now();
    let consent = tx.consent_by_access_token(&SecretHash::of(access_token), now).await?;
    Ok(consent.filter(|consent| consent.holds_at(now)))
}
