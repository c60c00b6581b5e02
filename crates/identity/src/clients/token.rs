//! A client known by an access token of its own (RFC 6749 section 4.4), which it got by proving itself.

use std::sync::Arc;

use jose::{Compact, KeySet};
use model::SecretHash;
use oauth::Thumbprint;
use oauth::access_token::{Expectations, Verified, verify};
use store::{StoreError, Tx};

use super::{Client, identify};
use crate::Identity;
use crate::session::{Presented, Refusal, check_possession};

/// The client whose own token this is, while it is active and may act without a patient.
pub async fn by_access_token(identity: &Identity, presented: &Presented<'_>) -> Result<Client, Refusal> {
    let keys = keys_for(identity, presented.token).await?;
    let token = read(identity, &keys, presented.token).ok_or(Refusal::Ended)?;
    let mut tx = identity.store.read().await?;
    let client = identify(&mut tx, token.client_id()).await?.map_err(|_| Refusal::Ended)?;
    if !holds(&mut tx, &client, &token).await? {
        return Err(Refusal::Ended);
    }
    drop(tx);
    let key = token.jkt().map(Thumbprint::as_str);
    check_possession(identity, presented, client.credential.policy.profile, key).await?;
    Ok(client)
}

/// Our keys, to look for that of a token in.
pub(crate) async fn keys_for(identity: &Identity, text: &str) -> Result<Arc<KeySet>, StoreError> {
    let now = identity.clock.now();
    match Compact::parse(text).ok().as_ref().and_then(Compact::key_id) {
        Some(kid) => identity.keys.key_set_for(kid, now).await,
        None => identity.keys.key_set(now).await,
    }
}

/// A client's own access token that we signed and that has not lapsed. A patient's is none: nobody becomes their
/// client by it.
pub(crate) fn read(identity: &Identity, keys: &KeySet, text: &str) -> Option<Verified> {
    let names = identity.settings.api_names();
    let names = names.each_ref().map(String::as_str);
    let expected = Expectations::new(&identity.settings.base_url, &names, identity.clock.now());
    let token = verify(&Compact::parse(text).ok()?, keys, &expected).ok()?;
    (token.subject() == token.client_id()).then_some(token)
}

/// Whether it is the client's, who may still have one like it and has not ended it.
pub(crate) async fn holds(tx: &mut Tx, client: &Client, token: &Verified) -> Result<bool, StoreError> {
    let policy = &client.credential.policy;
    let is_allowed = policy.acts_alone() && (token.jkt().is_some() || !policy.sender_constrained);
    Ok(is_of(client, token) && is_allowed && !tx.was_revoked(&name(token)).await?)
}

/// Whether it is the client's.
pub(crate) fn is_of(client: &Client, token: &Verified) -> bool {
    token.client_id() == client.credential.public_id.as_str()
}

/// Ends it.
pub(crate) async fn revoke(tx: &mut Tx, token: &Verified) -> Result<(), StoreError> {
    tx.remember_revoked(&name(token), token.expires_at()).await
}

/// What it is known by, which no other spelling of its signature changes.
fn name(token: &Verified) -> SecretHash {
    SecretHash::of(token.token_id())
}
