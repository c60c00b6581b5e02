//! The patient's session: what an access token stands for.

use model::SecretHash;
use store::{AccessToken, Consent, StoreError, Tx};

use crate::Identity;
use crate::clients::identify;

/// The consent behind an access token that stands.
pub async fn consent(
    identity: &Identity,
    tx: &mut Tx,
    access_token: &str,
) -> Result<Option<Consent>, StoreError> {
    Ok(standing(identity, tx, access_token).await?.map(|token| token.consent))
}

/// An access token, while it and its consent hold, the credential it was given through is active and its
/// organisation may use TEFCA in that mode: what an operator switches off ends at once.
pub(crate) async fn standing(
    identity: &Identity,
    tx: &mut Tx,
    access_token: &str,
) -> Result<Option<AccessToken>, StoreError> {
    let now = identity.clock.now();
    let token = tx.access_token(&SecretHash::of(access_token), now).await?;
    let Some(token) = token.filter(|token| token.consent.holds_at(now)) else { return Ok(None) };
    let public_id = &token.consent.public_id;
    let client = identify(tx, public_id.as_str()).await?;
    let entitled = client.is_ok_and(|client| client.organization.entitlements(public_id.mode()).tefca);
    Ok(entitled.then_some(token))
}
