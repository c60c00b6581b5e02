//! Who calls: an integrator's backend with its private key, or the patient's widget with its session.

use axum::http::HeaderMap;
use identity::clients::{Client, Presented, authenticate, identify};
use identity::session;
use model::Secret;
use store::Consent;

use crate::App;
use crate::api_error::ApiError;
use crate::call::{self, Caller};
use crate::request::{Credentials, CredentialsFault, Fields, bearer};

/// The organisation's backend: HTTP Basic, or the private key alone as a Bearer token, as the published
/// quickstart sends it.
pub(crate) async fn backend(app: &App, headers: &HeaderMap) -> Result<Client, ApiError> {
    let mut tx = app.store().read().await?;
    let client = match Credentials::basic(headers) {
        Ok(credentials) => {
            let presented =
                Presented { public_id: &credentials.id, private_key: credentials.secret.expose() };
            authenticate(&mut tx, presented).await?.ok()
        }
        Err(CredentialsFault::NotBasic) => match bearer(headers) {
            Some(key) => by_private_key(&mut tx, &key).await?,
            None => None,
        },
        Err(_) => None,
    };
    let client = client.ok_or_else(ApiError::unauthorized)?;
    (app.identity.gate)(&client)?;
    Ok(client)
}

async fn by_private_key(tx: &mut store::Tx, key: &Secret) -> Result<Option<Client>, store::StoreError> {
    let Some(credential) = tx.credential_by_private_key(&key.hash()).await? else { return Ok(None) };
    Ok(identify(tx, credential.public_id.as_str()).await?.ok())
}

/// The client that a page names, without a proof: what it may see is public.
pub(crate) async fn page(app: &App, query: &Fields) -> Result<Client, ApiError> {
    let mut tx = app.store().read().await?;
    let client = identify(&mut tx, query.text("public_id")).await?;
    client.map_err(|_| ApiError::not_found("There is no active credential with this public_id."))
}

/// The patient in the widget: the session's access token, used on the page of the client it was made for.
pub(crate) async fn patient(app: &App, headers: &HeaderMap, query: &Fields) -> Result<Consent, ApiError> {
    let token = bearer(headers).ok_or_else(ApiError::session_ended)?;
    let mut tx = app.store().read().await?;
    let consent = session::consent(&app.identity, &mut tx, token.expose())
        .await?
        .ok_or_else(ApiError::session_ended)?;
    call::in_session(Caller {
        organization: consent.organization_id.clone(),
        public_id: consent.public_id.clone(),
    });
    match query.get("public_id") {
        Some(named) if named != consent.public_id.as_str() => Err(ApiError::session_ended()),
        _ => Ok(consent),
    }
}
