//! The patient's session: what an access token stands for.

use model::ClientProfile;
use store::{AccessToken, Consent, StoreError};

use crate::Identity;
use crate::clients::identify;
use crate::dpop::{self, Request};
use crate::tokens::access_token::key_of;

/// An access token as a request brought it, unchecked.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The token.
    pub token: &'a str,
    /// The request, when the token came by the scheme `DPoP`: then its proof says that the sender holds the key.
    pub dpop: Option<Request<'a>>,
}

/// Why a token is good for nothing here.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is unknown, lapsed, revoked or bound to another key, or what it stands for has ended.
    #[error("the access token is unknown or over, or bound to another key")]
    Ended,
    /// The proof beside it does not stand.
    #[error(transparent)]
    Dpop(#[from] dpop::Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The consent behind an access token that stands.
pub async fn consent(identity: &Identity, presented: &Presented<'_>) -> Result<Consent, Refusal> {
    Ok(standing(identity, presented).await?.consent)
}

/// An access token, while it and its consent hold, the credential it was given through is active and its
/// organisation may use TEFCA in that mode: what an operator switches off ends at once.
pub(crate) async fn standing(identity: &Identity, presented: &Presented<'_>) -> Result<AccessToken, Refusal> {
    let now = identity.clock.now();
    let key = key_of(presented.token).ok_or(Refusal::Ended)?;
    let mut tx = identity.store.read().await?;
    let token: Option<AccessToken> = tx.access_token(&key, now).await?;
    let token = token.filter(|token| token.consent.holds_at(now)).ok_or(Refusal::Ended)?;
    let public_id = &token.consent.public_id;
    let client = identify(&mut tx, public_id.as_str()).await?.map_err(|_| Refusal::Ended)?;
    drop(tx);
    if !client.may_use_tefca() {
        return Err(Refusal::Ended);
    }
    let profile = client.credential.policy.profile;
    check_possession(identity, presented, profile, token.dpop_jkt.as_deref()).await?;
    Ok(token)
}

/// A bound token needs a proof by its own key, which counts once, and one that is not bound is no use to a proof (RFC
/// 9449 section 7).
pub(crate) async fn check_possession(
    identity: &Identity,
    presented: &Presented<'_>,
    profile: ClientProfile,
    key: Option<&str>,
) -> Result<(), Refusal> {
    match (presented.dpop, key) {
        (None, None) => Ok(()),
        (Some(request), Some(key)) => {
            let proof = dpop::judge(identity, &request, profile, Some(presented.token))?;
            let proof = proof.ok_or(dpop::Refusal::Missing)?;
            if proof.jkt().as_str() != key {
                return Err(Refusal::Ended);
            }
            let mut tx = identity.store.write().await?;
            dpop::use_up(identity, &mut tx, Some(&proof)).await??;
            Ok(tx.commit().await?)
        }
        _ => Err(Refusal::Ended),
    }
}
