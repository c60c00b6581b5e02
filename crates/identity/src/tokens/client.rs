//! What a client does without a patient (`client_credentials`, RFC 6749 section 4.4): its token is a JWT of which
//! nothing is kept.

use std::time::Duration;

use model::Scope;
use oauth::dpop::Proof;

use super::access_token::{Access, Whose, sign};
use super::{Form, Refusal, Tokens, check_client_id, possession};
use crate::clients::{Presented, UnknownClient, recognise_now};
use crate::dpop::{self, Request};
use crate::{Identity, targets};

/// A client can have another any time, so that it need not live long.
const LIFE: Duration = Duration::from_mins(10);
const _: () = assert!(LIFE.as_secs() <= store::key_ring::SIGNED_LIFE.as_secs());

/// Makes a token by which a client proves itself at this API. Nothing is written, unless something has to be used up.
pub(super) async fn issue(
    identity: &Identity,
    presented: Option<Presented<'_>>,
    sent: &Request<'_>,
    form: &Form<'_>,
) -> Result<Tokens, Refusal> {
    let presented = presented.ok_or(UnknownClient::Missing)?;
    let now = identity.clock.now();
    let keys = identity.keys.at(now).await?;
    let proven = recognise_now(identity, presented).await??;
    let client = proven.client();
    (identity.gate)(client)?;
    check_client_id(client, form)?;
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
    let proof = possession(identity, client, sent, (None, false))?;
    if proven.assertion().is_some() || proof.is_some() {
        let mut tx = identity.store.write().await?;
        proven.use_up(&mut tx, now).await??;
        dpop::use_up(identity, &mut tx, proof.as_ref()).await??;
        tx.commit().await?;
    }
    let id = client.credential.public_id.as_str();
    let whose = Whose { subject: id, client_id: id };
    let access = Access { scope: &Scope::none(), audience: &audience, key: proof.as_ref().map(Proof::jkt) };
    Ok(Tokens {
        access_token: sign(identity, &keys, whose, access, None, LIFE, now)?,
        id_token: None,
        refresh_token: None,
        bound: proof.is_some(),
        expires_in: LIFE.as_secs(),
        scope: Scope::none(),
    })
}
