//! What a client does without a patient (`client_credentials`, RFC 6749 section 4.4): its token is a JWT of which
//! nothing is kept.

use std::time::Duration;

use model::{Scope, Timestamp};
use oauth::dpop::Proof;

use super::access_token::{Access, Whose, sign};
use super::{Call, Refusal, Tokens, check_possession};
use crate::clients::{Recognised, UnknownClient, check_named, recognise_now, told};
use crate::{Identity, dpop, targets};

/// A client can have another any time, so that it need not live long.
const LIFE: Duration = Duration::from_mins(10);
const _: () = assert!(LIFE.as_secs() <= store::key_ring::SIGNED_LIFE.as_secs());

/// Makes a token by which a client proves itself at this API. Nothing is written, unless something has to be used up,
/// which is before anything is refused.
pub(super) async fn issue(identity: &Identity, call: Call<'_>) -> Result<Tokens, Refusal> {
    let presented = call.presented.ok_or(UnknownClient::Missing)?;
    let (form, now) = (call.form, identity.clock.now());
    let keys = identity.keys.at(now).await?;
    let proven = recognise_now(identity, presented).await??;
    let client = proven.client();
    let proof = dpop::judge(identity, call.sent, client.credential.policy.profile, None);
    use_up(identity, &proven, proof.as_ref().ok().and_then(Option::as_ref), now).await?;
    (identity.gate)(client)?;
    check_named(client, form.client_id)?;
    if !client.credential.policy.acts_alone() {
        return Err(Refusal::GrantNotAllowed);
    }
    // Every scope there is is about a patient.
    if form.scope.is_some() {
        return Err(Refusal::Scope);
    }
    let mut audience = targets::named(identity, form.audience, form.resource)?;
    if audience.is_empty() {
        audience.push(identity.settings.base_url.clone());
    }
    let proof = proof?;
    check_possession(client, proof.as_ref(), (None, false))?;
    let id = client.credential.public_id.as_str();
    let whose = Whose { subject: id, client_id: id, auth_time: None };
    let access = Access { scope: &Scope::none(), audience: &audience, key: proof.as_ref().map(Proof::jkt) };
    Ok(Tokens {
        access_token: sign(identity, &keys, &identity.entropy.secret(), whose, access, LIFE, now)?,
        id_token: None,
        refresh_token: None,
        bound: proof.is_some(),
        expires_in: LIFE.as_secs(),
        scope: Scope::none(),
    })
}

/// What the client proved itself by is used up although its proof of a key was used before.
async fn use_up(
    identity: &Identity,
    proven: &Recognised,
    proof: Option<&Proof>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if proven.assertion().is_none() && proof.is_none() {
        return Ok(());
    }
    let mut tx = identity.store.write().await?;
    let credential = Some(&proven.client().credential);
    proven.use_up(&mut tx, now).await?.map_err(|reason| told(identity, credential, reason))?;
    let first = dpop::use_up(identity, &mut tx, proof).await?;
    tx.commit().await?;
    Ok(first?)
}
