//! Whether what was allowed may still be used: an operator may have switched something off meanwhile.

use model::Tenant;
use store::{Consent, StoreError, Tx};

/// Whether the organisation may use TEFCA in its mode at this moment.
pub(crate) async fn is_entitled(tx: &mut Tx, tenant: Tenant<'_>) -> Result<bool, StoreError> {
    let organization = tx.organization(tenant.organization).await?;
    Ok(organization.is_some_and(|organization| organization.entitlements(tenant.mode).tefca))
}

/// Whether a consent may still lead to connections: the credential it was given through is active, and its
/// organisation entitled.
pub(crate) async fn stands(tx: &mut Tx, consent: &Consent) -> Result<bool, StoreError> {
    let credential = tx.credential(&consent.public_id).await?;
    Ok(credential.is_some_and(|credential| credential.active) && is_entitled(tx, consent.tenant()).await?)
}
