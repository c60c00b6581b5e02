//! A code becomes a patient's session, once.

use model::{AuthorizationRequest, Challenge, SecretHash, Timestamp};
use oauth::dpop::Proof;
use store::{AuthorizationCode, Keys, StoreError, Tx};

use super::access_token::{self, Access};
use super::{
    Call, Form, Granted, Refusal, Tokens, add_refresh_token, check_entitlement, check_possession,
    proven_client, record_end, remember_key, sender, settle,
};
use crate::clients::{Client, UnknownClient, check_named, identify};
use crate::par::OFFLINE_ACCESS;
use crate::{Identity, targets};

/// Redeems a code. Everything about it is checked before it is spent, so that a wrong guess costs the
/// right client nothing; spending it is one guarded statement.
pub(super) async fn redeem(identity: &Identity, call: Call<'_>) -> Result<Tokens, Refusal> {
    let code = call.form.code.ok_or(Refusal::Missing("code"))?;
    let now = identity.clock.now();
    let keys = identity.keys.at(now).await?;
    let (mut tx, client) = match call.presented {
        None if call.form.redirect_uri == Some(identity.settings.widget_callback().as_str()) => {
            widgets_client(identity, call.form).await?
        }
        _ => proven_client(identity, call).await?,
    };
    let granted = exchange(identity, &mut tx, &keys, &client, call, code).await;
    settle(tx, call, granted).await?.tokens(identity, &keys, &client, now)
}

/// The widget has nothing to prove its client with: it is known by its public id, may only use the widget's own
/// redirect URI, and PKCE binds the code to the page that asked for it.
async fn widgets_client(identity: &Identity, form: &Form<'_>) -> Result<(Tx, Client), Refusal> {
    let mut tx = identity.store.write().await?;
    let client = identify(&mut tx, form.client_id.unwrap_or_default()).await??;
    if client.credential.uses_widget() { Ok((tx, client)) } else { Err(UnknownClient::Missing.into()) }
}

async fn exchange(
    identity: &Identity,
    tx: &mut Tx,
    keys: &Keys,
    client: &Client,
    call: Call<'_>,
    code: &str,
) -> Result<Granted, Refusal> {
    let (form, now) = (call.form, identity.clock.now());
    check_named(client, form.client_id)?;
    let proof = sender(identity, tx, client, call).await?;
    let hash = SecretHash::of(code);
    let found = tx.authorization_code(&hash).await?;
    let found = found.filter(|found| found.consent.public_id == client.credential.public_id);
    let found = found.ok_or(Refusal::UnknownCode)?;
    check_redirect_uri(form, &found.request)?;
    check_verifier(form, &found.request)?;
    let request = &found.request;
    let audience = targets::narrowed(identity, &request.resources, form.audience, form.resource)?;
    check_possession(client, proof.as_ref(), (request.dpop_jkt.as_deref(), false))?;
    // Whoever brings one that was used ends what it brought all the same.
    if !found.exchanged {
        check_entitlement(client)?;
    }
    if !tx.exchange_code(&found.authorization_id, now).await? {
        // Whoever redeemed it at the same time has by now.
        let found = tx.authorization_code(&hash).await?.unwrap_or(found);
        revoke_spent(tx, client, &found, call.request_id, now).await?;
        return Err(Refusal::Spent);
    }
    let AuthorizationCode { consent, request, .. } = found;
    remember_key(tx, &consent, proof.as_ref()).await?;
    let access = Access { scope: &consent.scope, audience: &audience, key: proof.as_ref().map(Proof::jkt) };
    let access_token = access_token::add(identity, tx, keys, &consent, access, now).await?;
    let refresh_token = match call.presented {
        Some(_) if consent.scope.contains(OFFLINE_ACCESS) => {
            add_refresh_token(tx, &consent, identity.entropy.secret(), now).await?
        }
        _ => None,
    };
    let (bound, scope, nonce) = (proof.is_some(), consent.scope.clone(), request.nonce);
    Ok(Granted { consent, access_token, refresh_token, bound, scope, nonce })
}

/// Who else holds a code that came twice cannot be told, nor which of the two has the tokens (RFC 6749 4.1.2).
async fn revoke_spent(
    tx: &mut Tx,
    client: &Client,
    code: &AuthorizationCode,
    request_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let consent = &code.consent.id;
    if code.exchanged && tx.revoke_consent_tokens(consent, now).await? {
        let actor = client.credential.public_id.as_str();
        record_end(tx, actor, (consent.as_str(), "code_reused"), request_id, now).await?;
    }
    Ok(())
}

fn check_redirect_uri(form: &Form<'_>, request: &AuthorizationRequest<()>) -> Result<(), Refusal> {
    match form.redirect_uri {
        None => Err(Refusal::Missing("redirect_uri")),
        uri if uri == request.redirect_uri.as_deref() => Ok(()),
        Some(_) => Err(Refusal::RedirectUri),
    }
}

fn check_verifier(form: &Form<'_>, request: &AuthorizationRequest<()>) -> Result<(), Refusal> {
    let verifier = form.code_verifier.ok_or(Refusal::Missing("code_verifier"))?;
    let challenge = request.code_challenge.as_deref().and_then(Challenge::parse);
    if challenge.is_some_and(|challenge| challenge.is_met_by(verifier)) {
        Ok(())
    } else {
        Err(Refusal::Verifier)
    }
}
