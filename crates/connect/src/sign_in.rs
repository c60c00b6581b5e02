//! Signing in at a provider that asks for it: from the patient's click to a connection.

use std::time::Duration;

use model::SecretHash;
use model::id::{AccountFoundId, RequestId};
use network::sign_in::{self, Returned, SignInFault, SignedIn};
use store::{AccountFound, AuthorizationType, Consent, SignIn, StoreError};

use crate::Connect;
use crate::connections::connect_account;
use crate::entitlement::stands;

/// A patient has this long at the provider: the published widget's bound.
pub const SIGN_IN_LIFE: Duration = Duration::from_mins(20);

/// Why there is no sign-in, or no connection after it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The search found no such account that asks for a sign-in.
    #[error("no account of this patient asks for a sign-in")]
    Unknown,
    /// Nobody was sent to the provider with this `state`, or too long ago, or they came back before.
    #[error("the sign-in is unknown, lapsed or ended")]
    Ended,
    /// The provider did not let the patient in, or the patient changed their mind.
    #[error("the provider reports: no sign-in")]
    NotSignedIn,
    /// The consent has ended in the meantime, or the operator switched off what it stands on.
    #[error("the patient's consent has ended or may not be used any more")]
    ConsentEnded,
    /// What went wrong with the provider.
    #[error(transparent)]
    Provider(#[from] SignInFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Prepares a sign-in; the provider's URL for the browser. The patient speaks `language`.
pub async fn begin(
    connect: &Connect,
    consent: &Consent,
    account: &str,
    external_id: Option<&str>,
    language: &str,
) -> Result<String, Refusal> {
    let id = AccountFoundId::parse(account).map_err(|_| Refusal::Unknown)?;
    let account = connect.store.read().await?.account_found(&id, &consent.id).await?;
    let account = account.filter(asks_for_sign_in).ok_or(Refusal::Unknown)?;
    let begun = sign_in::begin(&connect.network, &account.endpoint, &callback(connect), language).await?;
    let kept = SignIn {
        account_id: account.id,
        consent_id: consent.id.clone(),
        external_id: external_id.map(str::to_owned),
        verifier: begun.verifier,
    };
    let mut tx = connect.store.write().await?;
    tx.add_sign_in(&begun.state.hash(), &kept, connect.clock.now().plus(SIGN_IN_LIFE)).await?;
    tx.commit().await?;
    Ok(begun.url)
}

/// Ends a sign-in: the patient is back, with a code or without, and perhaps with the name of the issuer that sent
/// them (RFC 9207). Connects the account; its provider's name.
pub async fn finish(
    connect: &Connect,
    state: &str,
    code: Option<&str>,
    iss: Option<&str>,
) -> Result<String, Refusal> {
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    let taken = tx.take_sign_in(&SecretHash::of(state), now).await?.ok_or(Refusal::Ended)?;
    let consent = tx.consent(&taken.consent_id).await?.filter(|consent| consent.holds_at(now));
    let stands = match &consent {
        Some(consent) => stands(&mut tx, consent).await?,
        None => false,
    };
    tx.commit().await?;
    let consent = consent.filter(|_| stands).ok_or(Refusal::ConsentEnded)?;
    let code = code.ok_or(Refusal::NotSignedIn)?;
    let account = connect.store.read().await?.account_found(&taken.account_id, &consent.id).await?;
    let account = account.filter(asks_for_sign_in).ok_or(Refusal::Ended)?;
    let signed_in = sign_in::finish(
        &connect.network,
        &consent.identity,
        &account.endpoint,
        &callback(connect),
        &taken.verifier,
        Returned { code, iss },
    )
    .await?;
    keep(connect, &consent, account, taken.external_id.as_deref(), &signed_in).await
}

async fn keep(
    connect: &Connect,
    consent: &Consent,
    mut account: AccountFound,
    external_id: Option<&str>,
    signed_in: &SignedIn,
) -> Result<String, Refusal> {
    account.remote_patient.clone_from(&signed_in.patient);
    let request_id = RequestId::from_random(connect.entropy.bytes());
    let mut tx = connect.store.write().await?;
    if !tx.name_remote_patient(&account.id, &signed_in.patient).await? {
        return Err(Refusal::Ended);
    }
    let success = connect_account(connect, &mut tx, consent, &account, external_id, &request_id).await?;
    if let Some(token) = &signed_in.refresh_token {
        tx.keep_connection_refresh_token(&success.connection.id, token).await?;
    }
    tx.commit().await?;
    Ok(account.provider)
}

fn asks_for_sign_in(account: &AccountFound) -> bool {
    account.authorization_type == AuthorizationType::Facilitated && account.connection_id.is_none()
}

/// Where providers send patients back to; what we are registered with there.
fn callback(connect: &Connect) -> String {
    format!("{}/v1/bridge/callback", connect.settings.base_url)
}
