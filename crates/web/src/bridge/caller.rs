//! Who calls: an integrator's backend with its private key or a token that it got by its keys, or the patient's widget
//! with its session.

use identity::clients::{Client, Presented, authenticate, by_access_token, identify};
use identity::session;
use model::{ClientAuthentication, Secret};
use store::Consent;

use crate::App;
use crate::api_error::ApiError;
use crate::call::{self, Caller};
use crate::request::{Credentials, CredentialsFault, Fields, Sender};

/// The organisation's backend: HTTP Basic, an access token of its own, or the private key alone as a Bearer token, as
/// the published quickstart sends it.
pub(crate) async fn backend(app: &App, sender: &Sender) -> Result<Client, ApiError> {
    let client = match Credentials::basic(&sender.authorization) {
        Ok(credentials) => {
            let (public_id, private_key) = (&credentials.id, credentials.secret.expose());
            let presented = Presented::Secret { public_id, private_key };
            let client = authenticate(&app.identity, &mut app.store().read().await?, presented).await?;
            client.map_err(|_| ApiError::unauthorized())?
        }
        Err(CredentialsFault::NotBasic) => by_token(app, sender).await?,
        Err(_) => return Err(ApiError::unauthorized()),
    };
    (app.identity.gate)(&client)?;
    Ok(client)
}

/// No private key has dots, and every JWT has two.
async fn by_token(app: &App, sender: &Sender) -> Result<Client, ApiError> {
    let token = sender.access_token().ok_or_else(ApiError::unauthorized)?;
    let by_proof = token.is_by_proof();
    if by_proof || token.token.expose().contains('.') {
        let client = by_access_token(&app.identity, &token.presented()).await;
        return client.map_err(|refusal| ApiError::refused_client_token(refusal, by_proof));
    }
    let client = by_private_key(&mut app.store().read().await?, &token.token).await?;
    client.ok_or_else(ApiError::unauthorized)
}

async fn by_private_key(tx: &mut store::Tx, key: &Secret) -> Result<Option<Client>, store::StoreError> {
    let Some(credential) = tx.credential_by_private_key(&key.hash()).await? else { return Ok(None) };
    if credential.policy.authentication != ClientAuthentication::Secret {
        return Ok(None);
    }
    Ok(identify(tx, credential.public_id.as_str()).await?.ok())
}

/// The client that a page names, without a proof: what it may see is public.
pub(crate) async fn page(app: &App, query: &Fields) -> Result<Client, ApiError> {
    let mut tx = app.store().read().await?;
    let client = identify(&mut tx, query.text("public_id")).await?;
    client.map_err(|_| ApiError::not_found("There is no active credential with this public_id."))
}

/// The patient in the widget: the session's access token, used on the page of the client it was made for.
pub(crate) async fn patient(app: &App, sender: &Sender, query: &Fields) -> Result<Consent, ApiError> {
    let token = sender.access_token().ok_or_else(ApiError::session_ended)?;
    let consent = session::consent(&app.identity, &token.presented()).await;
    let consent = consent.map_err(|refusal| ApiError::refused_token(refusal, token.is_by_proof()))?;
    call::on_behalf_of(Caller {
        organization: consent.organization_id.clone(),
        public_id: consent.public_id.clone(),
    });
    match query.get("public_id") {
        Some(named) if named != consent.public_id.as_str() => Err(ApiError::session_ended()),
        _ => Ok(consent),
    }
}
