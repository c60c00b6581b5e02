//! A code becomes a patient's session, once.

use model::{Challenge, SecretHash};
use oauth::dpop::Proof;
use store::{Authorization, Happening};

use super::access_token::{self, Access};
use super::{Form, Refusal, Tokens, add_refresh_token, authenticated_client, id_token, possession};
use crate::clients::Presented;
use crate::dpop::{self, Request};
use crate::par::OFFLINE_ACCESS;
use crate::{Identity, SESSION_LIFE, targets};

/// Redeems a code. Everything about it is checked before it is spent, so that a wrong guess costs the
/// right client nothing; spending it is one guarded statement.
pub(super) async fn redeem(
    identity: &Identity,
    presented: Option<Presented<'_>>,
    sent: &Request<'_>,
    form: &Form<'_>,
    request_id: &str,
) -> Result<Tokens, Refusal> {
    let code = form.code.ok_or(Refusal::Missing("code"))?;
    let now = identity.clock.now();
    let keys = identity.keys.at(now).await?;
    let mut tx = identity.store.write().await?;
    let client = authenticated_client(identity, &mut tx, presented, form).await?;
    let found = tx.authorization_by_code(&SecretHash::of(code)).await?;
    let authorization =
        found.filter(|found| found.public_id == client.credential.public_id).ok_or(Refusal::UnknownCode)?;
    check_redirect_uri(form, &authorization)?;
    check_verifier(form, &authorization)?;
    let granted = &authorization.request.resources;
    let audience = targets::narrowed(identity, granted, form.audience, form.resource)?;
    let key = authorization.request.dpop_jkt.as_deref();
    let proof = possession(identity, &client, sent, (key, false))?;
    dpop::use_up(identity, &mut tx, proof.as_ref()).await??;
    let Some(consent) = tx.exchange_code(&authorization.id, now).await? else {
        // Who else holds the code cannot be told, nor which of the two has the tokens (RFC 6749 4.1.2).
        if let Some(consent) = authorization.consent_id.filter(|_| authorization.exchanged)
            && tx.revoke_consent_tokens(&consent, now).await?
        {
            let (actor, subject) = (client.credential.public_id.as_str(), consent.as_str());
            let action = "tokens.revoked";
            tx.audit(Happening { request_id, actor, action, subject, detail: "code_reused" }, now).await?;
            tx.commit().await?;
        }
        return Err(Refusal::Spent);
    };
    let consent = tx.consent(&consent).await?.ok_or(Refusal::Spent)?;
    let access = Access { scope: &consent.scope, audience: &audience, key: proof.as_ref().map(Proof::jkt) };
    let access_token = access_token::add(identity, &mut tx, &keys, &consent, access, now).await?;
    let refresh_token = match presented {
        Some(_) if consent.scope.contains(OFFLINE_ACCESS) => {
            add_refresh_token(&mut tx, &consent, identity.entropy.secret(), now).await?
        }
        _ => None,
    };
    tx.commit().await?;
    let nonce = authorization.request.nonce.as_deref();
    let id_token = id_token::issue(identity, &keys, &client, &consent, &access_token, nonce, now)?;
    let id_token = Some(id_token);
    let expires_in = SESSION_LIFE.as_secs();
    let bound = proof.is_some();
    Ok(Tokens { access_token, id_token, refresh_token, bound, expires_in, scope: consent.scope })
}

fn check_redirect_uri(form: &Form<'_>, authorization: &Authorization) -> Result<(), Refusal> {
    match form.redirect_uri {
        None => Err(Refusal::Missing("redirect_uri")),
        uri if uri == authorization.request.redirect_uri.as_deref() => Ok(()),
        Some(_) => Err(Refusal::RedirectUri),
    }
}

fn check_verifier(form: &Form<'_>, authorization: &Authorization) -> Result<(), Refusal> {
    let verifier = form.code_verifier.ok_or(Refusal::Missing("code_verifier"))?;
    let challenge = authorization.request.code_challenge.as_deref().and_then(Challenge::parse);
    if challenge.is_some_and(|challenge| challenge.is_met_by(verifier)) {
        Ok(())
    } else {
        Err(Refusal::Verifier)
    }
}
