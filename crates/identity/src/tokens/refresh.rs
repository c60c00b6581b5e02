//! A refresh token becomes new tokens, and a successor.

use std::time::Duration;

use model::{ClientProfile, Scope, Secret, Timestamp};
use oauth::dpop::Proof;
use store::{ConsentRefreshToken, Happening, Keys, Tx};

use super::access_token::{self, Access};
use super::{
    Call, Granted, Refusal, Tokens, add_refresh_token, check_entitlement, check_possession, proven_client,
    record_end, remember_key, sender, settle,
};
use crate::clients::{Client, check_named};
use crate::{Identity, targets};

/// Renews the tokens of a consent, for a client that proves itself: the widget is given none to renew by. The refresh
/// token is used up and a successor takes its place, with the same end: counted from proofing, never from use. Whoever
/// uses one twice ends the family, unless the answer may have been lost: for a short time, while nobody has used the
/// successor, the same one is given again. Clients under FAPI 2.0 keep one refresh token, as its section 5.3.2.1 would
/// have it.
pub(super) async fn renew(identity: &Identity, call: Call<'_>) -> Result<Tokens, Refusal> {
    let token = Secret::new(call.form.refresh_token.ok_or(Refusal::Missing("refresh_token"))?.to_owned());
    let now = identity.clock.now();
    let keys = identity.keys.at(now).await?;
    let (mut tx, client) = proven_client(identity, call).await?;
    let granted = exchange(identity, &mut tx, &keys, &client, call, &token).await;
    settle(tx, call, granted).await?.tokens(identity, &keys, &client, now)
}

async fn exchange(
    identity: &Identity,
    tx: &mut Tx,
    keys: &Keys,
    client: &Client,
    call: Call<'_>,
    token: &Secret,
) -> Result<Granted, Refusal> {
    let (form, now) = (call.form, identity.clock.now());
    check_named(client, form.client_id)?;
    let proof = sender(identity, tx, client, call).await?;
    let kept = tx.consent_refresh_token(&token.hash()).await?.ok_or(Refusal::RefreshToken)?;
    let consent = &kept.consent;
    if consent.public_id != client.credential.public_id || consent.tokens_revoked || !consent.holds_at(now) {
        return Err(Refusal::RefreshToken);
    }
    let scope = narrowed(&consent.scope, form.scope)?;
    let audience = targets::narrowed(identity, &consent.resources, form.audience, form.resource)?;
    check_possession(client, proof.as_ref(), (None, consent.dpop_jkt.is_some()))?;
    // Whoever brings one that was used ends its family all the same.
    if kept.used_at.is_none() {
        check_entitlement(client)?;
    }
    let (actor, subject) = (client.credential.public_id.as_str(), consent.id.as_str());
    let refresh_token = match use_up(identity, tx, client, &kept, token, now).await? {
        Use::Kept => None,
        Use::Rotated(successor) => add_refresh_token(tx, consent, successor, now).await?,
        Use::Again(successor) => {
            check_entitlement(client)?;
            Some(successor)
        }
        Use::Stolen => {
            tx.revoke_consent_tokens(&consent.id, now).await?;
            record_end(tx, actor, (subject, "refresh_token_reused"), call.request_id, now).await?;
            return Err(Refusal::RefreshReused);
        }
    };
    let happening =
        Happening { request_id: call.request_id, actor, action: "tokens.renewed", subject, detail: "" };
    tx.audit(happening, now).await?;
    remember_key(tx, consent, proof.as_ref()).await?;
    let access = Access { scope: &scope, audience: &audience, key: proof.as_ref().map(Proof::jkt) };
    let access_token = access_token::add(identity, tx, keys, consent, access, now).await?;
    let (consent, bound) = (kept.consent, proof.is_some());
    Ok(Granted { consent, access_token, refresh_token, bound, scope, nonce: None })
}

/// What became of a refresh token.
enum Use {
    /// It may be used again.
    Kept,
    /// It is used up, and this one follows.
    Rotated(Secret),
    /// It was used up a moment ago, and nobody has used its successor: the answer was lost.
    Again(Secret),
    /// It was used up before.
    Stolen,
}

async fn use_up(
    identity: &Identity,
    tx: &mut Tx,
    client: &Client,
    kept: &ConsentRefreshToken,
    token: &Secret,
    now: Timestamp,
) -> Result<Use, Refusal> {
    if client.credential.policy.profile == ClientProfile::Fapi2 {
        return if kept.holds_at(now) { Ok(Use::Kept) } else { Err(Refusal::RefreshToken) };
    }
    let successor = identity.store.refresh_successor(token);
    if tx.use_consent_refresh_token(&token.hash(), now).await? {
        return Ok(Use::Rotated(successor));
    }
    // Read again: another request may have used it since.
    let used_at = tx.consent_refresh_token(&token.hash()).await?.and_then(|kept| kept.used_at);
    let used_at = used_at.ok_or(Refusal::RefreshToken)?;
    let retry = Duration::from_secs(client.credential.policy.refresh_retry.into());
    let lost = now.since(used_at) < retry && tx.is_consent_refresh_token_unused(&successor.hash()).await?;
    Ok(if lost { Use::Again(successor) } else { Use::Stolen })
}

/// The scope asked for, which may be narrower than what was granted (RFC 6749 section 6).
fn narrowed(granted: &Scope, asked: Option<&str>) -> Result<Scope, Refusal> {
    let Some(asked) = asked else { return Ok(granted.clone()) };
    let asked = Scope::parse(asked).map_err(|_| Refusal::Scope)?;
    if asked.is_within(granted) { Ok(asked) } else { Err(Refusal::Scope) }
}
