//! The patient's session: what an access token stands for.

use model::SecretHash;
use store::{Consent, StoreError, Tx};

use crate::Identity;
use crate::clients::identify;

/// The consent behind an access token, while both hold, the credential it was given through is active and its
/// organisation may use TEFCA in that mode: what an operator switches off ends at once.
pub async fn consent(
    identity: &Identity,
    tx: &mut Tx,
    access_token: &str,
) -> Result<Option<Consent>, StoreError> {
    let now = identity.clock.now();
    let consent = tx.consent_by_access_token(&SecretHash::of(access_token), now).await?;
    let Some(consent) = consent.filter(|consent| consent.holds_at(now)) else { return Ok(None) };
    let client = identify(tx, consent.public_id.as_str()).await?;
    let entitled =
        client.is_ok_and(|client| client.organization.entitlements(consent.public_id.mode()).tefca);
    Ok(entitled.then_some(consent))
}
