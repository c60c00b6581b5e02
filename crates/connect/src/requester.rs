//! In whose name the network is asked.

use store::{Consent, StoreError, Tx};

/// The name of the organisation that a patient's ID token is meant for: the one that has the token's HCID, which is
/// the operator's own where its registration at a CSP says so, or else the one that the patient consented to. None
/// when that one is gone.
pub(crate) async fn requester_name(tx: &mut Tx, consent: &Consent) -> Result<Option<String>, StoreError> {
    if let Some(holder) = tx.organization_of(&consent.identity.meant_for).await? {
        return Ok(Some(holder.name));
    }
    let consented = tx.organization(&consent.organization_id).await?;
    Ok(consented.map(|organization| organization.name))
}
