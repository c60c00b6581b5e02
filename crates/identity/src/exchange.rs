//! The token endpoint: a code becomes a patient's session, once.

use model::{Challenge, Secret, SecretHash};
use store::{Authorization, StoreError, Tx};

use crate::clients::{Presented, UnknownClient, authenticate, identify};
use crate::par::SCOPE;
use crate::{Identity, SESSION_LIFE, id_token};

/// The form as it came, repeated parameters already refused.
#[derive(Clone, Copy, Default)]
pub struct Form<'a> {
    /// `grant_type`
    pub grant_type: Option<&'a str>,
    /// `code`
    pub code: Option<&'a str>,
    /// `redirect_uri`, the same as at the authorization endpoint.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier` (RFC 7636).
    pub code_verifier: Option<&'a str>,
    /// `client_id`, for a client without a secret.
    pub client_id: Option<&'a str>,
}

/// A patient's session.
#[derive(Debug)]
pub struct Session {
    /// Bearer token for the widget's calls.
    pub access_token: Secret,
    /// Tells the client who it is about.
    pub id_token: String,
    /// Seconds until the access token lapses.
    pub expires_in: u64,
    /// The scope granted.
    pub scope: &'static str,
}

/// Why a code was not redeemed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] UnknownClient),
    /// `grant_type` is not one of ours.
    #[error("grant_type must be authorization_code")]
    GrantType,
    /// A parameter is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// No authorization has this code, or it is another client's.
    #[error("the code is unknown or another client's")]
    UnknownCode,
    /// `redirect_uri` is not the one of the authorization request (RFC 6749 4.1.3).
    #[error("redirect_uri differs from the authorization request's")]
    RedirectUri,
    /// The PKCE verifier does not fit the challenge.
    #[error("code_verifier does not fit the code_challenge")]
    Verifier,
    /// The code was used or has lapsed.
    #[error("the code was used before or has lapsed")]
    Spent,
    /// The ID token for the client could not be signed.
    #[error("the ID token could not be signed")]
    Signing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Redeems a code. Everything about it is checked before it is spent, so that a wrong guess costs the
/// right client nothing; spending it is one guarded statement.
pub async fn redeem(
    identity: &Identity,
    client: Option<Presented<'_>>,
    form: &Form<'_>,
) -> Result<Session, Refusal> {
    if form.grant_type != Some("authorization_code") {
        return Err(Refusal::GrantType);
    }
    let code = form.code.ok_or(Refusal::Missing("code"))?;
    let now = identity.clock.now();
    let keys = identity.keys.at(now).await?;
    let mut tx = identity.store.write().await?;
    let public_id = authenticated_client(identity, &mut tx, client, form).await?;
    let found = tx.authorization_by_code(&SecretHash::of(code)).await?;
    let authorization =
        found.filter(|found| found.public_id.as_str() == public_id).ok_or(Refusal::UnknownCode)?;
    check_redirect_uri(form, &authorization)?;
    check_verifier(form, &authorization)?;
    let key = keys.signing(id_token::algorithm_for(None))?;
    let consent = tx.exchange_code(&authorization.id, now).await?.ok_or(Refusal::Spent)?;
    let access_token = identity.entropy.secret();
    tx.add_access_token(&access_token.hash(), &consent, now.plus(SESSION_LIFE)).await?;
    tx.commit().await?;
    let id_token =
        id_token::issue(identity, &key, &authorization, &access_token, now).map_err(|_| Refusal::Signing)?;
    Ok(Session { access_token, id_token, expires_in: SESSION_LIFE.as_secs(), scope: SCOPE })
}

/// A backend proves itself with its private key. The widget has none: it is known by its public id, may
/// only use the widget's own redirect URI, and PKCE binds the code to the page that asked for it.
async fn authenticated_client(
    identity: &Identity,
    tx: &mut Tx,
    presented: Option<Presented<'_>>,
    form: &Form<'_>,
) -> Result<String, Refusal> {
    let client = match presented {
        Some(presented) => authenticate(tx, presented).await??,
        None if form.redirect_uri == Some(identity.settings.widget_callback().as_str()) => {
            identify(tx, form.client_id.unwrap_or_default()).await??
        }
        None => return Err(Refusal::Client(UnknownClient::WrongKey)),
    };
    let public_id = client.credential.public_id.as_str();
    match form.client_id {
        Some(named) if named != public_id => Err(Refusal::Client(UnknownClient::Unknown)),
        _ => Ok(public_id.to_owned()),
    }
}

fn check_redirect_uri(form: &Form<'_>, authorization: &Authorization) -> Result<(), Refusal> {
    match form.redirect_uri {
        None => Err(Refusal::Missing("redirect_uri")),
        Some(uri) if uri == authorization.redirect_uri => Ok(()),
        Some(_) => Err(Refusal::RedirectUri),
    }
}

fn check_verifier(form: &Form<'_>, authorization: &Authorization) -> Result<(), Refusal> {
    let verifier = form.code_verifier.ok_or(Refusal::Missing("code_verifier"))?;
    let challenge = Challenge::parse(&authorization.code_challenge);
    if challenge.is_some_and(|challenge| challenge.is_met_by(verifier)) {
        Ok(())
    } else {
        Err(Refusal::Verifier)
    }
}
