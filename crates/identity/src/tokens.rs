//! The token endpoint: a grant becomes tokens.

pub(crate) mod code;
pub(crate) mod id_token;
pub(crate) mod refresh;

use std::time::Duration;

use jose::Algorithm;
use model::{Busy, Secret, Timestamp};
use store::{Consent, KeyPurpose, NewAccessToken, StoreError, Tx};

use crate::clients::{Client, Presented, UnknownClient, authenticate, identify};
use crate::{Identity, SESSION_LIFE};

/// A refresh token lives at most this long, counted from the patient's proofing (IAS SOP; the Persona guide's 90
/// days), and no longer than the consent.
pub const REFRESH_LIFE: Duration = Duration::from_hours(90 * 24);

/// The algorithms that ID tokens can be signed with, the default first.
pub const ID_TOKEN_ALGORITHMS: &[Algorithm] = KeyPurpose::Identity.algorithms();

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
    /// `refresh_token`
    pub refresh_token: Option<&'a str>,
    /// `scope`, which a refresh may narrow.
    pub scope: Option<&'a str>,
    /// `client_id`, for a client without a secret.
    pub client_id: Option<&'a str>,
}

/// What the token endpoint answers.
#[derive(Debug)]
pub struct Tokens {
    /// For the API, and the widget's session.
    pub access_token: Secret,
    /// Tells the client who it is about.
    pub id_token: String,
    /// Renews both, when `offline_access` was granted.
    pub refresh_token: Option<Secret>,
    /// Seconds until the access token lapses.
    pub expires_in: u64,
    /// The scope of the access token.
    pub scope: String,
}

/// Why no tokens were issued.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] UnknownClient),
    /// The client or its organisation asks too much at a time.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// `grant_type` is not one of ours.
    #[error("grant_type must be authorization_code or refresh_token")]
    GrantType,
    /// A parameter is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// `scope` holds what was not granted (RFC 6749 section 6).
    #[error("scope holds what was not granted")]
    Scope,
    /// No authorization has this code, or it is another client's.
    #[error("the code is unknown or another client's")]
    UnknownCode,
    /// `redirect_uri` is not the one of the authorization request (RFC 6749 4.1.3).
    #[error("redirect_uri differs from the authorization request's")]
    RedirectUri,
    /// The PKCE verifier does not fit the challenge.
    #[error("code_verifier does not fit the code_challenge")]
    Verifier,
    /// The code has lapsed, or was used before: then what it brought is revoked now.
    #[error("the code was used before or has lapsed")]
    Spent,
    /// The refresh token is unknown, another client's, lapsed or revoked.
    #[error("the refresh token is unknown, another client's, lapsed or revoked")]
    RefreshToken,
    /// The refresh token had been used before; everything of its family is revoked now.
    #[error("the refresh token had been used before, so all of its family are revoked")]
    RefreshReused,
    /// The ID token for the client could not be signed.
    #[error("the ID token could not be signed")]
    Signing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// The rule's code, for the request log alone: the answer tells these apart no further than RFC 6749 5.2 does.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Client(reason) => reason.code(),
            Self::Busy(_) => "client.busy",
            Self::UnknownCode => "code.unknown",
            Self::RedirectUri => "code.redirect_uri",
            Self::Verifier => "code.verifier",
            Self::Spent => "code.spent",
            Self::RefreshToken => "refresh_token.unknown",
            Self::RefreshReused => "refresh_token.reused",
            Self::GrantType | Self::Missing(_) | Self::Scope | Self::Signing | Self::Store(_) => "",
        }
    }
}

/// Redeems a grant. `request_id` stands in the audit trail.
pub async fn issue(
    identity: &Identity,
    client: Option<Presented<'_>>,
    form: &Form<'_>,
    request_id: &str,
) -> Result<Tokens, Refusal> {
    match form.grant_type {
        None => Err(Refusal::Missing("grant_type")),
        Some("authorization_code") => code::redeem(identity, client, form, request_id).await,
        Some("refresh_token") => refresh::renew(identity, client, form, request_id).await,
        Some(_) => Err(Refusal::GrantType),
    }
}

/// A backend proves itself. The widget has nothing to do it with: it is known by its public id, may only use the
/// widget's own redirect URI, and PKCE binds the code to the page that asked for it.
async fn authenticated_client(
    identity: &Identity,
    tx: &mut Tx,
    presented: Option<Presented<'_>>,
    form: &Form<'_>,
) -> Result<Client, Refusal> {
    let client = match presented {
        Some(presented) => {
            let client = authenticate(tx, presented).await??;
            (identity.gate)(&client)?;
            client
        }
        None if form.redirect_uri == Some(identity.settings.widget_callback().as_str()) => {
            identify(tx, form.client_id.unwrap_or_default()).await??
        }
        None => return Err(Refusal::Client(UnknownClient::WrongKey)),
    };
    match form.client_id {
        Some(named) if named != client.credential.public_id.as_str() => {
            Err(Refusal::Client(UnknownClient::Unknown))
        }
        _ => Ok(client),
    }
}

/// Keeps a fresh access token of a consent.
async fn add_access_token(
    identity: &Identity,
    tx: &mut Tx,
    consent: &Consent,
    scope: &str,
    now: Timestamp,
) -> Result<Secret, Refusal> {
    let access_token = identity.entropy.secret();
    tx.add_access_token(&NewAccessToken {
        token: &access_token.hash(),
        consent_id: &consent.id,
        scope,
        issued_at: now,
        expires_at: now.plus(SESSION_LIFE),
    })
    .await?;
    Ok(access_token)
}

/// Keeps a refresh token of a consent, while there is any time left for one.
async fn add_refresh_token(
    tx: &mut Tx,
    consent: &Consent,
    token: Secret,
    now: Timestamp,
) -> Result<Option<Secret>, Refusal> {
    let expires_at = consent.identity.proofed_at.plus(REFRESH_LIFE).min(consent.expires_at);
    if expires_at <= now {
        return Ok(None);
    }
    tx.add_consent_refresh_token(&token.hash(), &consent.id, now, expires_at).await?;
    Ok(Some(token))
}
